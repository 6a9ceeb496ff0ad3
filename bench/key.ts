/** What does checking a presented key cost, and how soon does another process hear of a revocation? @module */
import { type ChildProcess, fork } from 'node:child_process'
import { hash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { Agent, type RequestOptions, request } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Authenticator, createAuthenticator, type Exchange } from '@countersign/core'
import { generateKey, parseKey } from '@countersign/core/keys'
import { sqliteRegistry } from '@countersign/core/node'
import { cached, memoryRegistry, type Registry, type RegistryAdmin } from '@countersign/core/registry'
import { migratePostgres, postgresRegistry } from '@countersign/postgres'
import { redisRegistry } from '@countersign/redis'
import { createAuthority } from '@countersign/testing'
import pg from 'pg'
import { createClient } from 'redis'
import { primitives } from '../packages/core/src/primitives/node.ts'
import { checkKey, decoyFor } from '../packages/core/src/registry/check-key.ts'
import { PartnerBook } from '../packages/core/src/registry/partner-book.ts'
import { findPostgres } from '../tools/postgres-server.ts'
import { findRedis } from '../tools/redis-server.ts'
import type { Heard, HearingOrder } from './key/hearing-process.ts'
import type { Serving, ServingOrder, Used } from './key/serving-process.ts'
import { expectRatio, measure, printTimings, ratio, type Subject } from './measure.ts'

const ROUNDS = 61

/** Revocations that are timed, and those before them for which the compiler is not ready yet. */
const TOLD = 1000
const TOLD_WARM_UP = 1000

/** Requests of a round. */
const SERVED = 1000
const SERVED_ROUNDS = 12

const questions: Record<string, () => Promise<void>> = {
  records: async () => {
    await checkAgainstRecords(100_000)
    await checkAgainstRecords(1_000_000)
  },
  stores: decideByStore,
  requests: serveByStore,
  told: tellRevocation,
}

// `npm run bench -- key told`: one of them alone.
const asked = process.argv.slice(3)
for (const [name, ask] of Object.entries(questions)) if (asked.length === 0 || asked.includes(name)) await ask()

/** `checkKey` over plain Maps, beside one digest and one look-up, in random order over all keys. */
async function checkAgainstRecords(count: number): Promise<void> {
  const before = heapUsed()
  const texts: string[] = []
  const partners = Array.from({ length: count / 10 }, (_, n) =>
    Object.freeze({ id: `p${n}`, status: 'active' as const, rules: [], scopes: ['orders:read'] }),
  )
  // As a parser leaves strings: flat.
  const flat = (text: string): string => Buffer.from(text).toString('latin1')
  const keys = Array.from({ length: count }, (_, n) => {
    const text = flat(generateKey({ prefix: 'cs_live' }))
    texts.push(text)
    return Object.freeze({
      id: flat(text.slice(8, 20)),
      partnerId: `p${Math.floor(n / 10)}`,
      digest: flat(`sha256$${hash('sha256', text, 'hex')}`),
      scopes: ['orders:read'],
      binding: 'partner' as const,
      status: 'active' as const,
      notAfter: '2999-01-01T00:00:00.000Z',
      createdAt: '2030-01-01T00:00:00.000Z',
      prefix: 'cs_live',
    })
  })
  const withTexts = heapUsed()
  const book = new PartnerBook()
  book.load({ partners, keys, denials: [] })
  const textBytes = 96 * count
  const bytes = (heapUsed() - before - textBytes) / count
  const map = new Map(keys.map((key) => [key.id, key]))
  const ids = texts.map((text) => text.slice(8, 20))
  const order = Uint32Array.from({ length: 1 << 18 }, () => Math.floor(Math.random() * count))
  let at = 0
  const next = (): number => order[at++ & (order.length - 1)] as number
  const now = new Date()
  const check = {
    findKey: (id: string) => book.findKey(id),
    header: 'authorization',
    primitives,
    decoy: decoyFor(undefined),
  }
  const subjects: Subject[] = [
    {
      name: 'crypto.hash and Map.get',
      run() {
        const n = next()
        hash('sha256', texts[n] as string, 'hex')
        return map.get(ids[n] as string)
      },
    },
    {
      name: 'checkKey',
      run() {
        const verdict = checkKey(texts[next()] as string, check, now)
        if (!('ok' in verdict) || !verdict.ok) throw new Error('refused')
      },
    },
  ]
  await warmUp(subjects)
  const timings = await measure(subjects, { rounds: ROUNDS })
  const title = `One key of ${count.toLocaleString('en')} in plain Maps, ${bytes.toFixed(0)} bytes a record`
  printTimings(
    `${title} (the records themselves: ${((withTexts - before - textBytes) / count).toFixed(0)})`,
    timings,
    'crypto.hash and Map.get',
  )
  expectRatio('checkKey', ratio(timings, 'checkKey', 'crypto.hash and Map.get'), 2)
}

/** A whole decision, certificate and key, by where the registry is. */
async function decideByStore(): Promise<void> {
  const authority = await createAuthority()
  const client = await authority.issueClient()
  const certificate = { anchors: authority.certificate.pem, revocation: 'unchecked' } as const
  const subjects: Subject[] = []
  const closing: (() => Promise<void>)[] = []

  async function add(
    name: string,
    registry: RegistryAdmin,
    wrap: (registry: RegistryAdmin) => Registry,
  ): Promise<void> {
    const { key } = await populate(registry, client.publicKeyHash)
    const authenticator: Authenticator = createAuthenticator({ certificate, key: { registry: wrap(registry) } })
    const exchange: Exchange = {
      method: 'GET',
      target: '/',
      headers: { all: (field) => (field === 'authorization' ? [`Bearer ${key}`] : []) },
      peer: { kind: 'tcp', address: '127.0.0.1', encrypted: true, certificates: [client.certificate.der] },
    }
    // Until a subscription is live, a cache asks every time.
    await sleep(300)
    subjects.push({
      name,
      async run() {
        const decision = await authenticator.authenticate(exchange)
        if (!decision.ok) throw new Error(`${name}: ${decision.reason.code}`)
      },
    })
  }

  const asItIs = (registry: RegistryAdmin): Registry => registry
  await add('memory', memoryRegistry(), asItIs)
  const folder = mkdtempSync(join(tmpdir(), 'bench-'))
  const sqlite = sqliteRegistry(join(folder, 'partners.sqlite'), { missing: 'create' })
  closing.push(async () => {
    await sqlite.close()
    rmSync(folder, { recursive: true, force: true })
  })
  await add('sqlite', sqlite, asItIs)
  const redis = await openRedis()
  if (redis !== undefined) {
    closing.push(redis.close)
    await add('redis', redis.registry, asItIs)
    await add('redis, cached', redis.registry, (registry) => cached(registry))
  }
  const postgres = await openPostgres()
  if (postgres !== undefined) {
    closing.push(postgres.close)
    await add('postgres', postgres.registry, asItIs)
    await add('postgres, cached', postgres.registry, (registry) => cached(registry))
  }
  await warmUp(subjects)
  const timings = await measure(subjects, { rounds: ROUNDS, batchMilliseconds: 5 })
  printTimings('One decision, one after the other (waiting included)', timings, 'memory')
  if (redis !== undefined)
    expectRatio('a warm cache in front of Redis, the decision alone', ratio(timings, 'redis, cached', 'memory'), 1.15)
  for (const close of closing) await close()
}

/** Processor time of the server for one request over TLS on a kept connection: rounds in turn, the least of each. */
async function serveByStore(): Promise<void> {
  const redis = await openRedis()
  if (redis === undefined) return
  const child = forkSource('serving-process.ts')
  child.send({ url: redis.url, keyPrefix: redis.prefix } satisfies ServingOrder)
  const [{ servers, ...tls }] = (await once(child, 'message')) as [Serving]
  const agent = new Agent({ ...tls, keepAlive: true, maxSockets: 1 })
  const used = async (): Promise<number> => {
    const answered = once(child, 'message') as Promise<[Used]>
    child.send('used')
    return (await answered)[0].cpu
  }
  const least = new Map<string, number>()
  for (let round = 0; round < SERVED_ROUNDS; round++) {
    for (const { name, port, apiKey } of servers) {
      const before = await used()
      for (let n = 0; n < SERVED; n++) {
        const status = await statusOf({ agent, port, headers: { authorization: `Bearer ${apiKey}` } })
        if (status !== 204) throw new Error(`${name}: ${status}`)
      }
      const each = ((await used()) - before) / SERVED
      least.set(name, Math.min(least.get(name) ?? Number.POSITIVE_INFINITY, each))
    }
  }
  console.log('\nOne request over TLS, processor time of the server')
  for (const [name, each] of least) console.log(`  ${name.padEnd(14)} ${each.toFixed(1).padStart(6)} µs`)
  const [memory = Number.NaN, kept = Number.NaN] = least.values()
  expectRatio('a warm cache in front of Redis, the request', kept / memory, 1.15)
  agent.destroy()
  child.disconnect()
  await redis.close()
}

function statusOf(options: RequestOptions): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const asked = request({ host: '127.0.0.1', servername: 'localhost', ...options }, (response) => {
      response.resume().once('end', () => resolve(response.statusCode))
    })
    asked.once('error', reject).end()
  })
}

/**
 * From the call of `revokeKey` until another process has dropped the key from its cache, beside a bare message of the same text:
 * the same library, the same two processes, a connection to send and one to hear for each, in turn and in random order.
 */
async function tellRevocation(): Promise<void> {
  const redis = await openRedis()
  if (redis === undefined) return
  const raw = await createClient({ url: redis.url }).connect()
  const channel = randomBytes(8).toString('hex')
  await redis.registry.createPartner({ id: 'told' })
  const keyIds: string[] = []
  for (let n = 0; n < TOLD + TOLD_WARM_UP; n++)
    keyIds.push((await redis.registry.issueKey({ partnerId: 'told' })).record.id)
  const other = forkSource('hearing-process.ts')
  other.send({ url: redis.url, keyPrefix: redis.prefix, channel, keyIds } satisfies HearingOrder)
  await once(other, 'message')

  const revocations: number[] = []
  const messages: number[] = []
  const revoke = (id: string): Promise<unknown> => redis.registry.revokeKey(id)
  const publish = (id: string): Promise<unknown> => raw.publish(channel, `- key:${id}`)
  for (const id of keyIds) {
    const ways = [
      { tell: revoke, times: revocations },
      { tell: publish, times: messages },
    ]
    for (const { tell, times } of Math.random() < 0.5 ? ways : ways.reverse()) {
      const heard = once(other, 'message') as Promise<[Heard]>
      const start = Number(process.hrtime.bigint())
      const done = tell(id)
      const [{ at }] = await heard
      times.push(((at as number) - start) / 1e6)
      await done
      // What a revocation leaves to do after it was heard of is over before the next is timed.
      await sleep(1)
    }
  }
  const quantile = (list: readonly number[], share: number): number =>
    list.slice(TOLD_WARM_UP).sort((a, b) => a - b)[Math.floor(TOLD * share)] as number
  const said = (list: readonly number[]): string =>
    `p50 ${quantile(list, 0.5).toFixed(3)} ms, p90 ${quantile(list, 0.9).toFixed(3)}`
  console.log(
    `\nFrom revokeKey until another process has dropped the key: ${said(revocations)}; a bare message: ${said(messages)}`,
  )
  expectRatio('a revocation, p50', quantile(revocations, 0.5) / quantile(messages, 0.5), 1.25)
  other.disconnect()
  raw.destroy()
  await redis.close()
}

function forkSource(name: string): ChildProcess {
  const child = fork(join(import.meta.dirname, 'key', name), {
    execArgv: ['--conditions=@countersign/source', '--disable-warning=ExperimentalWarning'],
  })
  // Whoever waits for its word would wait for ever.
  child.once('exit', (code) => {
    if (code !== 0) throw new Error(`${name} ended with ${code}`)
  })
  return child
}

async function populate(registry: RegistryAdmin, publicKey: string): Promise<{ readonly key: string }> {
  const id = `acme-${randomBytes(4).toString('hex')}`
  await registry.createPartner({ id, scopes: ['orders:read'], rules: [{ kind: 'public-key', value: publicKey }] })
  const { key } = await registry.issueKey({ partnerId: id })
  if (!parseKey(key).ok) throw new Error('not a key')
  return { key }
}

async function openRedis() {
  const prefix = `{bench-${randomBytes(6).toString('hex')}}:`
  const server = await findRedis()
  if (server === undefined) {
    console.log('no redis-server here: left out')
    return undefined
  }
  const client = await createClient({ url: server.url }).connect()
  const registry = redisRegistry({ client, keyPrefix: prefix })
  return {
    registry,
    prefix,
    url: server.url,
    close: async () => {
      await registry.close()
      for await (const keys of client.scanIterator({ MATCH: `${prefix}*`, COUNT: 1000 }))
        if (keys.length > 0) await client.del(keys)
      client.destroy()
      await server.stop()
    },
  }
}

async function openPostgres() {
  const server = await findPostgres()
  if (server === undefined) {
    console.log('no postgres here: left out')
    return undefined
  }
  const schema = `bench_${randomBytes(6).toString('hex')}`
  const pool = new pg.Pool({ connectionString: server.url, max: 5 })
  await migratePostgres(pool, { schema })
  const registry = postgresRegistry({ pool, schema })
  return {
    registry,
    close: async () => {
      await registry.close()
      await pool.query(`DROP SCHEMA ${schema} CASCADE`)
      await pool.end()
      await server.stop()
    },
  }
}

/** On a busy machine the compiler, which works beside the program, is late: what it has not seen to yet is not the question. */
async function warmUp(subjects: readonly Subject[]): Promise<void> {
  const until = performance.now() + 2000
  while (performance.now() < until) {
    for (const { run } of subjects) for (let n = 0; n < 200; n++) await run()
  }
}

function heapUsed(): number {
  globalThis.gc?.()
  return process.memoryUsage().heapUsed
}
