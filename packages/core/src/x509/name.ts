/** Distinguished names: arrays of relative names, compared as RFC 5280 §7.1 says. @module */
import { compareBytes, equalBytes } from '../bytes/equal.ts'
import { encodeHex } from '../bytes/hex.ts'
import { checkDer } from '../der/check-der.ts'
import { DerError } from '../der/der-error.ts'
import { DerReader } from '../der/reader.ts'
import { SEQUENCE, SET } from '../der/tags.ts'
import { decodeString, foldAscii, foldString, isStringTag, isWellFormedString } from './directory-string.ts'

/** One attribute of a name. Never a string to be taken apart: type and value stay separate. */
export interface NameAttribute {
  /** Dotted decimal. */
  readonly type: string
  /** Text, or undefined where the value is not of a string type. */
  readonly value: string | undefined
  /** The value, DER with its tag. */
  readonly der: Uint8Array
}

export type RelativeName = readonly NameAttribute[]

/** More relative names than any directory has; bounds what a comparison costs. */
const MAX_RELATIVE_NAMES = 256

/** Longest text made of a name: it goes into logs. */
const MAX_TEXT = 256

export class Name {
  /** The SEQUENCE of relative names. */
  readonly der: Uint8Array
  #rdns: readonly RelativeName[] | undefined
  #folded: readonly string[] | undefined
  #key: string | undefined
  #text: string | undefined

  private constructor(der: Uint8Array) {
    this.der = der
  }

  /** Reads and proves the structure; throws `DerError`. */
  static read(reader: DerReader): Name {
    const start = reader.offset
    const rdns = reader.enter(SEQUENCE)
    let count = 0
    for (; !rdns.isDone; count++) checkRelativeName(rdns)
    if (count > MAX_RELATIVE_NAMES) throw new DerError('der-length-too-large', start)
    return new Name(reader.bytes.subarray(start, reader.offset))
  }

  get isEmpty(): boolean {
    return this.der.length === 2
  }

  get rdns(): readonly RelativeName[] {
    this.#rdns ??= decodeName(this.der)
    return this.#rdns
  }

  /** The values of an attribute type, in order: `name.values('2.5.4.3')`. */
  values(type: string): readonly string[] {
    return this.rdns.flatMap((rdn) =>
      rdn.flatMap((each) => (each.type === type && each.value !== undefined ? each.value : [])),
    )
  }

  /** RFC 5280 §7.1: same relative names in the same order, text compared without regard to case, form and spacing. */
  equals(other: Name): boolean {
    return equalBytes(this.der, other.der) || this.key === other.key
  }

  /** Two names have the same exactly if they are equal. */
  get key(): string {
    this.#key ??= joinFolded(this.folded)
    return this.#key
  }

  /** One string for each relative name; two are equal exactly if RFC 5280 §7.1 calls the relative names equal. */
  get folded(): readonly string[] {
    this.#folded ??= foldName(this.der)
    return this.#folded
  }

  /** For people (RFC 4514, most specific first), cut at 256 characters. Never compare it: two names can have the same text. */
  toString(): string {
    this.#text ??= formatName(this.rdns)
    return this.#text
  }
}

/** Each part with its length, so that no two lists of parts join to the same. */
function joinFolded(folded: readonly string[]): string {
  let joined = ''
  for (const rdn of folded) joined += `${rdn.length}:${rdn}`
  return joined
}

/** A name that was read elsewhere: exactly one, DER. Throws `DerError`. */
export function parseName(der: Uint8Array): Name {
  const reader = new DerReader(der)
  const name = Name.read(reader)
  reader.finish()
  return name
}

function checkRelativeName(rdns: DerReader): void {
  const set = rdns.enter(SET)
  const { bytes } = set
  if (set.isDone) throw new DerError('der-truncated', set.start)
  let previous: Uint8Array | undefined
  while (!set.isDone) {
    const attribute = set.enter(SEQUENCE)
    attribute.readOid()
    const value = attribute.readAny()
    attribute.finish()
    if (!isStringTag(value.tag)) checkDer(bytes, value.start, value.end)
    else if (!isWellFormedString(value.tag, bytes, value.content, value.end))
      throw new DerError('der-string-invalid', value.start)
    if (previous === undefined && set.isDone) return
    const encoding = bytes.subarray(attribute.start, attribute.end)
    // X.690 §11.6: the elements of a SET OF stand in ascending order.
    if (previous !== undefined && compareBytes(previous, encoding) > 0)
      throw new DerError('der-set-unordered', attribute.start)
    previous = encoding
  }
}

function decodeName(der: Uint8Array): RelativeName[] {
  const rdns = new DerReader(der).enter(SEQUENCE)
  const names: RelativeName[] = []
  while (!rdns.isDone) {
    const set = rdns.enter(SET)
    const attributes: NameAttribute[] = []
    while (!set.isDone) {
      const attribute = set.enter(SEQUENCE)
      const type = attribute.readOid()
      const element = attribute.readAny()
      const value = isStringTag(element.tag) ? decodeString(element.tag, attribute.contentOf(element)) : undefined
      attributes.push({ type, value, der: attribute.encodingOf(element) })
    }
    names.push(attributes)
  }
  return names
}

/** Straight from the octets: names are compared far more often than they are read. */
function foldName(der: Uint8Array): string[] {
  const rdns = new DerReader(der).enter(SEQUENCE)
  const names: string[] = []
  while (!rdns.isDone) {
    const set = rdns.enter(SET)
    const first = foldAttribute(set.enter(SEQUENCE))
    if (set.isDone) {
      names.push(first)
      continue
    }
    const parts = [first]
    while (!set.isDone) parts.push(foldAttribute(set.enter(SEQUENCE)))
    names.push(parts.sort().join('+'))
  }
  return names
}

function foldAttribute(attribute: DerReader): string {
  const type = attribute.readOid()
  const { tag, content, start, end } = attribute.readAny()
  const { bytes } = attribute
  const folded = isStringTag(tag)
    ? `=${foldValue(tag, bytes, content, end)}`
    : `#${encodeHex(bytes.subarray(start, end))}`
  return `${type}${folded.length}${folded}`
}

function foldValue(tag: number, bytes: Uint8Array, start: number, end: number): string {
  return foldAscii(tag, bytes, start, end) ?? foldString(decodeString(tag, bytes.subarray(start, end)) ?? '')
}

const SHORT_NAMES: Readonly<Record<string, string>> = {
  '2.5.4.3': 'CN',
  '2.5.4.5': 'serialNumber',
  '2.5.4.6': 'C',
  '2.5.4.7': 'L',
  '2.5.4.8': 'ST',
  '2.5.4.9': 'street',
  '2.5.4.10': 'O',
  '2.5.4.11': 'OU',
  '0.9.2342.19200300.100.1.1': 'UID',
  '0.9.2342.19200300.100.1.25': 'DC',
  '1.2.840.113549.1.9.1': 'emailAddress',
}

function formatName(rdns: readonly RelativeName[]): string {
  let text = ''
  for (const rdn of rdns.toReversed()) {
    const parts = rdn.map(({ type, value, der }) => {
      const written =
        value === undefined ? `#${encodeHex(der.subarray(0, MAX_TEXT))}` : escapeValue(value.slice(0, MAX_TEXT))
      return `${SHORT_NAMES[type] ?? type}=${written}`
    })
    text += `${text === '' ? '' : ','}${parts.join('+')}`
    if (text.length > MAX_TEXT) return `${text.slice(0, MAX_TEXT - 1)}…`
  }
  return text
}

/** RFC 4514 §2.4, and whatever could forge a line of a log or turn the reading direction as hexadecimal pairs too. */
function escapeValue(value: string): string {
  let text = ''
  for (const character of value) {
    const code = character.codePointAt(0) as number
    if (',+"\\<>;='.includes(character)) text += `\\${character}`
    else if (isInvisible(code))
      text += [...new TextEncoder().encode(character)].map((byte) => `\\${encodeHex(Uint8Array.of(byte))}`).join('')
    else text += character
  }
  if (text.startsWith(' ') || text.startsWith('#')) text = `\\${text}`
  return text.endsWith(' ') ? `${text.slice(0, -1)}\\ ` : text
}

function isInvisible(code: number): boolean {
  return (
    code < 0x20 ||
    (code >= 0x7f && code < 0xa0) ||
    (code >= 0x200b && code <= 0x200f) ||
    (code >= 0x2028 && code <= 0x202e) ||
    (code >= 0x2060 && code <= 0x206f) ||
    code === 0xfeff
  )
}
