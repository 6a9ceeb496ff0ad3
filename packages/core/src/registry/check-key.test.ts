import { describe, expect, it } from 'vitest'
import { primitives } from '#primitives'
import { generateKey } from '../key/key-format.ts'
import { checkKey, type KeyCheck, type KeyVerdict } from './check-key.ts'
import { memoryRegistry } from './memory-registry.ts'
import type { KeySnapshot, Registry } from './registry.ts'
import { RegistryFault } from './registry-fault.ts'

const signal = new AbortController().signal
const NOW = new Date('2030-06-01T00:00:00Z')
const day = (n: number): Date => new Date(NOW.getTime() + n * 86_400_000)

async function setUp(options: Parameters<typeof memoryRegistry>[0] = {}) {
  const registry = memoryRegistry({ clock: () => NOW, ...options })
  await registry.createPartner({ id: 'acme', scopes: ['orders:read'] })
  const issued = await registry.issueKey({ partnerId: 'acme' })
  return { registry, key: issued.key, keyId: issued.record.id, record: issued.record }
}

async function check(
  registry: Pick<Registry, 'findKey'>,
  text: string,
  more: Partial<KeyCheck> = {},
  at: Date = NOW,
): Promise<KeyVerdict> {
  const findKey = (id: string) => registry.findKey(id, signal)
  return checkKey(text, { findKey, header: 'authorization', primitives, ...more }, at)
}

const code = async (verdict: Promise<KeyVerdict>): Promise<string> => {
  const result = await verdict
  return result.ok ? 'ok' : result.reason.code
}

describe('checkKey', () => {
  it('gives the record of a key that was issued', async () => {
    const { registry, key, keyId } = await setUp()
    const verdict = await check(registry, key)
    expect(verdict).toMatchObject({ ok: true, snapshot: { key: { id: keyId }, partner: { id: 'acme' } } })
  })

  it('answers at once when the registry does', async () => {
    const { registry, key } = await setUp()
    const asked = { findKey: (id: string) => registry.findKey(id, signal), header: 'authorization', primitives }
    expect(checkKey(key, asked, NOW)).toMatchObject({ ok: true })
  })

  it('reads a key where it stands', async () => {
    const { registry, key, keyId } = await setUp()
    const formats = [{ name: 'old', prefix: 'x', length: { min: 20, max: 20 }, id: { length: 4 } }] as const
    const ids: string[] = []
    const findKey = (id: string) => {
      ids.push(id)
      return registry.findKey(id, signal)
    }
    const asked = { findKey, header: 'authorization', primitives, formats }
    expect(checkKey(`Bearer ${key}`, asked, NOW, 7)).toMatchObject({ ok: true, snapshot: { key: { id: keyId } } })
    expect(checkKey(`Bearer ${'x'.repeat(20)}`, asked, NOW, 7)).toMatchObject({ reason: { code: 'key-unknown' } })
    expect(checkKey(`Bearer ${key}`, asked, NOW)).toMatchObject({ reason: { code: 'key-malformed' } })
    expect(ids).toEqual([keyId, 'old.xxxx'])
  })

  it('refuses by form and checksum without asking the registry', async () => {
    const { key } = await setUp()
    const registry: Pick<Registry, 'findKey'> = { findKey: () => expect.fail('was asked') }
    expect(await check(registry, 'nonsense')).toEqual({
      ok: false,
      reason: { code: 'key-malformed', header: 'authorization', cause: 'too-short' },
    })
    const wrong = key.slice(0, -1) + (key.endsWith('0') ? '1' : '0')
    expect(await check(registry, wrong)).toEqual({
      ok: false,
      reason: { code: 'key-checksum-wrong', header: 'authorization' },
    })
    expect(await code(check(registry, key, { prefixes: ['cs_test'] }))).toBe('key-environment-wrong')
  })

  it('tells an unknown id from a wrong secret, to the operator', async () => {
    const { registry, key, keyId } = await setUp()
    const randomBytes = (length: number): Uint8Array => primitives.randomBytes(length)
    expect(await code(check(registry, generateKey({ prefix: 'cs_live', randomBytes })))).toBe('key-unknown')
    const other = await registry.issueKey({ partnerId: 'acme' })
    const echo: Pick<Registry, 'findKey'> = {
      findKey: (id) => {
        const found = registry.findKey(keyId, signal) as KeySnapshot
        return { ...found, key: { ...found.key, id } }
      },
    }
    const refused = await check(echo, other.key)
    expect(refused).toMatchObject({
      ok: false,
      reason: { code: 'key-mismatch', keyId: other.record.id, partnerId: 'acme' },
    })
    expect(refused, 'the holder of another secret is no holder').not.toMatchObject({ snapshot: expect.anything() })
    expect(await code(check(echo, key))).toBe('ok')
  })

  it('refuses the stored digest presented as a key', async () => {
    const { registry, record } = await setUp()
    expect(await code(check(registry, record.digest))).toBe('key-malformed')
    expect(await code(check(registry, record.digest.slice(7)))).toBe('key-malformed')
  })

  it('compares the digest before it looks at status or dates', async () => {
    const { registry, keyId } = await setUp()
    const stranger = generateKey({ prefix: 'cs_live', randomBytes: (length) => primitives.randomBytes(length) })
    for (const change of [
      { status: 'revoked' as const },
      { status: 'suspended' as const, cause: 'exposed' as const },
      { notAfter: day(-1).toISOString() },
      { notBefore: day(1).toISOString() },
    ]) {
      const changed: Pick<Registry, 'findKey'> = {
        findKey: (id) => {
          const found = registry.findKey(keyId, signal) as KeySnapshot
          return { ...found, key: { ...found.key, ...change, id } }
        },
      }
      expect(await code(check(changed, stranger))).toBe('key-mismatch')
    }
  })

  it('holds from notBefore to notAfter, both included', async () => {
    const { registry } = await setUp()
    const { key } = await registry.issueKey({ partnerId: 'acme', notBefore: day(-1), notAfter: day(1) })
    const at = (milliseconds: number): Promise<string> =>
      code(check(registry, key, {}, new Date(NOW.getTime() + milliseconds)))
    expect(await at(-86_400_001)).toBe('key-not-yet-valid')
    expect(await at(-86_400_000)).toBe('ok')
    expect(await at(86_400_000)).toBe('ok')
    expect(await at(86_400_001)).toBe('key-expired')
  })

  it('says why a key is no longer good to whoever holds the whole of it, and gives the record along', async () => {
    const { registry, key, keyId } = await setUp()
    await registry.suspendKey(keyId)
    expect(await check(registry, key)).toMatchObject({
      ok: false,
      reason: { code: 'key-suspended', cause: 'requested', keyId, partnerId: 'acme' },
      snapshot: { key: { id: keyId } },
    })
    await registry.suspendKey(keyId, { cause: 'exposed' })
    expect(await code(check(registry, key))).toBe('key-exposed')
    await registry.restoreKey(keyId)
    expect(await code(check(registry, key))).toBe('ok')
    await registry.revokeKey(keyId, { cause: 'exposed' })
    expect(await code(check(registry, key))).toBe('key-exposed')
  })

  it('verifies digests of every configured pepper and of none', async () => {
    const secret = (octet: number): Uint8Array => new Uint8Array(32).fill(octet)
    const { registry: first, key: firstKey } = await setUp({ pepper: { version: 'v1', secret: secret(1) } })
    const { registry: second, key: secondKey } = await setUp({ pepper: { version: 'v2', secret: secret(2) } })
    const { registry: plain, key: plainKey } = await setUp()
    const peppers = { v1: secret(1), v2: secret(2) }
    expect(await code(check(first, firstKey, { peppers }))).toBe('ok')
    expect(await code(check(second, secondKey, { peppers }))).toBe('ok')
    expect(await code(check(plain, plainKey, { peppers }))).toBe('ok')
    expect(await code(check(first, firstKey, { peppers: { v1: secret(3) } }))).toBe('key-mismatch')
    await expect(check(first, firstKey, { peppers: { v2: secret(2) } })).rejects.toEqual(
      new RegistryFault('findKey', 'pepper-missing'),
    )
    await expect(check(first, firstKey)).rejects.toThrow(RegistryFault)
  })

  it.each([
    ['a string', 'yes'],
    ['true', true],
    ['an empty object', {}],
    ['a key without a partner', { key: { id: 'x' } }],
  ])('takes %s for a fault of the registry, never for a key', async (_, answer) => {
    const { key } = await setUp()
    const registry = { findKey: () => answer as unknown as KeySnapshot }
    await expect(check(registry, key)).rejects.toThrow(RegistryFault)
  })

  it('takes a record of another key or partner, or one that lacks something, for a fault of the registry', async () => {
    const { registry, key, keyId } = await setUp()
    const found = registry.findKey(keyId, signal) as KeySnapshot
    const answers: unknown[] = [
      { ...found, key: { ...found.key, id: 'another' } },
      { ...found, partner: { ...found.partner, id: 'another' } },
      { ...found, key: { ...found.key, digest: 'sha256$00' } },
      { ...found, key: { ...found.key, digest: `md5$${'0'.repeat(64)}` } },
      { ...found, key: { ...found.key, status: 'ok' } },
      { ...found, key: { ...found.key, binding: undefined } },
      { ...found, key: { ...found.key, scopes: 'all' } },
      { ...found, key: { ...found.key, notAfter: 'never' } },
      { ...found, partner: { ...found.partner, status: true } },
      { ...found, partner: { ...found.partner, rules: null } },
      { ...found, partner: { ...found.partner, rules: [{ kind: 'san-dns' }] } },
    ]
    for (const answer of answers) {
      await expect(check({ findKey: () => answer as KeySnapshot }, key), JSON.stringify(answer)).rejects.toThrow(
        RegistryFault,
      )
    }
    expect(await code(check({ findKey: () => null as unknown as undefined }, key))).toBe('key-unknown')
  })

  it('puts neither key nor digest into a reason or a fault', async () => {
    const { registry, key, record, keyId } = await setUp()
    await registry.revokeKey(keyId)
    const secret = key.slice(-49, -6)
    const digest = record.digest.slice(7)
    const said = [
      JSON.stringify((await check(registry, key)) as { reason?: unknown }, ['ok', 'reason', 'code', 'keyId', 'cause']),
    ]
    for (const answer of ['yes', { key: record, partner: {} }, { key: { ...record, digest: 'x' } }]) {
      said.push(
        String(await check({ findKey: () => answer as unknown as KeySnapshot }, key).catch((error: unknown) => error)),
      )
    }
    for (const text of said) {
      expect(text).not.toContain(secret)
      expect(text).not.toContain(digest)
    }
  })
})
