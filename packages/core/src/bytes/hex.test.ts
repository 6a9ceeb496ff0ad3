import { expect, it } from 'vitest'
import { decodeHex, encodeHex } from './hex.ts'

it('writes lower case and reads both cases', () => {
  expect(encodeHex(Uint8Array.of(0, 0x0f, 0xab, 0xff))).toBe('000fabff')
  expect(decodeHex('000FabfF')).toEqual(Uint8Array.of(0, 0x0f, 0xab, 0xff))
  expect(decodeHex('')).toEqual(new Uint8Array())
})

it.each(['0', '0g', 'g0', ' 00', '0x', '٠٠', '@@', '``'])('refuses %j', (text) => {
  expect(decodeHex(text)).toBeUndefined()
})
