/**
 * PEM textual encoding (RFC 7468), read all or nothing: one bad block refuses the whole text, so that a damaged bundle is
 * never half a trust store. Text outside the blocks is explanatory and skipped (§2), unless it looks like a damaged boundary.
 * @module
 */
import { decodeBase64, encodeBase64 } from './base64.ts'

export interface PemBlock {
  readonly label: string
  readonly bytes: Uint8Array
  /** Where the block begins in the text. */
  readonly offset: number
}

export type PemErrorCode =
  | 'pem-boundary-malformed'
  | 'pem-block-unfinished'
  | 'pem-end-unexpected'
  | 'pem-labels-differ'
  | 'pem-header-unsupported'
  | 'pem-base64-invalid'
  | 'pem-block-empty'

/** What is wrong, and where in the text; never a part of the text, which may hold a private key. */
export class PemError extends Error {
  override readonly name = 'PemError'
  readonly code: PemErrorCode
  readonly offset: number
  constructor(code: PemErrorCode, offset: number) {
    super(`${code} at character ${offset}`)
    this.code = code
    this.offset = offset
  }
}

const BEGIN = '-----BEGIN '
const END = '-----END '
const DASHES = '-----'
const LINE_CHARACTERS = 64

/** Every block of the text, in order. Throws `PemError`. */
export function parsePem(text: string): PemBlock[] {
  const blocks: PemBlock[] = []
  let open: { label: string; offset: number; lines: string[] } | undefined
  for (const { line, offset } of linesOf(text)) {
    if (line.startsWith(DASHES)) {
      const boundary = parseBoundary(line, offset)
      if (boundary.kind === 'begin') {
        if (open !== undefined) throw new PemError('pem-block-unfinished', open.offset)
        open = { label: boundary.label, offset, lines: [] }
      } else {
        if (open === undefined) throw new PemError('pem-end-unexpected', offset)
        if (boundary.label !== open.label) throw new PemError('pem-labels-differ', offset)
        blocks.push({ label: open.label, bytes: decodeBody(open.lines, open.offset), offset: open.offset })
        open = undefined
      }
    } else if (open !== undefined) {
      // RFC 1421 headers (Proc-Type, DEK-Info) mark encrypted keys; RFC 7468 §2 has none.
      if (line.includes(':')) throw new PemError('pem-header-unsupported', offset)
      open.lines.push(line)
    } else if (line.includes(BEGIN) || line.includes(END)) {
      throw new PemError('pem-boundary-malformed', offset)
    }
  }
  if (open !== undefined) throw new PemError('pem-block-unfinished', open.offset)
  return blocks
}

export function encodePem(label: string, bytes: Uint8Array): string {
  const body = encodeBase64(bytes)
  let text = `${BEGIN}${label}${DASHES}\n`
  for (let start = 0; start < body.length; start += LINE_CHARACTERS)
    text += `${body.slice(start, start + LINE_CHARACTERS)}\n`
  return `${text}${END}${label}${DASHES}\n`
}

function* linesOf(text: string): Generator<{ line: string; offset: number }> {
  let start = text.charCodeAt(0) === 0xfeff ? 1 : 0
  while (start <= text.length) {
    let end = start
    while (end < text.length && text[end] !== '\n' && text[end] !== '\r') end++
    yield { line: trimBlanks(text.slice(start, end)), offset: start }
    start = end + (text[end] === '\r' && text[end + 1] === '\n' ? 2 : 1)
  }
}

/** Spaces and tabs at the ends, which §2 lets a parser ignore. */
function trimBlanks(line: string): string {
  let start = 0
  let end = line.length
  while (start < end && isBlank(line.charCodeAt(start))) start++
  while (end > start && isBlank(line.charCodeAt(end - 1))) end--
  return line.slice(start, end)
}

function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09
}

function parseBoundary(line: string, offset: number): { kind: 'begin' | 'end'; label: string } {
  const kind = line.startsWith(BEGIN) ? 'begin' : 'end'
  const prefix = kind === 'begin' ? BEGIN : END
  const label = line.slice(prefix.length, -DASHES.length)
  if (
    !line.startsWith(prefix) ||
    !line.endsWith(DASHES) ||
    line.length < prefix.length + DASHES.length ||
    label.includes('-')
  )
    throw new PemError('pem-boundary-malformed', offset)
  return { kind, label }
}

function decodeBody(lines: readonly string[], offset: number): Uint8Array {
  const body = lines.join('')
  if (body === '') throw new PemError('pem-block-empty', offset)
  const bytes = decodeBase64(body)
  if (bytes === undefined) throw new PemError('pem-base64-invalid', offset)
  return bytes
}
