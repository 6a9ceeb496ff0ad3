import { describe, expect, it } from 'vitest'
import { fromHex, toBase64, toHex, toPem } from './text.ts'
import * as der from './write.ts'

describe('the DER writer', () => {
  it('writes lengths in as few octets as possible', () => {
    expect(der.lengthOctets(0)).toEqual([0])
    expect(der.lengthOctets(127)).toEqual([127])
    expect(der.lengthOctets(128)).toEqual([0x81, 0x80])
    expect(der.lengthOctets(0x1_0000)).toEqual([0x83, 1, 0, 0])
    expect(der.octetString(new Uint8Array(300)).subarray(0, 4)).toEqual(Uint8Array.of(4, 0x82, 1, 0x2c))
  })

  it.each([
    [0n, '020100'],
    [127n, '02017f'],
    [128n, '02020080'],
    [256n, '02020100'],
    [-1n, '0201ff'],
    [-128n, '020180'],
    [-129n, '0202ff7f'],
    [2n ** 64n, '0209010000000000000000'],
  ])('writes the integer %s', (value, expected) => {
    expect(toHex(der.integer(value))).toBe(expected)
  })

  it.each([
    ['1.2.840.113549', '06062a864886f70d'],
    ['2.5.29.15', '0603551d0f'],
    ['2.999.3', '0603883703'],
    ['2.25.329800735698586629295641978511506172918', '06146983f09da7ebcfdee0c7a1a7b2c0948cc8f9d776'],
  ])('writes the object identifier %s', (dotted, expected) => {
    expect(toHex(der.objectIdentifier(dotted))).toBe(expected)
  })

  it('drops trailing zero bits of named bits and sorts sets', () => {
    expect(toHex(der.namedBits([5, 6]))).toBe('03020106')
    expect(toHex(der.namedBits([0, 8]))).toBe('0303078080')
    expect(toHex(der.namedBits([]))).toBe('030100')
    expect(toHex(der.setOf(der.integer(2), der.integer(1), der.nullValue()))).toBe('31080201010201020500')
  })

  it('chooses between the two kinds of time by the year', () => {
    expect(new TextDecoder().decode(der.time(new Date('2049-12-31T23:59:59.9Z')))).toBe('\x17\x0d491231235959Z')
    expect(new TextDecoder().decode(der.time(new Date('2050-01-01T00:00:00Z')))).toBe('\x18\x0f20500101000000Z')
    expect(new TextDecoder().decode(der.time(new Date('1949-01-01T00:00:00Z')))).toBe('\x18\x0f19490101000000Z')
  })
})

describe('texts', () => {
  it('goes to hexadecimal and back', () => {
    expect(toHex(fromHex('0aFF'))).toBe('0aff')
    expect(toHex(fromHex('abc'))).toBe('0abc')
    expect(() => fromHex('xy')).toThrow(TypeError)
  })

  it('agrees with the platform on base64, whatever the length', () => {
    for (const length of [0, 1, 2, 3, 24_575, 24_576, 24_577, 50_000]) {
      const bytes = Uint8Array.from({ length }, (_, i) => i * 7)
      expect(toBase64(bytes)).toBe(Buffer.from(bytes).toString('base64'))
    }
  })

  it('breaks PEM after 64 characters', () => {
    const lines = toPem('X', new Uint8Array(100)).split('\n')
    expect(lines.map(({ length }) => length)).toEqual([17, 64, 64, 8, 15, 0])
  })
})
