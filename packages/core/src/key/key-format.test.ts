import { describe, expect, it } from 'vitest'
import { BASE62 } from './base62.ts'
import { generateKey, KEY_PATTERN, looksLikeKey, MAX_KEY_LENGTH, parseKey } from './key-format.ts'

const randomBytes = (length: number): Uint8Array => crypto.getRandomValues(new Uint8Array(length))

const issue = (prefix = 'cs_live'): string => generateKey({ prefix, randomBytes })

describe('generateKey', () => {
  it('has fixed widths after the prefix', () => {
    expect(issue()).toMatch(/^cs_live_[0-9A-Za-z]{12}_[0-9A-Za-z]{49}$/)
    expect(issue('acme_eu_test')).toMatch(/^acme_eu_test_[0-9A-Za-z]{12}_[0-9A-Za-z]{49}$/)
  })

  it.each(['', 'CS', '1cs', '_cs', 'cs_', 'cs__live', 'cs-live', 'c s', 'é', 'a'.repeat(33)])(
    'refuses the prefix %j',
    (prefix) => {
      expect(() => issue(prefix)).toThrow(TypeError)
    },
  )

  it('draws again where an octet would favour some digits', () => {
    const octets = [255, 254, 248, 247, 0, 61, 62]
    let at = 0
    const drawn = generateKey({
      prefix: 'cs_live',
      randomBytes: (length) => Uint8Array.from({ length }, () => octets[at++ % octets.length] as number),
    })
    // 247 % 62 = 61, so nothing but the digits for 61, 0, 61 and 0 can occur.
    expect(drawn.slice(8, 20)).toMatch(/^[0z]{12}$/)
  })
})

describe('parseKey', () => {
  it('gives back what was generated, for 100,000 keys under several prefixes', () => {
    const prefixes = ['cs_live', 'cs_test', 'a', 'acme_2_live', 'x'.repeat(32)]
    const ids = new Set<string>()
    for (let n = 0; n < 100_000; n++) {
      const prefix = prefixes[n % prefixes.length] as string
      const text = issue(prefix)
      const parsed = parseKey(text)
      if (
        !parsed.ok ||
        parsed.key.text !== text ||
        parsed.key.prefix !== prefix ||
        !text.startsWith(`${prefix}_${parsed.key.id}_`)
      ) {
        expect.fail(`not read back: ${JSON.stringify(parsed)}`)
      }
      ids.add(parsed.key.id)
    }
    expect(ids.size).toBe(100_000)
  })

  it('catches every change of one character and every swap of neighbours', () => {
    const alphabet = `${BASE62}_-.~ `
    let changed = 0
    for (let round = 0; round < 4; round++) {
      const text = issue()
      for (let at = 0; at < text.length; at++) {
        for (const other of alphabet) {
          if (other === text[at]) continue
          expect(parseKey(text.slice(0, at) + other + text.slice(at + 1)).ok, `${at} ${other}`).toBe(false)
          changed++
        }
        const next = text[at + 1]
        if (next === undefined || next === text[at]) continue
        expect(parseKey(text.slice(0, at) + next + text[at] + text.slice(at + 2)).ok, `swap at ${at}`).toBe(false)
      }
    }
    expect(changed).toBeGreaterThan(15_000)
  })

  it('tells the environment by the prefix', () => {
    const environment = (prefix: string): unknown => {
      const parsed = parseKey(issue(prefix))
      return parsed.ok && parsed.key.environment
    }
    expect(environment('cs_live')).toBe('live')
    expect(environment('acme_eu_test')).toBe('test')
    expect(environment('alive')).toBe(undefined)
    expect(environment('live')).toBe(undefined)
  })

  it('takes the RFC 8959 form for the key within it', () => {
    const text = issue()
    for (const scheme of ['secret-token:', 'Secret-Token:']) {
      expect(parseKey(scheme + text)).toMatchObject({ ok: true, key: { text } })
    }
    expect(parseKey(`secret-token:secret-token:${text}`).ok).toBe(false)
  })

  it.each([
    ['', 'empty'],
    ['x'.repeat(MAX_KEY_LENGTH + 1), 'too-long'],
    ['x'.repeat(MAX_KEY_LENGTH), 'delimiter-misplaced'],
    ['cs_live_abc', 'too-short'],
    [`cs_live-${'a'.repeat(12)}_${'a'.repeat(49)}`, 'delimiter-misplaced'],
    [`cs_live_${'a'.repeat(11)}-_${'a'.repeat(49)}`, 'character-not-allowed'],
    [`cs_live_${'a'.repeat(12)}_${'é'.repeat(49)}`, 'character-not-allowed'],
    [`CS_LIVE_${'a'.repeat(12)}_${'a'.repeat(49)}`, 'prefix-not-allowed'],
  ])('says which rule %j breaks', (text, cause) => {
    expect(parseKey(text)).toEqual({ ok: false, code: 'key-malformed', cause })
  })

  it('tells a wrong checksum from a wrong form, and holds nothing of the key in either answer', () => {
    const text = issue()
    const wrong = text.slice(0, -1) + (text.endsWith('0') ? '1' : '0')
    expect(parseKey(wrong)).toEqual({ ok: false, code: 'key-checksum-wrong' })
  })

  it('takes no time to speak of for the longest input', () => {
    const inputs = ['_'.repeat(256), 'a_'.repeat(128), 'a'.repeat(256), '_'.repeat(1_000_000)]
    const started = performance.now()
    for (let n = 0; n < 1000; n++) for (const input of inputs) parseKey(input)
    expect((performance.now() - started) / 4000).toBeLessThan(0.1)
  })
})

describe('looksLikeKey', () => {
  it('is our form with a right checksum', () => {
    expect(looksLikeKey(issue())).toBe(true)
    expect(looksLikeKey(`Bearer ${issue()}`)).toBe(false)
    expect(looksLikeKey(`${issue()}x`)).toBe(false)
  })
})

describe('KEY_PATTERN', () => {
  it('matches every key whole, also in the middle of text', () => {
    for (let n = 0; n < 1000; n++) {
      const text = issue(n % 2 ? 'acme_eu_test' : 'cs_live')
      expect(new RegExp(KEY_PATTERN).exec(`{"token":"${text}"}`)?.[0]).toBe(text)
    }
  })
})
