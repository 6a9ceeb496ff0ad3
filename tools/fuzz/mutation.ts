/**
 * Changes to octets: some blind, some aimed at what a DER reader looks at (identifier and length octets), so that more of
 * them get past the first check.
 * @module
 */
import fc from 'fast-check'

export interface Mutation {
  readonly kind: 'set' | 'flip' | 'insert' | 'delete' | 'repeat' | 'swap' | 'tag' | 'length' | 'truncate' | 'append'
  /** Fraction of the length at which it happens. */
  readonly place: number
  readonly octet: number
  readonly count: number
}

export const mutations: fc.Arbitrary<readonly Mutation[]> = fc.array(
  fc.record({
    kind: fc.constantFrom<Mutation['kind']>(
      'set',
      'flip',
      'insert',
      'delete',
      'repeat',
      'swap',
      'tag',
      'tag',
      'length',
      'length',
      'truncate',
      'append',
    ),
    place: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
    octet: fc.oneof(fc.constantFrom(0, 1, 0x7f, 0x80, 0x81, 0x82, 0x84, 0xff, 0x30, 0x31, 0xa0, 0xa3), fc.nat(255)),
    count: fc.nat(40),
  }),
  { minLength: 1, maxLength: 6 },
)

export function mutate(octets: Uint8Array, changes: readonly Mutation[]): Uint8Array {
  let bytes = [...octets]
  for (const { kind, place, octet, count } of changes) {
    const at = kind === 'tag' || kind === 'length' ? headerNear(bytes, place) : Math.floor(place * bytes.length)
    switch (kind) {
      case 'set':
      case 'tag':
        bytes[at] = octet
        break
      case 'length':
        bytes[at + 1] = octet
        break
      case 'flip':
        bytes[at] = (bytes[at] ?? 0) ^ (1 << (octet & 7))
        break
      case 'insert':
        bytes.splice(at, 0, ...new Array<number>(count).fill(octet))
        break
      case 'delete':
        bytes.splice(at, count)
        break
      case 'repeat':
        bytes.splice(at, 0, ...bytes.slice(at, at + count))
        break
      case 'swap':
        bytes = [
          ...bytes.slice(0, at),
          ...bytes.slice(at + count, at + 2 * count),
          ...bytes.slice(at, at + count),
          ...bytes.slice(at + 2 * count),
        ]
        break
      case 'truncate':
        bytes = bytes.slice(0, at)
        break
      case 'append':
        bytes.push(...new Array<number>(count).fill(octet))
        break
    }
  }
  return Uint8Array.from(bytes.slice(0, 70_000))
}

/** The offset of an element's identifier octet, found by walking from the start as far as the octets make sense. */
function headerNear(bytes: readonly number[], place: number): number {
  const headers: number[] = []
  for (let offset = 0; offset < bytes.length - 2 && headers.length < 400; ) {
    headers.push(offset)
    const tag = bytes[offset] as number
    const first = bytes[offset + 1] as number
    const size = first < 0x80 ? 2 : 2 + (first & 0x7f)
    const length =
      first < 0x80 ? first : bytes.slice(offset + 2, offset + size).reduce((sum, octet) => sum * 256 + octet, 0)
    // Into constructed elements, and into OCTET STRINGs, which hold the extensions; past everything else.
    offset += (tag & 0x20) !== 0 || tag === 0x04 ? size : size + length
  }
  return headers[Math.floor(place * headers.length)] ?? 0
}
