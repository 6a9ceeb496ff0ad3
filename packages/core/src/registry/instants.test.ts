import { describe, expect, it } from 'vitest'
import { checkInstant, parseInstant } from './instants.ts'

describe('parseInstant', () => {
  it('reads what Date writes, for every day of four centuries', () => {
    const start = Date.UTC(1970, 0, 1)
    for (let day = 0; day < 400 * 366; day++) {
      const at = new Date(start + day * 86_400_000 + ((day * 7919) % 86_400_000))
      if (parseInstant(at.toISOString()) !== at.getTime()) expect.fail(at.toISOString())
    }
  })

  it('judges everything else as Date.parse does', () => {
    for (const text of [
      '2030-01-31T12:00:00Z',
      '2030-01-31T12:00:00.5Z',
      '2030-01-31T12:00:00+02:00',
      '1969-12-31T23:59:59.999Z',
      '2030-02-29T00:00:00.000Z',
      '2030-02-30T00:00:00.000Z',
      '2030-13-01T00:00:00.000Z',
      '2030-00-01T00:00:00.000Z',
      '2030-01-00T00:00:00.000Z',
      '2030-01-01T24:00:00.000Z',
      '2030-01-01T23:60:00.000Z',
      '2030-01-01T23:59:60.000Z',
      '20a0-01-01T00:00:00.000Z',
      '2030-01-01T00:00:00.0x0Z',
      '2030-01-01T00:00:00.00xZ',
      '2030/01/01T00:00:00.000Z',
      '',
      'never',
    ]) {
      expect(parseInstant(text), text).toBe(Date.parse(text))
    }
  })
})

describe('checkInstant', () => {
  it('keeps an instant in UTC', () => {
    expect(checkInstant('2030-01-31T12:00:00+02:00', 'x')).toBe('2030-01-31T10:00:00.000Z')
    expect(checkInstant(new Date(0), 'x')).toBe('1970-01-01T00:00:00.000Z')
    expect(checkInstant(undefined, 'x')).toBe(undefined)
  })

  it.each(['2030-01-31', '2030-01-31T12:00:00', 'tomorrow', '', 0, null, new Date(Number.NaN)])(
    'refuses %s',
    (value) => {
      expect(() => checkInstant(value, 'notAfter')).toThrow(/^notAfter: /)
    },
  )
})
