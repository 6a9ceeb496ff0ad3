import { describe, expect, it } from 'vitest'
import { decodeHex } from '../bytes/hex.ts'
import { DerReader } from './reader.ts'
import { BIT_STRING, OCTET_STRING, SEQUENCE } from './tags.ts'

const reader = (hex: string): DerReader => new DerReader(decodeHex(hex.replaceAll(' ', '')) as Uint8Array)

/** What it threw, as code and offset; or what it returned. */
function outcome(run: () => unknown): unknown {
  try {
    return run()
  } catch (error) {
    const { code, offset } = error as { code: unknown; offset: unknown }
    return `${code}@${offset}`
  }
}

describe('elements', () => {
  it('are views of the same octets', () => {
    const outer = reader('30 06 04 01 aa 04 01 bb')
    const inner = outer.enter(SEQUENCE)
    const first = inner.read(OCTET_STRING)
    expect(inner.contentOf(first)).toEqual(Uint8Array.of(0xaa))
    expect(inner.encodingOf(first)).toEqual(Uint8Array.of(0x04, 0x01, 0xaa))
    expect(inner.contentOf(first).buffer).toBe(outer.bytes.buffer)
    expect(inner.nextTag).toBe(OCTET_STRING)
    inner.readAny()
    expect(inner.nextTag).toBe(-1)
    inner.finish()
    outer.finish()
  })

  it.each([
    ['nothing', '', 'der-truncated@0'],
    ['a tag alone', '04', 'der-truncated@0'],
    ['contents that are cut', '04 03 aa bb', 'der-truncated@0'],
    ['length octets that are cut', '04 82 01', 'der-truncated@0'],
    ['the indefinite length', '30 80 00 00', 'der-length-indefinite@0'],
    ['a short length in long form', '04 81 01 aa', 'der-length-not-minimal@0'],
    ['a length with a leading zero', `04 82 00 80 ${'aa'.repeat(128)}`, 'der-length-not-minimal@0'],
    ['five length octets', '04 85 01 00 00 00 00', 'der-length-too-large@0'],
    ['a length of 4 GiB', '04 84 ff ff ff ff', 'der-truncated@0'],
    ['a high tag number', '1f 1f 00', 'der-tag-unsupported@0'],
    ['another type', '05 00', 'der-tag-unexpected@0'],
  ])('refuses %s', (_, hex, expected) => {
    expect(outcome(() => reader(hex).read(hex.startsWith('30') ? SEQUENCE : OCTET_STRING))).toBe(
      hex.startsWith('1f') ? 'der-tag-unexpected@0' : expected,
    )
    if (hex.startsWith('1f')) expect(outcome(() => reader(hex).readAny())).toBe(expected)
  })

  it('takes the longest lengths that are minimal', () => {
    expect(reader(`04 81 80 ${'aa'.repeat(128)}`).readOctetString()).toHaveLength(128)
    expect(reader(`04 82 01 00 ${'aa'.repeat(256)}`).readOctetString()).toHaveLength(256)
  })

  it('refuses what is left over, and a child that would reach beyond its parent', () => {
    const outer = reader('30 03 04 01 aa 00')
    outer.enter(SEQUENCE)
    expect(outcome(() => outer.finish())).toBe('der-trailing-data@5')
    const inner = reader('30 03 04 05 aa bb cc dd').enter(SEQUENCE)
    expect(outcome(() => inner.readOctetString())).toBe('der-truncated@2')
  })

  it('reads what is optional only where it stands', () => {
    const octets = reader('04 01 aa')
    expect(octets.readOptional(BIT_STRING)).toBeUndefined()
    expect(octets.enterOptional(SEQUENCE)).toBeUndefined()
    expect(octets.readOptional(OCTET_STRING)).toMatchObject({ content: 2, end: 3 })
  })
})

describe('BOOLEAN', () => {
  it.each([
    ['01 01 ff', true],
    ['01 01 00', false],
    ['01 01 01', 'der-boolean-invalid@0'],
    ['01 00', 'der-boolean-invalid@0'],
    ['01 02 ff ff', 'der-boolean-invalid@0'],
  ])('%s is %s', (hex, expected) => {
    expect(outcome(() => reader(hex).readBoolean())).toBe(expected)
  })

  it('with the default false is absent or true', () => {
    expect(reader('').readBooleanDefaultFalse()).toBe(false)
    expect(reader('04 00').readBooleanDefaultFalse()).toBe(false)
    expect(reader('01 01 ff').readBooleanDefaultFalse()).toBe(true)
    expect(outcome(() => reader('01 01 00').readBooleanDefaultFalse())).toBe('der-default-encoded@0')
  })
})

describe('INTEGER', () => {
  it.each([
    ['02 01 00', 0],
    ['02 01 7f', 127],
    ['02 02 00 80', 128],
    ['02 04 7f ff ff ff', 0x7fffffff],
    ['02 05 00 ff ff ff ff', 0x7fffffff],
    ['02 09 01 00 00 00 00 00 00 00 00', 0x7fffffff],
    ['02 00', 'der-integer-invalid@0'],
    ['02 02 00 7f', 'der-integer-invalid@0'],
    ['02 02 ff 80', 'der-integer-invalid@0'],
    ['02 01 80', 'der-integer-invalid@0'],
  ])('%s is %s as a small number', (hex, expected) => {
    expect(outcome(() => reader(hex).readSmallInteger())).toBe(expected)
  })

  it('keeps its octets as they are', () => {
    expect(reader('02 02 00 80').readInteger()).toEqual(Uint8Array.of(0, 0x80))
    expect(reader('02 01 80').readInteger()).toEqual(Uint8Array.of(0x80))
    expect(reader('0a 01 03').readEnumerated()).toBe(3)
  })
})

describe('BIT STRING', () => {
  it.each([
    ['03 01 00', []],
    ['03 02 00 aa', [0xaa]],
    ['03 02 04 a0', [0xa0]],
    ['03 00', 'der-bit-string-invalid@0'],
    ['03 01 01', 'der-bit-string-invalid@0'],
    ['03 02 08 00', 'der-bit-string-invalid@0'],
    ['03 02 04 a8', 'der-bit-string-invalid@0'],
  ])('%s has the octets %j', (hex, expected) => {
    expect(outcome(() => [...reader(hex).readBitString().bytes])).toEqual(expected)
  })

  it('of octets has no unused bits', () => {
    expect(reader('03 02 00 aa').readBitStringOctets()).toEqual(Uint8Array.of(0xaa))
    expect(outcome(() => reader('03 02 04 a0').readBitStringOctets())).toBe('der-bit-string-invalid@0')
  })

  it.each([
    ['03 01 00', []],
    ['03 02 07 80', [0]],
    ['03 02 01 06', [5, 6]],
    ['03 03 07 00 80', [8]],
    // A trailing zero bit.
    ['03 02 00 06', 'der-bit-string-invalid@0'],
    ['03 02 00 00', 'der-bit-string-invalid@0'],
  ])('%s has the named bits %j', (hex, expected) => {
    expect(outcome(() => [...reader(hex).readNamedBits()])).toEqual(expected)
  })
})

it('reads NULL and OBJECT IDENTIFIER', () => {
  expect(outcome(() => reader('05 00').readNull())).toBeUndefined()
  expect(outcome(() => reader('05 01 00').readNull())).toBe('der-null-invalid@0')
  expect(reader('06 03 55 1d 13').readOid()).toBe('2.5.29.19')
  expect(outcome(() => reader('06 02 80 01').readOid())).toBe('der-oid-invalid@0')
})

it('reads both kinds of time, and no third', () => {
  const text = (tag: string, value: string): string =>
    `${tag} ${value.length.toString(16).padStart(2, '0')} ${Buffer.from(value).toString('hex')}`
  expect(reader(text('17', '500101000000Z')).readTime()).toBe(Date.UTC(1950, 0, 1))
  expect(reader(text('18', '20500101000000Z')).readTime()).toBe(Date.UTC(2050, 0, 1))
  expect(reader(text('18', '20500101000000Z')).readGeneralizedTime()).toBe(Date.UTC(2050, 0, 1))
  expect(outcome(() => reader(text('17', '5001010000Z')).readTime())).toBe('der-time-invalid@0')
  expect(outcome(() => reader('0c 01 41').readTime())).toBe('der-tag-unexpected@0')
})
