import { createSelfSigned, type NameAttribute } from '@countersign/testing'
import * as der from '@countersign/testing/der'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { foldAscii, foldString } from './directory-string.ts'
import { type Name, parseName } from './name.ts'

async function named(...rdns: (NameAttribute | NameAttribute[])[]): Promise<Name> {
  return parseName((await createSelfSigned({ subject: rdns })).subject)
}

const cn = (value: string, as?: NameAttribute['as']): NameAttribute => ({ type: 'CN', value, ...(as && { as }) })

describe('Name', () => {
  it('keeps relative names, attributes and values apart', async () => {
    const name = await named({ type: 'O', value: 'Example, Inc.' }, [cn('a'), { type: 'UID', value: 'b' }])
    expect(name.rdns.map((rdn) => rdn.map(({ type, value }) => [type, value]))).toEqual([
      [['2.5.4.10', 'Example, Inc.']],
      [
        ['2.5.4.3', 'a'],
        ['0.9.2342.19200300.100.1.1', 'b'],
      ],
    ])
    expect(name.values('2.5.4.3')).toEqual(['a'])
    expect(name.values('2.5.4.4')).toEqual([])
    expect(name.isEmpty).toBe(false)
    expect(parseName(der.sequence()).isEmpty).toBe(true)
  })

  it('leaves a value of no string type closed', () => {
    const name = parseName(der.sequence(der.element(0x31, der.sequence(der.objectIdentifier('1.2.3'), der.integer(7)))))
    expect(name.rdns[0]?.[0]).toMatchObject({ type: '1.2.3', value: undefined, der: Uint8Array.of(2, 1, 7) })
    expect(String(name)).toBe('1.2.3=#020107')
  })

  it.each([
    ['most specific first', [{ type: 'O', value: 'Org' }, cn('Client')], 'CN=Client,O=Org'],
    ['separators', [cn('a,b+c"d\\e<f>g;h=i')], 'CN=a\\,b\\+c\\"d\\\\e\\<f\\>g\\;h\\=i'],
    ['spaces at the ends', [cn(' a ')], 'CN=\\ a\\ '],
    ['a number sign', [cn('#a')], 'CN=\\#a'],
    ['line breaks and NUL', [cn('a\nCN=admin\0')], 'CN=a\\0aCN\\=admin\\00'],
    ['directions', [cn('a\u202eb')], 'CN=a\\e2\\80\\aeb'],
    ['several attributes', [[cn('a'), { type: 'OU', value: 'b' }]], 'CN=a+OU=b'],
    ['unknown attributes', [{ type: '1.2.3', value: 'x' }], '1.2.3=x'],
  ] as [string, (NameAttribute | NameAttribute[])[], string][])('writes %s', async (_, rdns, text) => {
    expect(String(await named(...rdns))).toBe(text)
  })

  it('writes no more than 256 characters', async () => {
    const many = Array.from({ length: 100 }, (_, index) => cn(`name ${index}`))
    const text = String(await named(...many))
    expect(text.length).toBeLessThanOrEqual(256)
    expect(text.endsWith('…')).toBe(true)
    expect(String(await named(cn('x'.repeat(5000)))).length).toBeLessThanOrEqual(256)
  })

  it('tells names apart that a joined text would confuse', async () => {
    const pairs: [Name, Name][] = [
      [await named(cn('a'), cn('b')), await named([cn('a'), cn('b')])],
      [await named(cn('a=b')), await named(cn('a'))],
      [await named(cn('1'), cn('2')), await named(cn('12'))],
      [await named(cn('a+2.5.4.32=b')), await named([cn('a'), cn('b')])],
      // Octets that are ASCII in one type and another character in the other.
      [await named(cn('ab')), await named({ type: 'CN', value: Uint8Array.of(0x61, 0x62), as: 'bmp' })],
    ]
    for (const [a, b] of pairs) {
      expect(a.equals(b)).toBe(false)
      expect(a.key).not.toBe(b.key)
    }
  })
})

describe('foldString', () => {
  it.each([
    ['', ''],
    ['   ', ''],
    [' A  B ', 'a b'],
    ['Straße', 'STRASSE'],
    ['ΟΔΟΣ', 'οδοσ'],
    ['ﬁ', 'fi'],
    ['K', 'k'],
    ['a\u00a0b', 'A B'],
    ['a\u00adb', 'ab'],
    ['e\u0301', 'é'],
    ['Ａ', 'a'],
  ])('takes %j and %j for the same', (a, b) => {
    expect(foldString(a)).toBe(foldString(b))
  })

  it.each([
    ['a', 'b'],
    ['ab', 'a b'],
    ['\u0430', 'a'],
    ['ı', 'i'],
    ['o', '0'],
  ])('tells %j from %j', (a, b) => {
    expect(foldString(a)).not.toBe(foldString(b))
  })

  it('is what it is after a second time, and the same from octets', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        expect(foldString(foldString(text))).toBe(foldString(text))
      }),
    )
    const ascii = fc.string({ unit: fc.constantFrom(...' aBz09~') })
    fc.assert(
      fc.property(ascii, (text) => {
        const octets = new TextEncoder().encode(text)
        expect(foldAscii(0x0c, octets, 0, octets.length)).toBe(foldString(text))
      }),
    )
  })
})
