/** CRC-32 as in ISO 3309 and gzip (RFC 1952 §8), over text of one octet a character. @module */

const POLYNOMIAL = 0xed_b8_83_20

const TABLE: Uint32Array = makeTable()

/** @returns an unsigned 32-bit number */
export function crc32(text: string, start = 0, end: number = text.length): number {
  let crc = 0xff_ff_ff_ff
  for (let at = start; at < end; at++) {
    crc = (crc >>> 8) ^ (TABLE[(crc ^ text.charCodeAt(at)) & 0xff] as number)
  }
  return ~crc >>> 0
}

function makeTable(): Uint32Array {
  const table = new Uint32Array(256)
  for (let octet = 0; octet < 256; octet++) {
    let crc = octet
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ POLYNOMIAL : crc >>> 1
    table[octet] = crc
  }
  return table
}
