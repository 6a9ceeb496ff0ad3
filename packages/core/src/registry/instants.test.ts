import { describe, expect, it } from 'vitest'
import { checkInstant } from './instants.ts'

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
