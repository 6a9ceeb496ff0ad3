/** What does checking a presented key cost, and how soon does another process hear of a revocation? @module */
import { hash, randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Authenticator, createAuthenticator, type Exchange } from '@countersign/core'
import { generateKey, parseKey } from '@countersign/core/keys'
import { sqliteRegistry } from '@countersign/core/node'
import { cached, type IssuedKey, memoryRegistry, type Registry, type RegistryAdmin } from '@countersign/core/registry'
import { migratePostgres, postgresRegistry } from '@countersign/postgres'
import { redisRegistry } from '@countersign/redis'
import { createAuthority } from '@countersign/testing'
import pg from 'pg'
import { createClient } from 'redis'
import { runFlow } from '../packages/core/src/primitives/flow.ts'
import { primitives } from '../packages/core/src/primitives/node.ts'
import { checkKey, decoyFor } from '../packages/core/src/registry/check-key.ts'
import { PartnerBook } from '../packages/core/src/registry/partner-book.ts'
import { findPostgres } from '../tools/postgres-server.ts'
import { findRedis } from '../tools/redis-server.ts'
import { expectRatio, measure, printTimings, ratio, type Subject } from './measure.ts'

const ROUNDS = 61

/** Revocations that are timed, and those before them for which the compiler is not ready yet. */
const TOLD = 1000
const TOLD_WARM_UP = 1000

await checkAgainstRecords(100_000)
await checkAgainstRecords(1_000_000)
await decideByStore()
await tellRevocation()

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
  const check = {
    findKey: (id: string) => book.findKey(id),
    at: new Date(),
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
        const verdict = runFlow(checkKey(texts[next()] as string, check))
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
    await new Promise((resolve) => setTimeout(resolve, 300))
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
    expectRatio('a warm cache in front of Redis', ratio(timings, 'redis, cached', 'memory'), 1.15)
  for (const close of closing) await close()
}

/** From the call of `revokeKey` until another connection has heard of it, beside a message on the same server. */
async function tellRevocation(): Promise<void> {
  const redis = await openRedis()
  if (redis === undefined) return
  const other = await openRedis(redis.prefix)
  const raw = await openClient()
  const rawSubscriber = raw.duplicate()
  await rawSubscriber.connect()
  await redis.registry.createPartner({ id: 'told' })
  const revocations: number[] = []
  const messages: number[] = []
  let heard: (() => void) | undefined
  const watch = other?.registry.watch?.(() => heard?.())
  let rawHeard: (() => void) | undefined
  const channel = randomBytes(8).toString('hex')
  await rawSubscriber.subscribe(channel, () => rawHeard?.())
  await new Promise((resolve) => setTimeout(resolve, 500))
  const issued: IssuedKey[] = []
  for (let n = 0; n < TOLD + TOLD_WARM_UP; n++) issued.push(await redis.registry.issueKey({ partnerId: 'told' }))
  await new Promise((resolve) => setTimeout(resolve, 200))
  for (const { record } of issued) {
    const start = performance.now()
    const told = new Promise<void>((resolve) => {
      heard = resolve
    })
    const done = redis.registry.revokeKey(record.id)
    await told
    revocations.push(performance.now() - start)
    await done
    const rawStart = performance.now()
    const rawTold = new Promise<void>((resolve) => {
      rawHeard = resolve
    })
    const sent = raw.publish(channel, 'x')
    await rawTold
    messages.push(performance.now() - rawStart)
    await sent
  }
  const p50 = (list: readonly number[]): number => list.slice(TOLD_WARM_UP).sort((a, b) => a - b)[TOLD >> 1] as number
  console.log(
    `\nFrom revokeKey to another connection, p50 ${p50(revocations).toFixed(3)} ms; a bare message ${p50(messages).toFixed(3)} ms`,
  )
  expectRatio('a revocation, p50', p50(revocations) / p50(messages), 1.25)
  watch?.close()
  rawSubscriber.destroy()
  raw.destroy()
  await other?.close()
  await redis.close()
}

async function populate(registry: RegistryAdmin, publicKey: string): Promise<{ readonly key: string }> {
  const id = `acme-${randomBytes(4).toString('hex')}`
  await registry.createPartner({ id, scopes: ['orders:read'], rules: [{ kind: 'public-key', value: publicKey }] })
  const { key } = await registry.issueKey({ partnerId: id })
  if (!parseKey(key).ok) throw new Error('not a key')
  return { key }
}

async function openClient() {
  const server = await findRedis()
  return createClient({ url: server?.url ?? '' }).connect()
}

async function openRedis(prefix = `{bench-${randomBytes(6).toString('hex')}}:`) {
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
