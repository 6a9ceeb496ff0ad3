import { expect, it } from 'vitest'
import { decodeAscii, decodeUtf8, encodeUtf8 } from './text.ts'

it('reads well-formed UTF-8, a byte order mark included', () => {
  for (const text of ['', 'partner', 'Ünïcôdé ✓ 𝒳', '\ufeffmark', 'x'.repeat(500)])
    expect(decodeUtf8(encodeUtf8(text))).toBe(text)
})

it.each([
  ['a lone continuation octet', [0x80]],
  ['an overlong slash', [0xc0, 0xaf]],
  ['a surrogate', [0xed, 0xa0, 0x80]],
  ['a cut sequence', [0x41, 0xe2, 0x82]],
  ['a point above U+10FFFF', [0xf4, 0x90, 0x80, 0x80]],
])('refuses %s', (_, octets) => {
  expect(decodeUtf8(Uint8Array.from(octets))).toBeUndefined()
})

it('reads ASCII alone as ASCII', () => {
  expect(decodeAscii(Uint8Array.of(0x41, 0x7f))).toBe('A\x7f')
  expect(decodeAscii(Uint8Array.of(0x41, 0x80))).toBeUndefined()
})
