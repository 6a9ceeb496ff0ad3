/** A server that is stopped under load and comes back: what is answered meanwhile, and how soon all is well again. @module */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { Agent, createServer, request as httpsRequest, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { createAuthenticator, nodeExchange, problemResponse } from '@countersign/core'
import { generateKey } from '@countersign/core/keys'
import { type CacheOptions, cached, type IssuedKey, type RegistryAdmin } from '@countersign/core/registry'
import { createAuthority } from '@countersign/testing'
import { describe, expect, it } from 'vitest'
import { freePort } from '../../tools/free-port.ts'
import { missing } from '../../tools/needs.ts'
import { startPostgres } from '../../tools/postgres-server.ts'
import { startRedis } from '../../tools/redis-server.ts'
import { openStore } from './open-store.ts'

const REQUESTS_PER_SECOND = 100
const DOWN_SECONDS = 10
const RECOVERY_MILLISECONDS = 3000

interface StoppableServer {
  readonly url: string
  stop(): Promise<void>
  start(): Promise<void>
  remove(): Promise<void>
}

interface Answer {
  readonly asked: 'warm' | 'cold' | 'unknown'
  readonly sentAt: number
  readonly status: number
  readonly retryAfter: string | undefined
}

const caches: readonly (readonly [string, CacheOptions, number])[] = [
  ['a cache as it is by default', {}, 503],
  ['a cache that may serve what is up to a minute too old', { staleSeconds: 60 }, 200],
]

for (const [kind, isMissing, start] of [
  ['redis', missing('redis-server'), stoppableRedis],
  ['postgres', missing('psql'), stoppablePostgres],
] as const) {
  describe.skipIf(isMissing).each(caches)(
    `${kind} stopped under load, behind %s (needs ${kind}-server)`,
    (_, cache, whatIsWarm) => {
      it(`answers 503 with Retry-After, never 401, and recovers within ${RECOVERY_MILLISECONDS} ms`, async () => {
        const server = await start()
        const store = await openStore(kind, server.url, 'countersign_proof')
        const service = await startService(store.registry, cache)
        const answers: Answer[] = []
        let loading = true
        const load = (async () => {
          const pending: Promise<void>[] = []
          for (let n = 0; loading; n++) {
            pending.push(service.ask(n).then((answer) => void answers.push(answer)))
            await sleep(1000 / REQUESTS_PER_SECOND)
          }
          await Promise.all(pending)
        })()

        await sleep(2000)
        const stoppedAt = performance.now()
        await server.stop()
        const downAt = performance.now()
        await sleep(DOWN_SECONDS * 1000)
        const startedAt = performance.now()
        await server.start()
        const upAt = performance.now()
        await sleep(RECOVERY_MILLISECONDS + 2000)
        loading = false
        await load
        await service.close()
        await store.close()
        await server.remove()

        const before = answers.filter(({ sentAt }) => sentAt < stoppedAt - 200)
        const down = answers.filter(({ sentAt }) => sentAt > downAt + 100 && sentAt < startedAt)
        const after = answers.filter(({ sentAt }) => sentAt > upAt + RECOVERY_MILLISECONDS)
        const statuses = (list: readonly Answer[], asked: Answer['asked']): number[] =>
          [...new Set(list.filter((answer) => answer.asked === asked).map(({ status }) => status))].sort()
        const count = (list: readonly Answer[]): string =>
          (['warm', 'cold', 'unknown'] as const)
            .map((asked) => `${asked} ${statuses(list, asked).join('/')}`)
            .join(', ')
        const firstGood = answers
          .filter(({ asked, status, sentAt }) => asked === 'cold' && status === 200 && sentAt > startedAt)
          .map(({ sentAt }) => sentAt)
          .sort((a, b) => a - b)[0]
        console.log(
          `${kind}: before (${before.length}) ${count(before)}; down (${down.length}) ${count(down)}; after (${after.length}) ${count(after)}; ` +
            `first good answer ${((firstGood ?? Number.NaN) - upAt).toFixed(0)} ms after it was back`,
        )
        expect(down.length).toBeGreaterThan(REQUESTS_PER_SECOND * DOWN_SECONDS * 0.7)
        expect(statuses(before, 'warm')).toEqual([200])
        expect(statuses(before, 'cold')).toEqual([200])
        expect(statuses(before, 'unknown')).toEqual([401])
        expect(statuses(down, 'warm')).toEqual([whatIsWarm])
        expect(statuses(down, 'cold')).toEqual([503])
        expect(statuses(down, 'unknown')).toEqual([503])
        expect(down.filter(({ status }) => status === 503).every(({ retryAfter }) => Number(retryAfter) > 0)).toBe(true)
        expect(answers.filter(({ asked, status }) => asked === 'unknown' && status === 200)).toEqual([])
        expect(answers.filter(({ asked, status }) => asked !== 'unknown' && status === 401)).toEqual([])
        expect(statuses(after, 'warm')).toEqual([200])
        expect(statuses(after, 'cold')).toEqual([200])
        expect(statuses(after, 'unknown')).toEqual([401])
      }, 120_000)
    },
  )
}

/** An HTTPS service behind a cached registry, and requests of three kinds in turn: a key that is always in use, one that was never used before, one that was never issued. */
async function startService(registry: RegistryAdmin, cache: CacheOptions) {
  const authority = await createAuthority()
  const client = await authority.issueClient()
  const host = await authority.issueServer()
  await registry.createPartner({ id: 'acme', rules: [{ kind: 'public-key', value: client.publicKeyHash }] })
  const warm = await registry.issueKey({ partnerId: 'acme' })
  const cold: IssuedKey[] = []
  const wanted = REQUESTS_PER_SECOND * (DOWN_SECONDS + 12)
  for (let made = 0; made < wanted; made += 50) {
    cold.push(...(await Promise.all(Array.from({ length: 50 }, () => registry.issueKey({ partnerId: 'acme' })))))
  }
  const authenticator = createAuthenticator({
    certificate: { anchors: authority.certificate.pem, revocation: 'unchecked' },
    key: { registry: cached(registry, cache) },
  })
  const server: Server = createServer(
    { key: host.privateKeyPem, cert: host.chainPem, requestCert: true, rejectUnauthorized: false },
    async (req, res) => {
      const decision = await authenticator.authenticate(nodeExchange(req))
      if (decision.ok) return void res.writeHead(200).end()
      const { status, headers, body } = problemResponse(decision.problem)
      res.writeHead(status, headers).end(body)
    },
  )
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const agent = new Agent({
    key: client.privateKeyPem,
    cert: client.chainPem,
    ca: authority.certificate.pem,
    keepAlive: true,
  })

  function ask(n: number): Promise<Answer> {
    const asked = (['warm', 'cold', 'unknown'] as const)[n % 3] as Answer['asked']
    const key =
      asked === 'warm' ? warm.key : asked === 'cold' ? (cold.pop()?.key ?? '') : generateKey({ prefix: 'cs_live' })
    const sentAt = performance.now()
    return new Promise((resolve, reject) => {
      const req = httpsRequest(
        { port, host: '127.0.0.1', agent, headers: { authorization: `Bearer ${key}` } },
        (res) => {
          res.resume()
          res.on('end', () =>
            resolve({ asked, sentAt, status: res.statusCode ?? 0, retryAfter: res.headers['retry-after'] }),
          )
        },
      )
      req.on('error', reject)
      req.end()
    })
  }

  return {
    ask,
    close: async () => {
      agent.destroy()
      authenticator.close()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

async function stoppableRedis(): Promise<StoppableServer> {
  const port = await freePort()
  const folder = mkdtempSync(join(tmpdir(), 'redis-data-'))
  const options = ['--appendonly', 'yes', '--appendfsync', 'always', '--save', '', '--dir', folder]
  let server = await startRedis(port, options)
  return {
    url: server.url,
    stop: () => server.stop(),
    start: async () => {
      server = await startRedis(port, options)
    },
    remove: async () => {
      await server.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

async function stoppablePostgres(): Promise<StoppableServer> {
  const port = await freePort()
  const folder = mkdtempSync(join(tmpdir(), 'postgres-data-'))
  chmodSync(folder, 0o700)
  let server = await startPostgres(port, folder)
  return {
    url: server.url,
    stop: () => server.stop(),
    start: async () => {
      server = await startPostgres(port, folder)
    },
    remove: async () => {
      await server.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
