import { expect, it } from 'vitest'
import { concatBytes } from './concat.ts'
import { compareBytes, equalBytes } from './equal.ts'

const bytes = (...octets: number[]): Uint8Array => Uint8Array.from(octets)

it('compares octet strings', () => {
  expect(equalBytes(bytes(1, 2), bytes(1, 2))).toBe(true)
  expect(equalBytes(bytes(1, 2), bytes(1, 3))).toBe(false)
  expect(equalBytes(bytes(1, 2), bytes(1, 2, 0))).toBe(false)
})

it('orders them as X.690 §11.6 does', () => {
  const sorted = [bytes(), bytes(1), bytes(1, 0), bytes(1, 2), bytes(2)]
  expect([...sorted].reverse().sort(compareBytes)).toEqual(sorted)
})

it('joins them', () => {
  expect(concatBytes()).toEqual(bytes())
  expect(concatBytes(bytes(1), bytes(), bytes(2, 3))).toEqual(bytes(1, 2, 3))
})
