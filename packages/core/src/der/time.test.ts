import { describe, expect, it } from 'vitest'
import { encodeUtf8 } from '../bytes/text.ts'
import { parseGeneralizedTime, parseUtcTime } from './time.ts'

const utc = (text: string): number | undefined => parseUtcTime(encodeUtf8(text), 0, text.length)
const generalized = (text: string): number | undefined => parseGeneralizedTime(encodeUtf8(text), 0, text.length)
const iso = (milliseconds: number | undefined): string | undefined =>
  milliseconds === undefined ? undefined : new Date(milliseconds).toISOString()

describe('UTCTime', () => {
  it('turns the century at 50 (RFC 5280 §4.1.2.5.1)', () => {
    expect(iso(utc('491231235959Z'))).toBe('2049-12-31T23:59:59.000Z')
    expect(iso(utc('500101000000Z'))).toBe('1950-01-01T00:00:00.000Z')
    expect(iso(utc('000229120000Z'))).toBe('2000-02-29T12:00:00.000Z')
  })

  it.each([
    '4912312359Z',
    '491231235959',
    '491231235959+0000',
    '49123123595aZ',
    '490229000000Z',
    '4912312359 9Z',
    '490001000000Z',
  ])('refuses %j', (text) => {
    expect(utc(text)).toBeUndefined()
  })
})

describe('GeneralizedTime', () => {
  it.each([
    ['20500101000000Z', '2050-01-01T00:00:00.000Z'],
    ['99991231235959Z', '9999-12-31T23:59:59.000Z'],
    ['19491231235959Z', '1949-12-31T23:59:59.000Z'],
    ['00960229000000Z', '0096-02-29T00:00:00.000Z'],
    ['00000101000000Z', '0000-01-01T00:00:00.000Z'],
  ])('%s is %s', (text, expected) => {
    expect(iso(generalized(text))).toBe(expected)
  })

  it.each([
    '20500101000000.0Z',
    '20500101000000.5Z',
    '205001010000Z',
    '20500101000000',
    '20500101000000z',
    '20500101000000+0100',
    '20501301000000Z',
    '20500132000000Z',
    '20500100000000Z',
    '20500431000000Z',
    '20510229000000Z',
    '21000229000000Z',
    '20500101240000Z',
    '20500101006000Z',
    '20500101000060Z',
    '-0500101000000Z',
    '2050010100000/Z',
    '2050010100000:Z',
  ])('refuses %j', (text) => {
    expect(generalized(text)).toBeUndefined()
  })
})
