import { describe, expect, it } from 'vitest'
import { assertRequire, checkPresence, type Require } from './requirement.ts'

describe('checkPresence', () => {
  // Rows: what was presented; columns: what each word says to it.
  const words: readonly Require[] = ['certificate+key', 'certificate', 'key', 'certificate-or-key']
  it.each<[string, boolean, boolean, readonly (string | undefined)[]]>([
    ['nothing', false, false, ['credentials-missing', 'certificate-missing', 'key-missing', 'credentials-missing']],
    ['a certificate', true, false, ['key-missing', undefined, 'key-missing', undefined]],
    ['a key', false, true, ['certificate-missing', 'certificate-missing', undefined, undefined]],
    ['both', true, true, [undefined, undefined, undefined, undefined]],
  ])('with %s', (_, certificate, key, expected) => {
    expect(words.map((word) => checkPresence(word, certificate, key)?.code)).toEqual(expected)
  })
})

describe('assertRequire', () => {
  it.each([undefined, 'both', '', 'key+certificate', 1])('throws a TypeError that names the option for %j', (value) => {
    expect(() => assertRequire(value)).toThrow(TypeError)
    expect(() => assertRequire(value)).toThrow(/^require: /)
  })
})
