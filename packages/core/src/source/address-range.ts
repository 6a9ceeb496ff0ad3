/** IP addresses and CIDR ranges as bytes (RFC 4291 §2.2, RFC 4632). Text that could be read in two ways is no address. @module */
import { parseIpAddress } from '../x509/ip-address.ts'

/** Four or sixteen bytes. An IPv4-mapped IPv6 address is given as the four. */
export type Address = Uint8Array

export interface AddressRange {
  readonly address: Address
  readonly bits: number
}

/** Longer than any text form of an address, with a zone index. */
const MAX_TEXT = 64

export function parseAddress(text: string): Address | undefined {
  if (text.length > MAX_TEXT) return undefined
  const zone = text.indexOf('%')
  const bare = zone === -1 ? text : text.slice(0, zone)
  const address = parseIpAddress(bare)
  return address === undefined ? undefined : unmapped(address)
}

export function parseRange(text: string): AddressRange | undefined {
  const slash = text.indexOf('/')
  const base = slash === -1 ? text : text.slice(0, slash)
  const raw = parseIpAddress(base)
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

/** RFC 4291 §2.5.5.2: Node reports `::ffff:127.0.0.1` for an IPv4 client of a dual-stack listener. */
function unmapped(address: Address): Address {
  if (address.length !== 16) return address
  for (let at = 0; at < 10; at++) if (address[at] !== 0) return address
  return address[10] === 0xff && address[11] === 0xff ? address.slice(12) : address
}
