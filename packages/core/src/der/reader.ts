/**
 * A strict reader of DER (X.690 §10, §11) over the original octets: it copies nothing, walks only forward, never recurses,
 * and refuses whatever has a second encoding. Types are asked for one by one, so no input decides how deep it goes.
 * @module
 */
import { DerError } from './der-error.ts'
import { decodeOid } from './oid.ts'
import {
  BIT_STRING,
  BOOLEAN,
  ENUMERATED,
  GENERALIZED_TIME,
  INTEGER,
  NULL,
  OBJECT_IDENTIFIER,
  OCTET_STRING,
  UTC_TIME,
} from './tags.ts'
import { parseGeneralizedTime, parseUtcTime } from './time.ts'

/** One element: identifier and length octets from `start`, contents from `content` to `end`. */
export interface DerElement {
  readonly tag: number
  readonly start: number
  readonly content: number
  readonly end: number
}

/** Four length octets reach 4 GiB, beyond any buffer that is read here. */
const MAX_LENGTH_OCTETS = 4

export class DerReader {
  readonly bytes: Uint8Array
  /** Where the element begins whose contents this reader walks. */
  readonly start: number
  readonly end: number
  offset: number
  /** Where the contents begin of the element that was passed last; they end at `offset`. */
  #content: number

  constructor(bytes: Uint8Array, offset = 0, end: number = bytes.length, start: number = offset) {
    this.bytes = bytes
    this.offset = offset
    this.end = end
    this.start = start
    this.#content = offset
  }

  get isDone(): boolean {
    return this.offset === this.end
  }

  /** Identifier octet of the next element, -1 at the end. */
  get nextTag(): number {
    return this.offset < this.end ? (this.bytes[this.offset] as number) : -1
  }

  /** The next element, of any type. */
  readAny(): DerElement {
    const { offset: start } = this
    const tag = this.#pass()
    return { tag, start, content: this.#content, end: this.offset }
  }

  /** The next element, which must be of this type. */
  read(tag: number): DerElement {
    const { offset: start } = this
    this.#passOver(tag)
    return { tag, start, content: this.#content, end: this.offset }
  }

  #passOver(tag: number): void {
    if (this.nextTag !== tag) throw new DerError(this.isDone ? 'der-truncated' : 'der-tag-unexpected', this.offset)
    this.#pass()
  }

  /** Goes on behind the next element, and returns its identifier octet: most elements are never needed as an object. */
  #pass(): number {
    const { bytes, end, offset: start } = this
    if (start + 2 > end) throw new DerError('der-truncated', start)
    const tag = bytes[start] as number
    // High-tag-number form (X.690 §8.1.2.4): PKIX has no tag above 30.
    if ((tag & 0x1f) === 0x1f) throw new DerError('der-tag-unsupported', start)
    let length = bytes[start + 1] as number
    let content = start + 2
    if (length >= 0x80) {
      const octets = length & 0x7f
      if (octets === 0) throw new DerError('der-length-indefinite', start)
      if (octets > MAX_LENGTH_OCTETS) throw new DerError('der-length-too-large', start)
      if (content + octets > end) throw new DerError('der-truncated', start)
      length = 0
      for (const last = content + octets; content < last; content++) length = length * 256 + (bytes[content] as number)
      // X.690 §10.1: the fewest length octets.
      if (length < 0x80 || length < 256 ** (octets - 1)) throw new DerError('der-length-not-minimal', start)
    }
    if (length > end - content) throw new DerError('der-truncated', start)
    this.#content = content
    this.offset = content + length
    return tag
  }

  readOptional(tag: number): DerElement | undefined {
    return this.nextTag === tag ? this.readAny() : undefined
  }

  /** A reader of the contents of the next element. Its caller calls `finish` on it. */
  enter(tag: number): DerReader {
    const { offset: start } = this
    this.#passOver(tag)
    return new DerReader(this.bytes, this.#content, this.offset, start)
  }

  enterOptional(tag: number): DerReader | undefined {
    return this.nextTag === tag ? this.enter(tag) : undefined
  }

  /** Refuses what is left over. */
  finish(): void {
    if (this.offset !== this.end) throw new DerError('der-trailing-data', this.offset)
  }

  /** The octets of a whole element. */
  encodingOf(element: DerElement): Uint8Array {
    return this.bytes.subarray(element.start, element.end)
  }

  contentOf(element: DerElement): Uint8Array {
    return this.bytes.subarray(element.content, element.end)
  }

  /** X.690 §11.1: true is 0xff. */
  readBoolean(tag: number = BOOLEAN): boolean {
    const { offset: start } = this
    this.#passOver(tag)
    const value = this.bytes[this.#content]
    if (this.offset - this.#content !== 1 || (value !== 0 && value !== 0xff))
      throw new DerError('der-boolean-invalid', start)
    return value === 0xff
  }

  /** `BOOLEAN DEFAULT FALSE`: absent, or true; false is not encoded (X.690 §11.5). */
  readBooleanDefaultFalse(tag: number = BOOLEAN): boolean {
    if (this.nextTag !== tag) return false
    const { offset } = this
    if (!this.readBoolean(tag)) throw new DerError('der-default-encoded', offset)
    return true
  }

  /** Two's complement contents, with the fewest octets (X.690 §8.3.2). */
  readInteger(tag: number = INTEGER): Uint8Array {
    const { offset: start } = this
    const content = this.readOctetString(tag)
    const { 0: first, 1: second } = content
    if (first === undefined) throw new DerError('der-integer-invalid', start)
    if (second !== undefined && ((first === 0 && second < 0x80) || (first === 0xff && second >= 0x80)))
      throw new DerError('der-integer-invalid', start)
    return content
  }

  /** A non-negative INTEGER up to 2^31 - 1; a larger one is capped there, for every such field is compared with a small number. */
  readSmallInteger(tag: number = INTEGER): number {
    const start = this.offset
    const content = this.readInteger(tag)
    if ((content[0] as number) >= 0x80) throw new DerError('der-integer-invalid', start)
    if (content.length > 4) return 0x7fffffff
    let value = 0
    for (const byte of content) value = value * 256 + byte
    return value
  }

  readEnumerated(): number {
    return this.readSmallInteger(ENUMERATED)
  }

  /** Contents after the octet that counts the unused bits; those are zero (X.690 §11.2.1). */
  readBitString(tag: number = BIT_STRING): { readonly unusedBits: number; readonly bytes: Uint8Array } {
    const { offset: start } = this
    this.#passOver(tag)
    const content = this.#content
    const unusedBits = this.bytes[content] as number
    if (content === this.offset || unusedBits > 7) throw new DerError('der-bit-string-invalid', start)
    const bytes = this.bytes.subarray(content + 1, this.offset)
    const last = bytes[bytes.length - 1]
    if (last === undefined ? unusedBits !== 0 : (last & ((1 << unusedBits) - 1)) !== 0)
      throw new DerError('der-bit-string-invalid', start)
    return { unusedBits, bytes }
  }

  /** A BIT STRING that carries octets. */
  readBitStringOctets(): Uint8Array {
    const start = this.offset
    const { unusedBits, bytes } = this.readBitString()
    if (unusedBits !== 0) throw new DerError('der-bit-string-invalid', start)
    return bytes
  }

  /** A BIT STRING with named bits, as the numbers of those that are one; trailing zeros are not encoded (X.690 §11.2.2). */
  readNamedBits(tag: number = BIT_STRING): readonly number[] {
    const start = this.offset
    const { unusedBits, bytes } = this.readBitString(tag)
    const last = bytes[bytes.length - 1]
    if (last !== undefined && ((last >> unusedBits) & 1) === 0) throw new DerError('der-bit-string-invalid', start)
    const bits: number[] = []
    for (let index = 0; index < bytes.length; index++)
      for (let bit = 0; bit < 8; bit++) if (((bytes[index] as number) & (0x80 >> bit)) !== 0) bits.push(8 * index + bit)
    return bits
  }

  readOctetString(tag: number = OCTET_STRING): Uint8Array {
    this.#passOver(tag)
    return this.bytes.subarray(this.#content, this.offset)
  }

  /** Dotted decimal. */
  readOid(tag: number = OBJECT_IDENTIFIER): string {
    const { offset: start } = this
    this.#passOver(tag)
    const oid = decodeOid(this.bytes, this.#content, this.offset)
    if (oid === undefined) throw new DerError('der-oid-invalid', start)
    return oid
  }

  readNull(): void {
    const { offset: start } = this
    this.#passOver(NULL)
    if (this.#content !== this.offset) throw new DerError('der-null-invalid', start)
  }

  /** Milliseconds since 1970. UTCTime or GeneralizedTime, in seconds and in Z (RFC 5280 §4.1.2.5). */
  readTime(): number {
    return this.nextTag === UTC_TIME ? this.#readTime(UTC_TIME) : this.readGeneralizedTime()
  }

  readGeneralizedTime(): number {
    return this.#readTime(GENERALIZED_TIME)
  }

  #readTime(tag: number): number {
    const { offset: start } = this
    this.#passOver(tag)
    const parse = tag === UTC_TIME ? parseUtcTime : parseGeneralizedTime
    const milliseconds = parse(this.bytes, this.#content, this.offset)
    if (milliseconds === undefined) throw new DerError('der-time-invalid', start)
    return milliseconds
  }
}
