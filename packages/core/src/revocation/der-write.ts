/** The few structures that are written here, in DER (X.690 §10). @module */
import { concatBytes } from '../bytes/concat.ts'

/** An element around the concatenation of its contents. */
export function encodeDer(tag: number, ...contents: readonly Uint8Array[]): Uint8Array {
  let length = 0
  for (const part of contents) length += part.length
  const header = [tag]
  if (length < 0x80) header.push(length)
  else {
    const octets: number[] = []
    for (let rest = length; rest > 0; rest >>>= 8) octets.unshift(rest & 0xff)
    header.push(0x80 | octets.length, ...octets)
  }
  return concatBytes(Uint8Array.from(header), ...contents)
}
