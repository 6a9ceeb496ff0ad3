import { randomBytes } from 'node:crypto'
import { type RegistrySubject, registerRegistryCases, registryCases } from '@countersign/conformance'
import { Redis } from 'ioredis'
import { createClient } from 'redis'
import { afterAll, describe, expect, it } from 'vitest'
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

describe('redisRegistry', () => {
  it('refuses a client of neither library, by name', () => {
    for (const client of [undefined, null, {}, 'redis://127.0.0.1', { duplicate() {} }]) {
      expect(() => redisRegistry({ client: client as unknown as RedisClient })).toThrow(/client/)
    }
  })
})
