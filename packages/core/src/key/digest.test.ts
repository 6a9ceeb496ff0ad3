import { createHash, createHmac } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { primitives } from '#primitives'
import { runFlow } from '../primitives/flow.ts'
import { createWebPrimitives } from '../primitives/web.ts'
import { DigestFault, decoyDigest, digestKey, matchKey, parseDigest } from './digest.ts'
import { checkForeignFormats, type ForeignFormat, foreignKeyId } from './foreign-format.ts'
import { generateKey } from './key-format.ts'
import { checkPeppers } from './peppers.ts'

const key = generateKey({ prefix: 'cs_live' })
const secret = new Uint8Array(32).fill(7)
const sha256 = createHash('sha256').update(key).digest('hex')

describe('digestKey', () => {
  it('is SHA-256 of the whole key, or an HMAC that names its pepper, on both back ends', async () => {
    const hmac = createHmac('sha256', secret).update(key).digest('hex')
    for (const backEnd of [primitives, createWebPrimitives()]) {
      expect(await digestKey(key, { primitives: backEnd })).toBe(`sha256$${sha256}`)
      expect(await digestKey(key, { primitives: backEnd, pepper: { version: 'v2', secret } })).toBe(
        `hmac-sha256$v2$${hmac}`,
      )
    }
  })
})

describe('matchKey', () => {
  const match = async (digest: string, peppers?: Record<string, Uint8Array>): Promise<boolean> =>
    matchKey(key, digest, { primitives, peppers })

  it('knows the key of a digest, and no other', async () => {
    expect(await match(await digestKey(key))).toBe(true)
    expect(await match(await digestKey(`${key}x`))).toBe(false)
    const digest = await digestKey(key, { pepper: { version: 'v2', secret } })
    expect(await match(digest, { v1: secret.map(() => 1), v2: secret })).toBe(true)
    expect(await match(digest, { v2: secret.map(() => 1) })).toBe(false)
  })

  it('calls a digest of another form, or with a pepper that is not there, a fault', async () => {
    const hmac = `hmac-sha256$v2$${sha256}`
    for (const digest of [
      '',
      sha256,
      `sha256$${sha256.slice(1)}`,
      `md5$${sha256}`,
      `sha256$${sha256}$`,
      `hmac-sha256$$${sha256}`,
    ]) {
      expect(() => matchKey(key, digest, { primitives })).toThrow(new DigestFault('digest-malformed'))
    }
    expect(() => matchKey(key, hmac, { primitives })).toThrow(new DigestFault('pepper-missing'))
    expect(() => matchKey(key, hmac, { primitives, peppers: { v1: secret } })).toThrow('pepper-missing')
    const hostile = `hmac-sha256$constructor$${sha256}`
    expect(() => matchKey(key, hostile, { primitives, peppers: {} })).toThrow('pepper-missing')
  })
})

describe('decoyDigest', () => {
  it('is of no key, and of the form that most records have', async () => {
    expect(decoyDigest(undefined)).toMatch(/^sha256\$0{64}$/)
    expect(decoyDigest({ v1: secret, v2: secret })).toMatch(/^hmac-sha256\$v2\$0{64}$/)
    expect(await matchKey(key, decoyDigest(undefined), { primitives })).toBe(false)
    expect(await matchKey(key, decoyDigest({ v1: secret }), { primitives, peppers: { v1: secret } })).toBe(false)
  })
})

describe('parseDigest', () => {
  it('takes the stored form apart', () => {
    expect(parseDigest(`sha256$${sha256}`)).toEqual({
      version: undefined,
      octets: new Uint8Array(Buffer.from(sha256, 'hex')),
    })
    expect(parseDigest(`hmac-sha256$v2$${sha256}`)?.version).toBe('v2')
    for (const text of [
      '',
      '$',
      'sha256$',
      `sha256$${'g'.repeat(64)}`,
      `sha256$${sha256}0`,
      `hmac-sha256$a-b$${sha256}`,
      `hmac-sha512$v2$${sha256}`,
      `hmac-sha256$v2-${sha256}`,
      `sha512$${sha256}0`,
    ]) {
      expect(parseDigest(text), text).toBe(undefined)
    }
  })
})

describe('checkPeppers', () => {
  it('names a pepper that is too short or badly named, and holds nothing of it', () => {
    const short = new Uint8Array(31).fill(65)
    expect(() => checkPeppers({ v1: secret }, 'key.peppers')).not.toThrow()
    for (const peppers of [
      { v1: short },
      { 'v 1': secret },
      { ['x'.repeat(17)]: secret },
      { v1: 'A'.repeat(64) as unknown as Uint8Array },
    ]) {
      expect(() => checkPeppers(peppers, 'key.peppers')).toThrow(/^key\.peppers: /)
      expect(() => checkPeppers(peppers, 'key.peppers')).not.toThrow(/AAAA|65,65/)
    }
  })
})

describe('foreignKeyId', () => {
  const formats: ForeignFormat[] = [
    { name: 'seam', prefix: 'seam_', length: { min: 38, max: 40 }, id: { length: 8 } },
    { name: 'old', prefix: '', length: { min: 32, max: 64 }, id: 'digest' },
  ]
  const idOf = async (text: string): Promise<string | undefined> => runFlow(foreignKeyId(text, formats, primitives))

  it('finds the record by position or by digest, in the first format that fits', async () => {
    expect(await idOf('seam_BRTRKFsL_51FwqftsmMDHHbJAMEXXHCgG_x')).toBe('seam.BRTRKFsL')
    const text = 'f9c1a5d4-7b1e-4b0a-9a53-0d7f6b7f1c11'
    expect(await idOf(text)).toBe(`old.${createHash('sha256').update(text).digest('hex').slice(0, 32)}`)
  })

  it('takes nothing for a key that is too short, too long, or not printable', async () => {
    for (const text of [
      '',
      'short',
      'x'.repeat(31),
      'x'.repeat(65),
      `${'x'.repeat(32)} `,
      `${'x'.repeat(32)}é`,
      `${'x'.repeat(32)}\n`,
    ]) {
      expect(await idOf(text), text).toBe(undefined)
    }
  })

  it('takes a list of formats, and nothing else', () => {
    expect(() => checkForeignFormats(formats, 'key.formats')).not.toThrow()
    expect(() => checkForeignFormats('seam' as unknown as ForeignFormat[], 'key.formats')).toThrow(
      'key.formats: a list of formats',
    )
  })

  it.each([
    ['a name', { name: 'A' }],
    ['a name that is taken', { name: 'old' }],
    ['a prefix', { prefix: 'a b' }],
    ['a length', { length: { min: 19, max: 40 } }],
    ['a length', { length: { min: 40, max: 39 } }],
    ['a length', { length: { min: 40, max: 257 } }],
    ['an id', { id: { length: 0 } }],
    ['an id', { id: 'hash' as 'digest' }],
    ['an id', { id: null as unknown as 'digest' }],
    ['an id', { prefix: 'abc_', length: { min: 20, max: 20 }, id: { length: 16 } }],
  ])('refuses %s that is not of its form', (_, change) => {
    const format = { ...(formats[0] as ForeignFormat), ...change }
    expect(() => checkForeignFormats([formats[1] as ForeignFormat, format], 'key.formats')).toThrow(/^key\.formats: /)
  })
})
