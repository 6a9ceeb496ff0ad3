import { describe, expect, it } from 'vitest'
import { assertRequire, checkPresence, type Require, takesTokens } from './requirement.ts'

describe('checkPresence', () => {
  // Rows: what was presented; columns: what each word says is missing.
  const words: readonly Require[] = [
    'certificate+key',
    'certificate',
    'key',
    'certificate-or-key',
    'certificate+token',
    'certificate+key-or-token',
  ]
  const none = { certificate: false, key: false, token: false }
  it.each<[string, object, readonly string[]]>([
    [
      'nothing',
      {},
      ['certificate,key', 'certificate', 'key', 'certificate,key', 'certificate,token', 'certificate,key,token'],
    ],
    ['a certificate', { certificate: true }, ['key', '', 'key', '', 'token', 'key,token']],
    ['a key', { key: true }, ['certificate', 'certificate', '', '', 'certificate,token', 'certificate']],
    ['a certificate and a key', { certificate: true, key: true }, ['', '', '', '', 'token', '']],
    [
      'a token',
      { token: true },
      ['certificate,key', 'certificate', 'key', 'certificate,key', 'certificate', 'certificate'],
    ],
    ['a certificate and a token', { certificate: true, token: true }, ['key', '', 'key', '', '', '']],
  ])('with %s', (_, presence, expected) => {
    const missing = words.map((word) => {
      const reason = checkPresence(word, { ...none, ...presence })
      return reason !== undefined && 'missing' in reason ? reason.missing.join() : ''
    })
    expect(missing).toEqual(expected)
  })

  it('has a code of its own for each kind that is missing alone', () => {
    expect(checkPresence('certificate+key', { ...none, certificate: true })?.code).toBe('key-missing')
    expect(checkPresence('certificate+key', { ...none, key: true })?.code).toBe('certificate-missing')
    expect(checkPresence('certificate+token', { ...none, certificate: true })?.code).toBe('token-missing')
    expect(checkPresence('certificate+key', none)?.code).toBe('credentials-missing')
  })
})

describe('takesTokens', () => {
  it('only where the word says so', () => {
    expect(takesTokens('certificate+key-or-token')).toBe(true)
    expect(takesTokens('certificate+key')).toBe(false)
  })
})

describe('assertRequire', () => {
  it.each([undefined, 'both', '', 'key+certificate', 1, 'toString'])(
    'throws a TypeError that names the option for %j',
    (value) => {
      expect(() => assertRequire(value)).toThrow(TypeError)
      expect(() => assertRequire(value)).toThrow(/^require: /)
    },
  )
})
