/** Many at once, and nobody taken for anybody else. @module */
import { assertTrue } from '../case/assert.ts'
import type { Case } from '../case/case.ts'
import type { Answer } from '../world/answer.ts'
import type { Connection } from '../world/connection.ts'
import type { CallOptions, Service } from '../world/service.ts'
import { behindHop, slowRegistry } from './setups.ts'

const SOURCE = 'docs/threat-model.md'

/** What may be sent over acme's connection, and what must come of it. */
interface Attempt {
  readonly options: CallOptions
  readonly expect: (service: Service, answer: Answer) => void
}

export const concurrencyCases: readonly Case[] = [
  {
    id: 'concurrency/connections',
    title: 'of 200 requests at once over 20 connections, good and bad, none is mistaken for another',
    level: 'MUST',
    source: SOURCE,
    needs: ['https'],
    async run({ serve, pki }) {
      const service = await serve({ registry: slowRegistry(30) })
      const holders = ['acme', 'globex'] as const
      await Promise.all(
        Array.from({ length: 20 }, async (_, at) => {
          const holder = holders[at % 2] ?? 'acme'
          const connection = await service.connect({ certificate: pki[holder] })
          for (let count = 0; count < 10; count++) await attemptOn(service, connection, holder, at + count)
        }),
      )
    },
  },
  {
    id: 'concurrency/http2-streams',
    title:
      'of 100 streams at once over one HTTP/2 connection, each with a key of its own, none is mistaken for another',
    level: 'MUST',
    source: SOURCE,
    needs: ['http2'],
    async run({ serve, pki }) {
      const service = await serve({ transport: 'http2', registry: slowRegistry(30) })
      const keys = await Promise.all(Array.from({ length: 25 }, () => service.issue({ partnerId: 'acme', scopes: [] })))
      const connection = await service.connect({ certificate: pki.acme })
      await Promise.all([
        ...keys.map(async ({ key, record }) => {
          service.expectAccepted(await service.on(connection, { key }), { partner: 'acme', key: record.id })
        }),
        ...Array.from({ length: 75 }, (_, at) => attemptOn(service, connection, 'acme', at)),
      ])
    },
  },
  {
    id: 'concurrency/one-hop',
    title: 'of 100 requests of two partners that one hop sends over few connections, none is mistaken for another',
    level: 'MUST',
    source: SOURCE,
    needs: ['http'],
    async run({ serve, pki }) {
      const service = await serve({ ...behindHop(), registry: slowRegistry(20) })
      await Promise.all(
        Array.from({ length: 5 }, async (_, at) => {
          const connection = await service.connect()
          for (let count = 0; count < 20; count++) {
            const holder = (at + count) % 3 === 0 ? 'globex' : 'acme'
            await attemptOn(service, connection, holder, count, { forwarded: pki[holder] })
          }
        }),
      )
    },
  },
  {
    id: 'concurrency/distinct-keys',
    title: 'of 60 keys of one partner at once, each handler sees its own',
    level: 'MUST',
    source: SOURCE,
    needs: ['https'],
    async run({ serve }) {
      const service = await serve({ registry: slowRegistry(10) })
      const keys = await Promise.all(Array.from({ length: 60 }, () => service.issue({ partnerId: 'acme', scopes: [] })))
      const connections = await Promise.all(Array.from({ length: 6 }, () => service.connect()))
      await Promise.all(
        connections.map(async (connection, at) => {
          for (const { key, record } of keys.slice(at * 10, at * 10 + 10)) {
            service.expectAccepted(await service.on(connection, { key }), {
              partner: 'acme',
              key: record.id,
              scopes: [],
            })
          }
        }),
      )
    },
  },
  {
    id: 'concurrency/revoked-meanwhile',
    title: 'what is revoked while a request is being judged counts at the latest for the next one',
    level: 'MUST',
    source: 'docs/concepts.md#what-is-remembered-and-what-is-not',
    needs: ['https'],
    async run({ serve }) {
      const service = await serve({ registry: slowRegistry(60) })
      const connections = await Promise.all(Array.from({ length: 10 }, () => service.connect()))
      const racing = connections.map((connection) => service.on(connection))
      await service.registry.revokeKey(service.keys.acme.record.id)
      for (const answer of await Promise.all(racing)) {
        if (answer.status === 200) service.expectAccepted(answer, { partner: 'acme' })
        else service.expectRefused(answer, 'key-revoked')
      }
      for (const connection of connections) service.expectRefused(await service.on(connection), 'key-revoked')
    },
  },
]

async function attemptOn(
  service: Service,
  connection: Connection,
  holder: 'acme' | 'globex',
  at: number,
  more: CallOptions = {},
): Promise<void> {
  const attempts = attemptsOf(service, holder)
  const attempt = attempts[at % attempts.length]
  assertTrue(attempt !== undefined, 'there is an attempt')
  const answer = await service.on(connection, { ...more, ...attempt.options })
  attempt.expect(service, answer)
}

function attemptsOf({ keys }: Service, holder: 'acme' | 'globex'): readonly Attempt[] {
  const own = keys[holder]
  const other = holder === 'acme' ? keys.globex : keys.acme
  return [
    {
      options: { key: own.key },
      expect: (service, answer) => service.expectAccepted(answer, { partner: holder, key: own.record.id }),
    },
    {
      options: { key: other.key },
      expect: (service, answer) => void service.expectRefused(answer, 'binding-missing'),
    },
    { options: { key: 'none' }, expect: (service, answer) => void service.expectRefused(answer, 'key-missing') },
    {
      options: { key: `${own.key.slice(0, -1)}!` },
      expect: (service, answer) => void service.expectRefused(answer, 'key-malformed'),
    },
    {
      options: { key: own.key, method: 'POST', path: '/echo', body: Buffer.alloc(holder.length * 100) },
      expect: (service, answer) => service.expectAccepted(answer, { partner: holder, length: holder.length * 100 }),
    },
  ]
}
