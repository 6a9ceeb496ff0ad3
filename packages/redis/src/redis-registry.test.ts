import { randomBytes } from 'node:crypto'
import { type RegistrySubject, registerRegistryCases, registryCases } from '@countersign/conformance'
import type { RegistryAdmin, RegistryChange } from '@countersign/core/registry'
import { Redis } from 'ioredis'
import { createClient } from 'redis'
import { afterAll, describe, expect, it, onTestFinished } from 'vitest'
import { findRedis } from '../../../tools/redis-server.ts'
import { startTcpRelay } from '../../../tools/tcp-relay.ts'
import type { RedisClient } from './redis-client.ts'
import { redisRegistry } from './redis-registry.ts'

const server = await findRedis()
afterAll(() => server?.stop())

interface Opened {
  readonly client: RedisClient
  close(): void
}

/** As docs/registries.md recommends them. */
const libraries: readonly (readonly [string, (url: string) => Promise<Opened>])[] = [
  [
    'node-redis',
    async (url) => {
      const client = createClient({ url, socket: { reconnectStrategy: (tries) => Math.min(50 * 2 ** tries, 1000) } })
      client.on('error', () => undefined)
      await client.connect()
      return { client, close: () => client.destroy() }
    },
  ],
  [
    'ioredis',
    async (url) => {
      const client = new Redis(url, { retryStrategy: (tries) => Math.min(50 * 2 ** tries, 1000), lazyConnect: true })
      client.on('error', () => undefined)
      await client.connect()
      return { client, close: () => client.disconnect() }
    },
  ],
]

function subject(name: string, open: (url: string) => Promise<Opened>, url: string): RegistrySubject {
  return {
    name: `redisRegistry (${name})`,
    // `npm run test:registries` has time for both.
    features: [
      'durable',
      'shared',
      'outage',
      ...(name === 'node-redis' || process.env.COUNTERSIGN_REGISTRIES === 'full' ? (['scale'] as const) : []),
    ],
    async create() {
      const relay = await startTcpRelay({ host: new URL(url).hostname, port: Number(new URL(url).port || 6379) })
      const through = new URL(url)
      through.host = `127.0.0.1:${relay.port}`
      const keyPrefix = `{countersign-test-${randomBytes(8).toString('hex')}}:`
      const clients: Opened[] = []
      return {
        async open(options) {
          const opened = await open(through.href)
          clients.push(opened)
          return redisRegistry({ client: opened.client, keyPrefix, ...options })
        },
        interrupt: () => relay.cut(),
        restore: () => relay.mend(),
        async dispose() {
          for (const { close } of clients) close()
          await relay.close()
          const cleaner = await open(url)
          const { client } = cleaner
          const send = (...args: string[]): Promise<unknown> =>
            'call' in client ? client.call(...(args as [string])) : client.sendCommand(args)
          const script = `local c = '0' repeat local r = redis.call('SCAN', c, 'MATCH', ARGV[1] .. '*', 'COUNT', 1000) c = r[1]
            for _, k in ipairs(r[2]) do redis.call('UNLINK', k) end until c == '0' return 1`
          await send('EVAL', script, '0', keyPrefix)
          cleaner.close()
        },
      }
    },
  }
}

for (const [name, open] of libraries) {
  describe.skipIf(server === undefined)(`redisRegistry with ${name} (needs redis-server)`, () => {
    registerRegistryCases(it, registryCases, subject(name, open, server?.url ?? ''))
  })
}

describe.skipIf(server === undefined)('redisRegistry (needs redis-server)', () => {
  const { signal } = new AbortController()

  async function open() {
    const client = await createClient({ url: server?.url ?? '' }).connect()
    const keyPrefix = `{countersign-test-${randomBytes(8).toString('hex')}}:`
    const registry = redisRegistry({ client, keyPrefix })
    onTestFinished(async () => {
      await registry.close()
      for await (const keys of client.scanIterator({ MATCH: `${keyPrefix}*` }))
        if (keys.length > 0) await client.del(keys)
      client.destroy()
    })
    await registry.createPartner({ id: 'acme' })
    const { record } = await registry.issueKey({ partnerId: 'acme' })
    /** What a process leaves that ended in the middle of a revocation. */
    const beginRevocation = (id: string): Promise<unknown> =>
      client.hSet(
        `${keyPrefix}revoking`,
        id,
        `exposed {"at":"2030-01-01T00:00:00.000Z","action":"key-revoked","keyId":"${id}"}`,
      )
    return { client, keyPrefix, registry, id: record.id, beginRevocation }
  }

  it('holds to a revocation from the moment that it was written down', async () => {
    const { registry, id, beginRevocation } = await open()
    await beginRevocation(id)
    expect((await registry.findKey(id, signal))?.key).toMatchObject({ status: 'revoked', cause: 'exposed' })
    expect((await registry.listKeys({})).items).toMatchObject([{ id, status: 'revoked', cause: 'exposed' }])
  })

  it.each<[string, (registry: RegistryAdmin, id: string) => Promise<unknown>]>([
    ['looks at the key', (registry, id) => registry.getKey(id)],
    ['lists keys', (registry) => registry.listKeys({})],
    ['reads the trail', (registry) => registry.listAudit({})],
    ['changes something else', (registry) => registry.denyCertificate({ publicKey: '00'.repeat(32) })],
    ['revokes the key, too', (registry, id) => registry.revokeKey(id)],
  ])('leaves a revocation that nobody finished to whoever %s next', async (_, act) => {
    const { client, keyPrefix, registry, id, beginRevocation } = await open()
    await beginRevocation(id)
    const changes: RegistryChange[] = []
    registry.watch?.((change) => changes.push(change))
    await expect.poll(() => changes).toContain('everything')
    await act(registry, id)
    expect(await client.hGetAll(`${keyPrefix}revoking`)).toEqual({})
    await expect.poll(() => changes).toContainEqual({ keyId: id })
    expect(await registry.getKey(id)).toMatchObject({ status: 'revoked', cause: 'exposed' })
    const { items } = await registry.listAudit({ keyId: id })
    expect(items.map(({ action, partnerId }) => [action, partnerId])).toEqual([
      ['key-issued', 'acme'],
      ['key-revoked', 'acme'],
    ])
    await expect(registry.rotateKey(id, { overlapUntil: new Date() })).rejects.toThrow('key-revoked')
  })

  it('forgets a revocation that was begun for what is no key, and what is imported by that id holds', async () => {
    const { client, keyPrefix, registry, beginRevocation } = await open()
    await beginRevocation('legacy.1')
    await registry.importKey({ partnerId: 'acme', format: 'legacy', id: '1', sha256: '0'.repeat(64) })
    expect((await registry.findKey('legacy.1', signal))?.key.status).toBe('active')
    expect(await client.exists(`${keyPrefix}revoking`)).toBe(0)
  })

  it('takes a message that is missing, or that it does not understand, for "everything"', async () => {
    const { client, keyPrefix, registry } = await open()
    const changes: RegistryChange[] = []
    registry.watch?.((change) => changes.push(change))
    await expect.poll(() => changes).toEqual(['everything'])
    const tell = (message: string): Promise<unknown> => client.publish(`${keyPrefix}changes`, message)
    for (const message of ['7 key:a', '8 partner:b key:c', '- key:d', '10 key:e', '11 key:f', '12 other:g', ''])
      await tell(message)
    await expect
      .poll(() => changes.slice(1))
      .toEqual([
        { keyId: 'a' },
        { partnerId: 'b' },
        { keyId: 'c' },
        { keyId: 'd' },
        'everything',
        { keyId: 'f' },
        'everything',
        'everything',
      ])
  })
})

describe('redisRegistry', () => {
  it('refuses a client of neither library, by name', () => {
    for (const client of [undefined, null, {}, 'redis://127.0.0.1', { duplicate() {} }]) {
      expect(() => redisRegistry({ client: client as unknown as RedisClient })).toThrow(/client/)
    }
  })
})
