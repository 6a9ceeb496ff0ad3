/**
 * PEM files of CRLs (RFC 7468), as strictly as any other PEM, but over octets and in steps: a list of a million entries is
 * fifty megabytes of text, of which neither a string nor an array of lines is made.
 * @module
 */
import { decodeAscii } from '../bytes/text.ts'
import { CrlError } from './crl-error.ts'

const BEGIN = '-----BEGIN X509 CRL-----'
const END = '-----END X509 CRL-----'

/** No boundary is longer; a longer line cannot be one. */
const MAX_BOUNDARY = 128

const LINE_FEED = 0x0a
const CARRIAGE_RETURN = 0x0d
const SPACE = 0x20
const TAB = 0x09
const DASH = 0x2d
const PADDING = 0x3d

/** Values of base64 digits (RFC 4648 §4); what is none is 64 or more. */
const NEWLINE = 64
const BLANK = 65
const PAD = 66
const OTHER = 67
const DIGITS: Uint8Array = digitTable()

export class CrlPemWalk {
  readonly #octets: Uint8Array
  readonly #blocks: Uint8Array[] = []
  #at = 0
  #body: Body | undefined

  constructor(octets: Uint8Array) {
    this.#octets = new Uint8Array(octets.buffer, octets.byteOffset, octets.byteLength)
    // A byte order mark.
    if (octets[0] === 0xef && octets[1] === 0xbb && octets[2] === 0xbf) this.#at = 3
  }

  /** Reads about so many more octets. True at the end. Throws `CrlError`. */
  step(octets: number): boolean {
    const until = this.#at + octets
    while (this.#at < until && this.#at < this.#octets.length) {
      if (this.#body === undefined) this.#readLine()
      else this.#readBody(this.#body, Math.min(until, this.#body.end))
    }
    if (this.#at < this.#octets.length) return false
    if (this.#body !== undefined) malformed(this.#at, 'a PEM block does not end')
    return true
  }

  /** DER of every block, in order. */
  blocks(): readonly Uint8Array[] {
    return this.#blocks
  }

  /** Between blocks: explanatory text, or the beginning of a block. */
  #readLine(): void {
    const start = this.#at
    const end = endOfLine(this.#octets, start)
    this.#at = behindLine(this.#octets, end)
    const dash = this.#octets.subarray(start, end).indexOf(DASH)
    if (dash < 0) return
    const line = boundaryAt(this.#octets, start, end)
    if (line === BEGIN) {
      const bodyEnd = this.#octets.indexOf(DASH, this.#at)
      if (bodyEnd < 0) malformed(start, 'a PEM block does not end')
      this.#body = new Body(this.#at, bodyEnd)
    } else if (
      line === undefined ||
      line.startsWith('-----') ||
      line.includes('-----BEGIN ') ||
      line.includes('-----END ')
    ) {
      // A key or a certificate among CRLs is a mistake that must be seen.
      if (line !== undefined || mayHideBoundary(this.#octets, start, end))
        malformed(start, 'a PEM boundary of another kind')
    }
  }

  #readBody(body: Body, until: number): void {
    this.#at = body.read(this.#octets, this.#at, until)
    if (this.#at < body.end) return
    const end = endOfLine(this.#octets, body.end)
    if (boundaryAt(this.#octets, body.end, end) !== END)
      malformed(body.end, 'a PEM block ends in another way than it began')
    this.#blocks.push(body.finish())
    this.#body = undefined
    this.#at = behindLine(this.#octets, end)
  }
}

/** The base64 between two boundaries. */
class Body {
  readonly start: number
  readonly end: number
  readonly #out: Uint8Array
  #length = 0
  #bits = 0
  #digits = 0
  #padding = 0
  #isLineStart = true
  #isLineOver = false

  constructor(start: number, end: number) {
    this.start = start
    this.end = end
    this.#out = new Uint8Array(Math.ceil(((end - start) * 3) / 4))
  }

  /** Decodes up to `until` and returns it. */
  read(octets: Uint8Array, from: number, until: number): number {
    const out = this.#out
    let bits = this.#bits
    let digits = this.#digits
    let length = this.#length
    for (let at = from; at < until; at++) {
      const digit = DIGITS[octets[at] as number] as number
      if (digit < 64) {
        if (this.#isLineOver || this.#padding > 0) malformed(at, 'base64 goes on behind its end')
        bits = (bits << 6) | digit
        if (++digits === 4) {
          out[length++] = bits >>> 16
          out[length++] = bits >>> 8
          out[length++] = bits
          digits = 0
          bits = 0
        }
        this.#isLineStart = false
      } else if (digit === NEWLINE) {
        this.#isLineStart = true
        this.#isLineOver = false
      } else if (digit === BLANK) {
        if (!this.#isLineStart) this.#isLineOver = true
      } else if (digit === PAD) {
        this.#padding++
        this.#isLineStart = false
      } else malformed(at, 'something in a PEM block is not base64')
    }
    this.#bits = bits
    this.#digits = digits
    this.#length = length
    return until
  }

  finish(): Uint8Array {
    if (!this.#isLineStart) malformed(this.end, 'a PEM boundary does not begin its line')
    const digits = this.#digits
    let bits = this.#bits
    if (digits + this.#padding !== (digits === 0 ? 0 : 4) || digits === 1)
      malformed(this.end, 'base64 is not padded as it must be')
    if (digits > 0) {
      bits <<= 6 * (4 - digits)
      // Bits that no octet takes are zero, or one list would have many encodings.
      if ((bits & (digits === 2 ? 0xffff : 0xff)) !== 0) malformed(this.end, 'base64 ends in stray bits')
      this.#out[this.#length++] = bits >>> 16
      if (digits === 3) this.#out[this.#length++] = bits >>> 8
    }
    if (this.#length === 0) malformed(this.start, 'a PEM block is empty')
    return this.#out.subarray(0, this.#length)
  }
}

function endOfLine(octets: Uint8Array, start: number): number {
  let end = start
  while (end < octets.length && octets[end] !== LINE_FEED && octets[end] !== CARRIAGE_RETURN) end++
  return end
}

function behindLine(octets: Uint8Array, end: number): number {
  return end + (octets[end] === CARRIAGE_RETURN && octets[end + 1] === LINE_FEED ? 2 : 1)
}

/** The line without the blanks at its ends, which RFC 7468 §2 lets a parser ignore; nothing, if it is too long or no ASCII. */
function boundaryAt(octets: Uint8Array, start: number, end: number): string | undefined {
  if (end - start > MAX_BOUNDARY) return undefined
  return decodeAscii(octets.subarray(start, end))?.trim()
}

function mayHideBoundary(octets: Uint8Array, start: number, end: number): boolean {
  const line = octets.subarray(start, end)
  for (let at = line.indexOf(DASH); at >= 0; at = line.indexOf(DASH, at + 1)) {
    if (line[at + 1] === DASH && line[at + 2] === DASH && line[at + 3] === DASH && line[at + 4] === DASH) return true
  }
  return false
}

function digitTable(): Uint8Array {
  const table = new Uint8Array(256).fill(OTHER)
  const digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
  for (let value = 0; value < 64; value++) table[digits.charCodeAt(value)] = value
  table[LINE_FEED] = NEWLINE
  table[CARRIAGE_RETURN] = NEWLINE
  table[SPACE] = BLANK
  table[TAB] = BLANK
  table[PADDING] = PAD
  return table
}

function malformed(offset: number, rule: string): never {
  throw new CrlError('crl-malformed', offset, rule)
}
