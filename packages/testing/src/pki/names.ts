/** Distinguished names and general names (RFC 5280 §4.1.2.4, §4.2.1.6) from plain values to DER. @module */
import * as der from '../der/write.ts'

/** The string types a DirectoryString or an attribute may have; the outdated ones serve hostile names. */
export type StringType = 'utf8' | 'printable' | 'ia5' | 'teletex' | 'bmp' | 'universal' | 'numeric'

export interface NameAttribute {
  /** `CN`, `O`, `OU`, `C`, `L`, `ST`, `DC`, `UID`, `serialNumber`, `emailAddress`, or a dotted object identifier. */
  readonly type: string
  /** Text, or content octets exactly as given. */
  readonly value: string | Uint8Array
  /** Default: what RFC 5280 asks for the type (`C` printable, `DC` and `emailAddress` IA5, all others UTF-8). */
  readonly as?: StringType
}

/**
 * A subject: relative distinguished names in order, each one attribute or, for a multi-valued one, several; or the
 * DER of a Name, taken as it is.
 */
export type Subject = readonly (NameAttribute | readonly NameAttribute[])[] | Uint8Array

/** A GeneralName. `ip` takes an address, a block (`10.0.0.0/8`, for name constraints) or raw octets. */
export type GeneralName =
  | { readonly kind: 'dns' | 'email' | 'uri'; readonly value: string | Uint8Array }
  | { readonly kind: 'ip'; readonly value: string | Uint8Array }
  | { readonly kind: 'directory'; readonly value: Subject }
  | { readonly kind: 'other'; readonly oid: string; readonly value: Uint8Array }
  | { readonly kind: 'oid'; readonly value: string }

export function encodeSubject(subject: Subject): Uint8Array<ArrayBuffer> {
  if (subject instanceof Uint8Array) return der.concatBytes(subject)
  return der.sequence(
    ...subject.map((rdn) => der.setOf(...(isAttributeList(rdn) ? rdn : [rdn]).map((one) => encodeAttribute(one)))),
  )
}

export function encodeGeneralName(name: GeneralName): Uint8Array<ArrayBuffer> {
  switch (name.kind) {
    case 'other':
      return der.context(0, 'constructed', der.objectIdentifier(name.oid), der.context(0, 'constructed', name.value))
    case 'email':
      return der.context(1, 'primitive', octetsOf(name.value))
    case 'dns':
      return der.context(2, 'primitive', octetsOf(name.value))
    case 'directory':
      return der.context(4, 'constructed', encodeSubject(name.value))
    case 'uri':
      return der.context(6, 'primitive', octetsOf(name.value))
    case 'ip':
      return der.context(7, 'primitive', name.value instanceof Uint8Array ? name.value : addressOctets(name.value))
    case 'oid':
      return der.context(8, 'primitive', der.objectIdentifier(name.value).subarray(2))
  }
}

const ATTRIBUTE_TYPES: Readonly<Record<string, string>> = {
  CN: '2.5.4.3',
  serialNumber: '2.5.4.5',
  C: '2.5.4.6',
  L: '2.5.4.7',
  ST: '2.5.4.8',
  O: '2.5.4.10',
  OU: '2.5.4.11',
  DC: '0.9.2342.19200300.100.1.25',
  UID: '0.9.2342.19200300.100.1.1',
  emailAddress: '1.2.840.113549.1.9.1',
}

const CUSTOMARY_STRINGS: Readonly<Record<string, StringType>> = {
  C: 'printable',
  serialNumber: 'printable',
  DC: 'ia5',
  emailAddress: 'ia5',
}

const STRING_TAGS: Readonly<Record<StringType, number>> = {
  utf8: 0x0c,
  numeric: 0x12,
  printable: 0x13,
  teletex: 0x14,
  ia5: 0x16,
  universal: 0x1c,
  bmp: 0x1e,
}

function isAttributeList(rdn: NameAttribute | readonly NameAttribute[]): rdn is readonly NameAttribute[] {
  return Array.isArray(rdn)
}

function encodeAttribute({ type, value, as }: NameAttribute): Uint8Array<ArrayBuffer> {
  const oid = ATTRIBUTE_TYPES[type] ?? type
  const stringType = as ?? CUSTOMARY_STRINGS[type] ?? 'utf8'
  const octets = value instanceof Uint8Array ? value : characterOctets(value, stringType)
  return der.sequence(der.objectIdentifier(oid), der.element(STRING_TAGS[stringType], octets))
}

function characterOctets(text: string, type: StringType): Uint8Array {
  if (type === 'bmp') {
    const octets: number[] = []
    for (let i = 0; i < text.length; i++) octets.push(text.charCodeAt(i) >> 8, text.charCodeAt(i) & 0xff)
    return Uint8Array.from(octets)
  }
  if (type === 'universal') {
    return Uint8Array.from(
      [...text].flatMap((character) => {
        const point = character.codePointAt(0) ?? 0
        return [0, point >> 16, (point >> 8) & 0xff, point & 0xff]
      }),
    )
  }
  if (type === 'teletex') return Uint8Array.from([...text], (character) => (character.codePointAt(0) ?? 0) & 0xff)
  return octetsOf(text)
}

function octetsOf(value: string | Uint8Array): Uint8Array {
  return typeof value === 'string' ? new TextEncoder().encode(value) : value
}

/** The octets of an address, or of an address and its mask for a block in CIDR notation (RFC 5280 §4.2.1.10). */
function addressOctets(text: string): Uint8Array {
  const slash = text.indexOf('/')
  const address = slash === -1 ? text : text.slice(0, slash)
  const octets = address.includes(':') ? ipv6Octets(address) : ipv4Octets(address)
  if (octets === undefined) throw new TypeError(`ip: not an address: ${text}`)
  if (slash === -1) return octets
  const bits = Number(text.slice(slash + 1))
  if (!Number.isInteger(bits) || bits < 0 || bits > octets.length * 8) throw new TypeError(`ip: not a block: ${text}`)
  const mask = octets.map((_, i) => 0xff & ~(0xff >> Math.min(8, Math.max(0, bits - 8 * i))))
  return der.concatBytes(octets, mask)
}

function ipv4Octets(text: string): Uint8Array | undefined {
  const numbers = text.split('.').map((part) => (/^\d{1,3}$/.test(part) ? Number(part) : 256))
  return numbers.length === 4 && numbers.every((number) => number < 256) ? Uint8Array.from(numbers) : undefined
}

function ipv6Octets(text: string): Uint8Array | undefined {
  const halves = text.split('::')
  if (halves.length > 2) return undefined
  const [head, tail] = halves.map((half) => (half === '' ? [] : half.split(':').flatMap((group) => groupOctets(group))))
  if (head === undefined) return undefined
  const gap = tail === undefined ? 0 : 16 - head.length - tail.length
  if (gap < 0) return undefined
  const octets = [...head, ...new Array<number>(gap).fill(0), ...(tail ?? [])]
  return octets.length === 16 && !octets.includes(-1) ? Uint8Array.from(octets) : undefined
}

function groupOctets(group: string): number[] {
  if (group.includes('.')) return [...(ipv4Octets(group) ?? [-1])]
  if (!/^[\da-f]{1,4}$/i.test(group)) return [-1]
  const number = Number.parseInt(group, 16)
  return [number >> 8, number & 0xff]
}
