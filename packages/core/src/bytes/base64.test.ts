import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeBase64, decodeBase64Url, encodeBase64, encodeBase64Url } from './base64.ts'
import { encodeUtf8 } from './text.ts'

// RFC 4648 §10
const VECTORS = [
  ['', ''],
  ['f', 'Zg=='],
  ['fo', 'Zm8='],
  ['foo', 'Zm9v'],
  ['foob', 'Zm9vYg=='],
  ['fooba', 'Zm9vYmE='],
  ['foobar', 'Zm9vYmFy'],
] as const

describe('base64', () => {
  it.each(VECTORS)('of %j is %j', (text, encoded) => {
    expect(encodeBase64(encodeUtf8(text))).toBe(encoded)
    expect(decodeBase64(encoded)).toEqual(encodeUtf8(text))
  })

  it.each([
    ['no padding', 'Zg'],
    ['half the padding', 'Zg='],
    ['padding alone', '===='],
    ['padding in the middle', 'Zg==Zm9v'],
    ['unused bits that are not zero', 'Zh=='],
    ['unused bits that are not zero, one pad', 'Zm9='],
    ['a space', 'Zm9 '],
    ['a line break', 'Zm9v\nZm9v'],
    ['the other alphabet', '-_-_'],
    ['a character above 127', 'Zm9\u0180'],
    ['one character too many', 'Zm9vY'],
  ])('refuses %s', (_, text) => {
    expect(decodeBase64(text)).toBeUndefined()
  })
})

describe('base64url', () => {
  it('has no padding and its own alphabet', () => {
    expect(encodeBase64Url(Uint8Array.of(0xfb, 0xff))).toBe('-_8')
    expect(decodeBase64Url('-_8')).toEqual(Uint8Array.of(0xfb, 0xff))
  })

  it.each(['-_8=', '+/8', '-_9', 'A', 'AAAAA'])('refuses %j', (text) => {
    expect(decodeBase64Url(text)).toBeUndefined()
  })
})

it('reads what it writes, and only that', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
      expect(decodeBase64(encodeBase64(bytes))).toEqual(bytes)
      expect(decodeBase64Url(encodeBase64Url(bytes))).toEqual(bytes)
    }),
  )
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(...'ABZaz09+/-_= \n'), maxLength: 12 }), (text) => {
      const plain = decodeBase64(text)
      if (plain !== undefined) expect(encodeBase64(plain)).toBe(text)
      const url = decodeBase64Url(text)
      if (url !== undefined) expect(encodeBase64Url(url)).toBe(text)
    }),
  )
})
