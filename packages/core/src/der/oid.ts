/** Object identifiers (X.690 §8.19) in dotted decimal. @module */

/** RFC 5280 appendix B asks for 20 arcs and 100 octets; BigInt arithmetic on an arc of this length is still nothing. */
const MAX_OID_OCTETS = 128

/** Nearly all that a certificate has are `id-ce` and `id-at`: made once, they need no building, hashing or comparing again. */
const EXTENSION_OIDS: readonly string[] = Array.from({ length: 128 }, (_, arc) => `2.5.29.${arc}`)
const ATTRIBUTE_OIDS: readonly string[] = Array.from({ length: 128 }, (_, arc) => `2.5.4.${arc}`)

/** The identifier in `bytes` from `start` to `end`, or undefined if it is not the minimal encoding of one. */
export function decodeOid(bytes: Uint8Array, start: number, end: number): string | undefined {
  if (end - start === 3 && bytes[start] === 0x55) {
    const last = bytes[start + 2] as number
    const common =
      bytes[start + 1] === 0x1d ? EXTENSION_OIDS[last] : bytes[start + 1] === 0x04 ? ATTRIBUTE_OIDS[last] : undefined
    if (common !== undefined) return common
  }
  if (end <= start || end - start > MAX_OID_OCTETS || (bytes[end - 1] as number) >= 0x80) return undefined
  let text = ''
  for (let offset = start; offset < end; ) {
    // A leading 0x80 pads the arc (§8.19.2).
    if (bytes[offset] === 0x80) return undefined
    let arc: number | bigint = 0
    let octet: number
    do {
      octet = bytes[offset++] as number
      arc = appendSeptet(arc, octet & 0x7f)
    } while (octet >= 0x80)
    text += text === '' ? firstArcs(arc) : `.${arc}`
  }
  return text
}

/** Contents octets of an identifier in dotted decimal, or undefined if the text is not one. */
export function encodeOid(oid: string): Uint8Array | undefined {
  const arcs = oid.split('.')
  if (arcs.length < 2 || oid.length > 4 * MAX_OID_OCTETS) return undefined
  const numbers: bigint[] = []
  for (const arc of arcs) {
    if (!isDecimal(arc)) return undefined
    numbers.push(BigInt(arc))
  }
  const [root = 0n, second = 0n, ...rest] = numbers
  if (root > 2n || (root < 2n && second > 39n)) return undefined
  const octets = [root * 40n + second, ...rest].flatMap(septetsOf)
  return octets.length > MAX_OID_OCTETS ? undefined : Uint8Array.from(octets)
}

function appendSeptet(arc: number | bigint, septet: number): number | bigint {
  if (typeof arc === 'bigint') return (arc << 7n) | BigInt(septet)
  // Arcs of 128 bits exist (UUIDs under 2.25).
  return arc < 2 ** 45 ? arc * 128 + septet : (BigInt(arc) << 7n) | BigInt(septet)
}

/** The first octets hold 40 × root + second, where only root 2 may have a second arc above 39 (§8.19.4). */
function firstArcs(joined: number | bigint): string {
  if (joined < 40) return `0.${joined}`
  if (joined < 80) return `1.${Number(joined) - 40}`
  return `2.${typeof joined === 'bigint' ? joined - 80n : joined - 80}`
}

function septetsOf(arc: bigint): number[] {
  const octets = [Number(arc & 0x7fn)]
  for (let rest = arc >> 7n; rest > 0n; rest >>= 7n) octets.unshift(Number(rest & 0x7fn) | 0x80)
  return octets
}

function isDecimal(arc: string): boolean {
  if (arc === '' || (arc.length > 1 && arc.startsWith('0'))) return false
  for (let index = 0; index < arc.length; index++) {
    const code = arc.charCodeAt(index)
    if (code < 0x30 || code > 0x39) return false
  }
  return true
}
