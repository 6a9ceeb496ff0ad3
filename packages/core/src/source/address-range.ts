/** IP addresses and CIDR ranges as bytes (RFC 4291 §2.2, RFC 4632). Text that could be read in two ways is no address. @module */

/** Four or sixteen bytes. An IPv4-mapped IPv6 address is given as the four. */
export type Address = Uint8Array

export interface AddressRange {
  readonly address: Address
  readonly bits: number
}

/** Longest text form: an IPv6 address with an embedded IPv4 one; a zone index is not accepted in a range. */
const MAX_TEXT = 64

export function parseAddress(text: string): Address | undefined {
  if (text.length > MAX_TEXT) return undefined
  const zone = text.indexOf('%')
  const bare = zone === -1 ? text : text.slice(0, zone)
  const address = bare.includes(':') ? parseV6(bare) : parseV4(bare)
  return address === undefined ? undefined : unmapped(address)
}

export function parseRange(text: string): AddressRange | undefined {
  if (text.length > MAX_TEXT || text.includes('%')) return undefined
  const slash = text.indexOf('/')
  const base = slash === -1 ? text : text.slice(0, slash)
  const raw = base.includes(':') ? parseV6(base) : parseV4(base)
  if (raw === undefined) return undefined
  const bits = slash === -1 ? raw.length * 8 : parseDecimal(text.slice(slash + 1), raw.length * 8)
  if (bits === undefined) return undefined
  const address = unmapped(raw)
  if (address.length === raw.length) return { address, bits }
  return bits < 96 ? undefined : { address, bits: bits - 96 }
}

export function addressInRange(address: Address, range: AddressRange): boolean {
  if (address.length !== range.address.length) return false
  const whole = range.bits >> 3
  for (let at = 0; at < whole; at++) if (address[at] !== range.address[at]) return false
  const rest = range.bits & 7
  if (rest === 0) return true
  const mask = 0xff << (8 - rest)
  return ((address[whole] ?? 0) & mask) === ((range.address[whole] ?? 0) & mask)
}

function parseDecimal(text: string, max: number): number | undefined {
  if (!/^(?:0|[1-9][0-9]{0,2})$/.test(text)) return undefined
  const value = Number(text)
  return value <= max ? value : undefined
}

/** Exactly four decimal octets: no `127.1`, no leading zeros that somebody reads as octal. */
function parseV4(text: string): Address | undefined {
  const parts = text.split('.')
  if (parts.length !== 4) return undefined
  const address = new Uint8Array(4)
  for (const [at, part] of parts.entries()) {
    const octet = parseDecimal(part, 255)
    if (octet === undefined) return undefined
    address[at] = octet
  }
  return address
}

function parseV6(text: string): Address | undefined {
  const halves = text.split('::')
  if (halves.length > 2) return undefined
  const head = groupsOf(halves[0] ?? '', halves.length === 1)
  const tail = halves.length === 2 ? groupsOf(halves[1] ?? '', true) : []
  if (head === undefined || tail === undefined) return undefined
  const known = head.length + tail.length
  if (halves.length === 1 ? known !== 8 : known > 7) return undefined
  const address = new Uint8Array(16)
  for (const [at, group] of head.entries()) setGroup(address, at, group)
  for (const [at, group] of tail.entries()) setGroup(address, 8 - tail.length + at, group)
  return address
}

/** @param mayEndInV4 an embedded IPv4 address may stand at the very end only */
function groupsOf(text: string, mayEndInV4: boolean): number[] | undefined {
  if (text === '') return []
  const groups: number[] = []
  const parts = text.split(':')
  for (const [at, part] of parts.entries()) {
    if (mayEndInV4 && at === parts.length - 1 && part.includes('.')) {
      const v4 = parseV4(part)
      if (v4 === undefined) return undefined
      groups.push(((v4[0] as number) << 8) | (v4[1] as number), ((v4[2] as number) << 8) | (v4[3] as number))
    } else {
      if (!/^[0-9a-f]{1,4}$/i.test(part)) return undefined
      groups.push(Number.parseInt(part, 16))
    }
  }
  return groups
}

function setGroup(address: Uint8Array, at: number, group: number): void {
  address[at * 2] = group >> 8
  address[at * 2 + 1] = group & 0xff
}

/** RFC 4291 §2.5.5.2: Node reports `::ffff:127.0.0.1` for an IPv4 client of a dual-stack listener. */
function unmapped(address: Address): Address {
  if (address.length !== 16) return address
  for (let at = 0; at < 10; at++) if (address[at] !== 0) return address
  return address[10] === 0xff && address[11] === 0xff ? address.slice(12) : address
}
