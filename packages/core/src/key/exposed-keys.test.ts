import { describe, expect, it } from 'vitest'
import { findExposedKeys, redactKeys } from './exposed-keys.ts'
import { generateKey } from './key-format.ts'

const issue = (prefix = 'cs_live'): string =>
  generateKey({ prefix, randomBytes: (length) => crypto.getRandomValues(new Uint8Array(length)) })

const key = issue()
const keyId = key.slice(8, 20)
const percent = (text: string): string => [...text].map((c) => `%${c.charCodeAt(0).toString(16)}`).join('')

describe('findExposedKeys', () => {
  it.each([
    ['path', `/v1/${key}/orders`],
    ['path', `/${key}`],
    ['path', `/v1/xcs_live_my_${key}`],
    ['query', `/v1?api_key=${key}&a=b`],
    ['query', `/v1?${key}`],
    ['query', `/v1?api_key=secret-token:${key}`],
    ['query', `/v1?k=${key}trailing`],
    ['query', `/v1?k=${key.replaceAll('_', '%5F')}`],
    ['query', `/v1?k=${percent(key)}`],
    ['query', `/v1?k=${percent(key).replaceAll('%', '%25')}`],
    ['query', `/v1?broken=%zz%&k=${key.replaceAll('_', '%5f')}%`],
    ['query', `/v1?next=https%3A%2F%2Fexample.com%2F%3Fk%3D${key}`],
    ['fragment', `/v1#${key}`],
    ['fragment', `/v1#a?k=${key}`],
    ['authority', `https://user:${key}@api.example.com/v1`],
    ['path', `https://api.example.com/${key}`],
    ['query', `https://api.example.com?k=${key}`],
  ])('finds one in the %s of %s', (part, target) => {
    expect(findExposedKeys(target)).toEqual([{ part, key, keyId }])
  })

  it('finds each of several once', () => {
    const other = issue('acme_test')
    const found = findExposedKeys(`/${key}/${key}?a=${other}&b=${key}`)
    expect(found.map((exposed) => [exposed.part, exposed.key])).toEqual([
      ['path', key],
      ['query', other],
    ])
  })

  it('takes neither a parameter name nor a wrong checksum nor a part of a key for one', () => {
    const wrong = key.slice(0, -1) + (key.endsWith('0') ? '1' : '0')
    for (const value of [
      '',
      'x',
      'changeme',
      wrong,
      key.slice(1),
      key.slice(0, -1),
      `${key.slice(0, 30)}-${key.slice(30)}`,
      // `v` is no hex digit, though as one it would make an underscore.
      key.replaceAll('_', '%4v'),
    ]) {
      expect(findExposedKeys(`/v1?api_key=${value}&key=${value}`), value).toEqual([])
    }
    expect(findExposedKeys('*')).toEqual([])
    expect(findExposedKeys('')).toEqual([])
  })

  it('scans hostile targets in time that grows with their length', () => {
    const near = `a_${'b'.repeat(12)}_${'c'.repeat(49)}`
    for (const piece of [
      '_',
      '_a',
      'a_'.repeat(8),
      `_${'a'.repeat(12)}`,
      near,
      `${'a_'.repeat(16)}${near}`,
      '%5f',
      '%255f',
      '%',
      '://',
      '?#',
    ]) {
      const target = `/${piece.repeat(Math.ceil(16_384 / piece.length))}`
      expect(
        bestOfThree(() => [findExposedKeys(target), redactKeys(target)]),
        piece,
      ).toBeLessThan(100)
    }
  })
})

describe('redactKeys', () => {
  const redacted = `cs_live_${keyId}_[redacted]`

  it('leaves prefix and id', () => {
    expect(redactKeys(`GET /v1/${key}/orders`)).toBe(`GET /v1/${redacted}/orders`)
    expect(redactKeys(`${key} ${key}`)).toBe(`${redacted} ${redacted}`)
  })

  it('asks for no right checksum, and takes a lengthened or shortened key too', () => {
    for (const text of [`${key.slice(0, -3)}000`, `${key}abc`, key.slice(0, -10)])
      expect(redactKeys(text)).toBe(redacted)
  })

  it('decodes where a key only shows once it is decoded', () => {
    for (const text of [key.replaceAll('_', '%5F'), percent(key), percent(key).replaceAll('%', '%25')]) {
      expect(redactKeys(`/v1/${text}/a%20b`)).toBe(`/v1/${redacted}/a%20b`)
    }
    expect(redactKeys(`/${key}/${issue().replaceAll('_', '%5F')}`)).toMatch(/^\/\w+\[redacted\]\/\w+\[redacted\]$/)
  })

  it('returns everything else unchanged', () => {
    for (const text of ['', '/v1/orders', '/a%2Fb%5Fc', '100%', 'a_b_c', `_${'a'.repeat(12)}_${'b'.repeat(10)}`]) {
      expect(redactKeys(text)).toBe(text)
    }
  })
})

/** Milliseconds. A busy machine interrupts one run, hardly ever three. */
function bestOfThree(work: () => unknown): number {
  const times = [0, 1, 2].map(() => {
    const started = performance.now()
    work()
    return performance.now() - started
  })
  return Math.min(...times)
}
