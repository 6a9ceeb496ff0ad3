/** Which IP addresses are somebody's on the Internet, and which are ours, special or nobody's (IANA special-purpose registries). @module */
import { type AddressRange, addressInRange, parseAddress, parseRange } from '../source/address-range.ts'

/** RFC 6890 and its successors: private, shared, loopback, link-local, documentation, benchmarking, multicast, reserved. */
const SPECIAL: readonly AddressRange[] = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
  '::/96',
  // Translated and tunnelled IPv4 (NAT64, Teredo, 6to4): where it ends up cannot be told from here.
  '64:ff9b::/96',
  '64:ff9b:1::/48',
  '100::/64',
  '2001::/23',
  '2001:db8::/32',
  '2002::/16',
  '3fff::/20',
  '5f00::/16',
  'fc00::/7',
  'fe80::/10',
  'fec0::/10',
  'ff00::/8',
].map(range)

/** Of an IPv4-mapped IPv6 address the IPv4 address counts; what is no address is not public. */
export function isPublicAddress(text: string): boolean {
  const address = parseAddress(text)
  return address !== undefined && !SPECIAL.some((each) => addressInRange(address, each))
}

function range(text: string): AddressRange {
  const parsed = parseRange(text)
  if (parsed === undefined) throw new TypeError(`no address range: ${text}`)
  return parsed
}
