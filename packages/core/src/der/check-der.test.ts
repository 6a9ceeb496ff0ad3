import { expect, it } from 'vitest'
import { decodeHex } from '../bytes/hex.ts'
import { checkDer } from './check-der.ts'

function codeOf(hex: string): unknown {
  const bytes = decodeHex(hex.replaceAll(' ', '')) as Uint8Array
  try {
    checkDer(bytes, 0, bytes.length)
  } catch (error) {
    return (error as { code: unknown }).code
  }
  return 'well-formed'
}

/** So many SEQUENCEs inside each other. */
function nested(depth: number): string {
  let hex = ''
  for (let index = 0; index < depth; index++) {
    const length = hex.length / 2
    hex = `30${length < 128 ? length.toString(16).padStart(2, '0') : `82${length.toString(16).padStart(4, '0')}`}${hex}`
  }
  return hex
}

it.each([
  ['05 00', 'well-formed'],
  ['30 00', 'well-formed'],
  ['30 06 30 02 05 00 05 00', 'well-formed'],
  ['a0 03 80 01 ff', 'well-formed'],
  ['04 02 30 05', 'well-formed'],
  ['', 'der-truncated'],
  ['05 00 00', 'der-trailing-data'],
  ['30 02 04 05', 'der-truncated'],
  ['30 03 30 01 04', 'der-truncated'],
  ['30 03 05 00 05', 'der-truncated'],
  ['30 80 00 00', 'der-length-indefinite'],
  ['30 04 24 80 00 00', 'der-length-indefinite'],
  ['30 03 04 81 00', 'der-length-not-minimal'],
])('%s is %s', (hex, expected) => {
  expect(codeOf(hex)).toBe(expected)
})

it('goes 32 deep and no deeper, without recursion', () => {
  expect(codeOf(nested(33))).toBe('well-formed')
  expect(codeOf(nested(34))).toBe('der-too-deep')
  expect(codeOf(nested(5000))).toBe('der-too-deep')
})
