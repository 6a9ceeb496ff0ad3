import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { RateLimiter } from '@countersign/core'
import { Redis } from 'ioredis'
import { createClient } from 'redis'
import { afterAll, describe, expect, it, onTestFinished } from 'vitest'
import { findRedis } from '../../../tools/redis-server.ts'
import { startTcpRelay } from '../../../tools/tcp-relay.ts'
import { type RateLimitsOptions, type RedisLimitClient, rateLimits } from './rate-limits.ts'

const server = await findRedis()
afterAll(() => server?.stop())

async function charge(
  limiter: RateLimiter,
  times: number,
  kind: 'key' | 'partner' | 'address' = 'key',
  id = 'a',
): Promise<number> {
  let allowed = 0
  for (let n = 0; n < times; n++) if ((await limiter.charge(kind, id)).allowed) allowed++
  return allowed
}

const stores: readonly (readonly [string, () => Promise<Pick<RateLimitsOptions, 'redis' | 'keyPrefix'>>, boolean])[] = [
  ['in memory', async () => ({}), true],
  [
    'in Redis, by node-redis (needs redis-server)',
    async () => {
      const client = createClient({ url: server?.url ?? '' })
      await client.connect()
      onTestFinished(() => client.destroy())
      return { redis: client, keyPrefix: randomBytes(6).toString('hex') }
    },
    server !== undefined,
  ],
  [
    'in Redis, by ioredis (needs redis-server)',
    async () => {
      const client = new Redis(server?.url ?? '', { lazyConnect: true })
      await client.connect()
      onTestFinished(() => client.disconnect())
      return { redis: client, keyPrefix: randomBytes(6).toString('hex') }
    },
    server !== undefined,
  ],
]

for (const [name, store, isThere] of stores) {
  describe.skipIf(!isThere)(`rateLimits ${name}`, () => {
    it('allows so many in so many seconds, and says when there are more', async () => {
      const limiter = rateLimits({ key: { requests: 3, perSeconds: 1 }, ...(await store()) })
      expect(await charge(limiter, 5)).toBe(3)
      const verdict = await limiter.charge('key', 'a')
      expect(verdict).toMatchObject({ allowed: false })
      const wait = verdict.allowed ? 0 : verdict.retryAfterSeconds
      expect(wait).toBeGreaterThan(0)
      expect(wait).toBeLessThanOrEqual(1)
      await sleep(1100)
      expect(await charge(limiter, 5)).toBe(3)
    })

    it('counts each kind and each id for itself, and what has no limit not at all', async () => {
      const limiter = rateLimits({
        key: { requests: 2, perSeconds: 60 },
        partner: { requests: 4, perSeconds: 60 },
        ...(await store()),
      })
      expect(await charge(limiter, 9, 'key', 'a')).toBe(2)
      expect(await charge(limiter, 9, 'key', 'b')).toBe(2)
      expect(await charge(limiter, 9, 'partner', 'a')).toBe(4)
      expect(await charge(limiter, 9, 'address', 'a')).toBe(9)
    })

    it('says which limit was met if it is to be told, and not otherwise', async () => {
      const limits = { key: { requests: 1, perSeconds: 60 }, ...(await store()) }
      const [silent, telling] = [rateLimits(limits), rateLimits({ ...limits, fields: true })]
      expect(await charge(silent, 2)).toBe(1)
      expect(await silent.charge('key', 'a')).not.toHaveProperty('quota')
      expect(await charge(telling, 2, 'key', 'b')).toBe(1)
      expect(await telling.charge('key', 'b')).toMatchObject({ quota: { requests: 1, perSeconds: 60 } })
    })

    it('lets no more through when many are charged at once', async () => {
      const limiter = rateLimits({ key: { requests: 10, perSeconds: 60 }, ...(await store()) })
      const verdicts = await Promise.all(Array.from({ length: 100 }, () => limiter.charge('key', 'a')))
      expect(verdicts.filter(({ allowed }) => allowed)).toHaveLength(10)
    })
  })
}

describe.skipIf(server === undefined)('rateLimits in Redis (needs redis-server)', () => {
  it('counts for all processes together', async () => {
    const [open] = stores[1] === undefined ? [] : [stores[1][1]]
    const shared = await (open as () => Promise<RateLimitsOptions>)()
    const limits = { key: { requests: 5, perSeconds: 60 }, ...shared }
    const [one, two] = [rateLimits(limits), rateLimits(limits)]
    expect((await charge(one, 3)) + (await charge(two, 3))).toBe(5)
  })

  it('rejects at once while Redis is away', async () => {
    const { hostname, port } = new URL(server?.url ?? '')
    const relay = await startTcpRelay({ host: hostname, port: Number(port || 6379) })
    const client = createClient({ url: `redis://127.0.0.1:${relay.port}` })
    client.on('error', () => undefined)
    await client.connect()
    onTestFinished(async () => {
      client.destroy()
      await relay.close()
    })
    const limiter = rateLimits({
      key: { requests: 5, perSeconds: 60 },
      redis: client,
      keyPrefix: randomBytes(6).toString('hex'),
    })
    expect(await charge(limiter, 1)).toBe(1)
    await relay.cut()
    await expect.poll(() => client.isReady).toBe(false)
    const started = performance.now()
    await expect(charge(limiter, 1)).rejects.toThrow()
    expect(performance.now() - started).toBeLessThan(500)
    await relay.mend()
    await expect.poll(() => client.isReady, { timeout: 5000 }).toBe(true)
    expect(await charge(limiter, 1)).toBe(1)
  })
})

describe('rateLimits', () => {
  it.each([
    ['at least one', {}],
    ['key.requests', { key: { requests: 0, perSeconds: 1 } }],
    ['partner.perSeconds', { partner: { requests: 1, perSeconds: 0.5 } }],
    ['address.requests', { address: {} }],
    ['redis', { key: { requests: 1, perSeconds: 1 }, redis: 'redis://127.0.0.1' as unknown as RedisLimitClient }],
    ['fields', { key: { requests: 1, perSeconds: 1 }, fields: 'yes' }],
    ['keys', { keys: { requests: 1, perSeconds: 1 } }],
  ])('refuses a wrong option by its name: %s', (name, options) => {
    expect(() => rateLimits(options as RateLimitsOptions)).toThrow(TypeError)
    expect(() => rateLimits(options as RateLimitsOptions)).toThrow(name)
  })
})
