/** CRC-32 as in ISO 3309 and gzip (RFC 1952 §8), over text of one octet a character. @module */

const POLYNOMIAL = 0xed_b8_83_20

/** Signed, so that the arithmetic stays in 32-bit integers. From 256 n on: of an octet with n octets of zero after it. */
const TABLE: Int32Array = makeTable()

/** Before the first octet. */
export const CRC32_START = -1

/** @returns an unsigned 32-bit number */
export function crc32(text: string, start = 0, end: number = text.length): number {
  let crc = CRC32_START
  for (let at = start; at < end; at++) crc = crc32Next(crc, text.charCodeAt(at))
  return crc32End(crc)
}

/** One octet further, for whoever looks at the octets anyway. */
export function crc32Next(crc: number, octet: number): number {
  return (crc >>> 8) ^ (TABLE[(crc ^ octet) & 0xff] as number)
}

/** Four octets further, the first in the lowest bits: no look-up waits for another, which halves the time. */
export function crc32NextFour(crc: number, octets: number): number {
  const mixed = crc ^ octets
  return (
    (TABLE[768 + (mixed & 0xff)] as number) ^
    (TABLE[512 + ((mixed >>> 8) & 0xff)] as number) ^
    (TABLE[256 + ((mixed >>> 16) & 0xff)] as number) ^
    (TABLE[mixed >>> 24] as number)
  )
}

/** @returns an unsigned 32-bit number */
export function crc32End(crc: number): number {
  return ~crc >>> 0
}

function makeTable(): Int32Array {
  const table = new Int32Array(1024)
  for (let octet = 0; octet < 256; octet++) {
    let crc = octet
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ POLYNOMIAL : crc >>> 1
    table[octet] = crc
  }
  for (let at = 256; at < table.length; at++) {
    const before = table[at - 256] as number
    table[at] = (before >>> 8) ^ (table[before & 0xff] as number)
  }
  return table
}
