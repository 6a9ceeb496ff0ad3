import { describe, expect, it } from 'vitest'
import { type CacheOptions, cached } from './cached-registry.ts'
import type { CertificateNames } from './certificate-names.ts'
import { memoryRegistry } from './memory-registry.ts'
import type { KeySnapshot, Registry, RegistryAdmin, RegistryChange } from './registry.ts'

const signal = new AbortController().signal

const NAMES: CertificateNames = {
  subject: '3000',
  issuer: '3000',
  serialNumber: '01',
  dns: [],
  uri: [],
  ip: [],
  email: [],
  publicKey: 'aa'.repeat(32),
  certificate: 'bb'.repeat(32),
  anchor: undefined,
  onlyAnchor: true,
}

/** A store that answers when it is told to, counts what it was asked, and can be cut off. */
async function setUp(options: CacheOptions = {}, store: { watch?: boolean } = {}) {
  const inner = memoryRegistry()
  await inner.createPartner({ id: 'acme', scopes: ['a'], rules: [{ kind: 'public-key', value: NAMES.publicKey }] })
  const { record } = await inner.issueKey({ partnerId: 'acme' })
  const state = { asked: 0, down: false, live: true, now: 0, hold: undefined as Promise<void> | undefined }
  const later = async <T>(answer: () => T): Promise<T> => {
    state.asked++
    if (state.down) throw new Error('down')
    const found = answer()
    await state.hold
    return found
  }
  const slow: Registry = {
    findKey: (id) => later(() => inner.findKey(id, signal) as KeySnapshot | undefined),
    findPartner: (names) =>
      later(
        () => inner.findPartner(names, signal) as Exclude<ReturnType<Registry['findPartner']>, PromiseLike<unknown>>,
      ),
    denied: (names) => later(() => inner.denied?.(names, signal) as boolean),
    ...(store.watch === false
      ? {}
      : { watch: (onChange) => ({ ...(inner.watch?.(onChange) as { close(): void }), isLive: () => state.live }) }),
  }
  const registry = cached(
    { ...inner, ...slow, ...(store.watch === false ? { watch: undefined } : {}) } as RegistryAdmin,
    {
      now: () => state.now,
      ...options,
    },
  )
  return { inner, registry, state, keyId: record.id, find: async (id = record.id) => registry.findKey(id, signal) }
}

describe('cached', () => {
  it('asks once, then answers at once', async () => {
    const { registry, state, keyId, find } = await setUp()
    const first = await find()
    expect(first?.key.id).toBe(keyId)
    expect(registry.findKey(keyId, signal)).toBe(first)
    expect(state.asked).toBe(1)
    expect(registry.counts).toEqual({ hits: 1, misses: 1, stale: 0, entries: 1 })
  })

  it('believes nothing longer than ttlSeconds, and "there is none" no longer than negativeTtlSeconds', async () => {
    const { state, find } = await setUp({ ttlSeconds: 10, negativeTtlSeconds: 2 })
    await find()
    await find('unknown')
    state.now = 1999
    await find()
    await find('unknown')
    expect(state.asked).toBe(2)
    state.now = 2000
    await find()
    await find('unknown')
    expect(state.asked).toBe(3)
    state.now = 9999
    await find()
    expect(state.asked).toBe(3)
    state.now = 10_000
    await find()
    expect(state.asked).toBe(4)
  })

  it('forgets a key, a partner and a denial the moment that they change', async () => {
    const { inner, registry, keyId, find } = await setUp()
    expect((await find())?.key.status).toBe('active')
    await inner.suspendKey(keyId)
    expect((await find())?.key.status).toBe('suspended')
    await inner.suspendPartner('acme')
    expect((await find())?.partner.status).toBe('suspended')
    expect(await registry.denied?.(NAMES, signal)).toBe(false)
    await inner.denyCertificate({ publicKey: NAMES.publicKey })
    expect(await registry.denied?.(NAMES, signal)).toBe(true)
    expect(await registry.findPartner(NAMES, signal)).toMatchObject({ id: 'acme', status: 'suspended' })
    await inner.createPartner({ id: 'other', rules: [{ kind: 'public-key', value: NAMES.publicKey }] })
    expect(await registry.findPartner(NAMES, signal)).toBe('ambiguous')
    await inner.deletePartner('acme')
    expect(await find()).toBe(undefined)
    expect(await registry.findPartner(NAMES, signal)).toMatchObject({ id: 'other' })
  })

  it('forgets that there was none when there is one', async () => {
    const { inner, registry, find } = await setUp()
    const sha256 = 'ab'.repeat(32)
    const id = `legacy.${sha256.slice(0, 32)}`
    expect(await find(id)).toBe(undefined)
    await inner.importKey({ partnerId: 'acme', format: 'legacy', sha256 })
    expect((await find(id))?.key.id).toBe(id)
    await inner.updatePartner('acme', { rules: [] })
    expect(await registry.findPartner(NAMES, signal)).toBe(undefined)
    await inner.updatePartner('acme', { rules: [{ kind: 'public-key', value: NAMES.publicKey }] })
    expect(await registry.findPartner(NAMES, signal)).toMatchObject({ id: 'acme' })
  })

  it('does not keep an answer that was on its way when the record changed, nor hand it to whoever asks afterwards', async () => {
    for (const act of ['revokeKey', 'suspendPartner', 'deletePartner'] as const) {
      const { inner, state, keyId, find } = await setUp()
      let release = (): void => undefined
      state.hold = new Promise((resolve) => {
        release = resolve
      })
      const before = find()
      await inner[act](act === 'revokeKey' ? keyId : 'acme')
      const after = find()
      release()
      expect((await before)?.key.status, 'asked before: may have the answer of that time').toBe('active')
      const snapshot = await after
      expect(
        snapshot === undefined || snapshot.key.status === 'revoked' || snapshot.partner.status === 'suspended',
      ).toBe(true)
      const later = await find()
      expect(later).toEqual(snapshot)
      expect(state.asked).toBe(2)
    }
  })

  it('asks one question for ten thousand who want to know the same', async () => {
    const { state, keyId, registry } = await setUp()
    const answers = await Promise.all(Array.from({ length: 10_000 }, () => registry.findKey(keyId, signal)))
    expect(state.asked).toBe(1)
    expect(new Set(answers).size).toBe(1)
  })

  it('lets invented ids displace nothing', async () => {
    const { state, registry, find } = await setUp({ maxEntries: 100, maxNegativeEntries: 100 })
    await find()
    for (let n = 0; n < 5000; n++) await find(`invented${n}`)
    expect(registry.counts.entries).toBeLessThanOrEqual(101)
    const asked = state.asked
    await find()
    expect(state.asked).toBe(asked)
  })

  it('keeps no more than maxEntries', async () => {
    const { inner, registry } = await setUp({ maxEntries: 50 })
    for (let n = 0; n < 200; n++) {
      const { record } = await inner.issueKey({ partnerId: 'acme' })
      await registry.findKey(record.id, signal)
    }
    expect(registry.counts.entries).toBeLessThanOrEqual(50)
  })

  it('asks every time while it would not hear of a change', async () => {
    const { state, find } = await setUp()
    await find()
    state.live = false
    await find()
    await find()
    expect(state.asked).toBe(3)
    state.live = true
    await find()
    expect(state.asked).toBe(3)
  })

  it('relies on the time alone where the registry cannot be watched', async () => {
    const { inner, registry, state, keyId, find } = await setUp({ ttlSeconds: 5 }, { watch: false })
    expect(registry.watch).toBe(undefined)
    await find()
    await inner.revokeKey(keyId)
    expect((await find())?.key.status).toBe('active')
    state.now = 5000
    expect((await find())?.key.status).toBe('revoked')
  })

  it('fails when the registry fails, and serves nothing stale unless told to', async () => {
    const { state, find } = await setUp({ ttlSeconds: 1 })
    await find()
    state.down = true
    expect((await find())?.key.status, 'young enough').toBe('active')
    state.now = 1000
    await expect(find()).rejects.toThrow('down')
    await expect(find('unknown')).rejects.toThrow('down')
  })

  it('serves what is too old only while the registry fails, only so long, and never what was told to be changed', async () => {
    const { inner, registry, state, keyId, find } = await setUp({ ttlSeconds: 1, staleSeconds: 10 })
    await find()
    state.down = true
    state.live = false
    state.now = 10_999
    expect((await find())?.key.status).toBe('active')
    expect(registry.counts.stale).toBe(1)
    await expect(find('unknown'), 'for an unknown id there is nothing to serve').rejects.toThrow('down')
    state.now = 11_000
    await expect(find()).rejects.toThrow('down')
    state.now = 2000
    await inner.revokeKey(keyId)
    await expect(find(), 'a revocation that was heard of').rejects.toThrow('down')
    state.down = false
    expect((await find())?.key.status).toBe('revoked')
  })

  it('lets a failure of one question be asked again by the next', async () => {
    const { state, find } = await setUp()
    state.down = true
    await expect(find()).rejects.toThrow('down')
    state.down = false
    expect((await find())?.key.status).toBe('active')
  })

  it('ends a partner’s rule on time, whatever it remembers', async () => {
    let at = new Date('2031-01-01T00:00:00Z')
    const { inner, registry } = await setUp({ clock: () => at })
    const rule = { kind: 'public-key', value: NAMES.publicKey, notAfter: '2031-01-02T00:00:00.000Z' } as const
    await inner.updatePartner('acme', { rules: [rule] })
    const { counts } = registry
    await registry.findPartner(NAMES, signal)
    await registry.findPartner(NAMES, signal)
    expect(registry.counts.hits).toBe(counts.hits + 1)
    at = new Date('2031-01-02T00:00:00.001Z')
    await registry.findPartner(NAMES, signal)
    expect(registry.counts.misses).toBe(counts.misses + 2)
  })

  it('tells its own watchers once it has forgotten', async () => {
    const { inner, registry, keyId } = await setUp()
    await registry.findKey(keyId, signal)
    const seen: unknown[] = []
    const watch = registry.watch?.(async (change: RegistryChange) => {
      seen.push(change, (await registry.findKey(keyId, signal))?.key.status)
    })
    await inner.revokeKey(keyId)
    await new Promise(setImmediate)
    expect(seen).toEqual([{ keyId }, 'revoked'])
    watch?.close()
    await inner.suspendPartner('acme')
    expect(seen).toHaveLength(2)
  })

  it('forgets everything when more partners change than it cares to remember', async () => {
    const { inner, registry, find } = await setUp()
    await find()
    for (let n = 0; n < 1001; n++) await inner.createPartner({ id: `p${n}` })
    expect(registry.counts.entries).toBe(0)
    expect((await find())?.key.status).toBe('active')
  })

  it('hands on what the operator does, and closes the registry with itself', async () => {
    const { registry, find } = await setUp()
    const { record } = await registry.issueKey({ partnerId: 'acme' })
    expect((await find(record.id))?.key.id).toBe(record.id)
    await registry.revokeKey(record.id)
    expect((await find(record.id))?.key.status).toBe('revoked')
    await registry.close()
    expect(registry.counts.entries).toBe(0)
  })

  it('answers like the registry itself where that answers at once', async () => {
    const inner = memoryRegistry()
    await inner.createPartner({ id: 'acme' })
    const { record } = await inner.issueKey({ partnerId: 'acme' })
    const registry = cached(inner)
    expect(registry.findKey(record.id, signal)).toMatchObject({ key: { id: record.id } })
    await inner.revokeKey(record.id)
    expect(registry.findKey(record.id, signal)).toMatchObject({ key: { status: 'revoked' } })
  })

  it.each([
    ['ttlSeconds', 0],
    ['ttlSeconds', 301],
    ['ttlSeconds', Number.NaN],
    ['negativeTtlSeconds', -1],
    ['negativeTtlSeconds', Number.POSITIVE_INFINITY],
    ['staleSeconds', 301],
    ['maxEntries', 0],
    ['maxEntries', 1.5],
    ['maxNegativeEntries', 1],
  ])('refuses %s of %s, by name', (name, value) => {
    expect(() => cached(memoryRegistry(), { [name]: value })).toThrow(new RegExp(name))
  })

  it('refuses what is no registry', () => {
    expect(() => cached({} as Registry)).toThrow(TypeError)
  })
})
