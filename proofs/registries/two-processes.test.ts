/** A key that one process revokes is refused by the other within a second, also when the other's connections were cut. @module */
import { type ChildProcess, fork } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { createAuthority } from '@countersign/testing'
import { describe, expect, it } from 'vitest'
import { findPostgres } from '../../tools/postgres-server.ts'
import { findRedis } from '../../tools/redis-server.ts'
import { startTcpRelay, type TcpRelay } from '../../tools/tcp-relay.ts'
import { openStore } from './open-store.ts'
import type { WatcherOrder, WatcherReport } from './watcher-process.ts'

/** Runs of the race for each store; half of them with the watcher's connections cut somewhere around the revocation. */
const RUNS = 200
const AT_ONCE = 20

const servers = { redis: await findRedis(), postgres: await findPostgres() }
const ports = { redis: 6379, postgres: 5432 }

interface Race {
  readonly key: string
  readonly acknowledged: bigint
}

for (const kind of ['redis', 'postgres'] as const) {
  const server = servers[kind]
  describe.skipIf(server === undefined)(`two processes on one ${kind} (needs ${kind}-server)`, () => {
    it(`lets no key through a second after its revocation was acknowledged, in ${RUNS} races`, async () => {
      const url = new URL(server?.url ?? '')
      const relay = await startTcpRelay({ host: url.hostname, port: Number(url.port || ports[kind]) })
      const through = new URL(url)
      through.host = `127.0.0.1:${relay.port}`
      const space = `countersign_proof_${randomBytes(6).toString('hex')}`
      const anchors = (await createAuthority()).certificate.pem
      const store = await openStore(kind, url.href, space)
      await store.registry.createPartner({ id: 'acme' })
      const watcher = fork(join(import.meta.dirname, 'watcher-process.ts'), [kind, through.href, space, anchors], {
        execArgv: ['--conditions=@countersign/source', '--disable-warning=ExperimentalWarning'],
      })
      watcher.on('exit', (code) => {
        if (code !== 0) throw new Error(`the watching process ended with ${code}`)
      })
      await once(watcher, 'message')

      const delays: number[] = []
      let failed = 0
      for (let run = 0; run < RUNS; run += AT_ONCE) {
        const { races, report } = await race(watcher, store.registry, (run / AT_ONCE) % 2 === 1 ? relay : undefined)
        failed += report.failed
        for (const { key, acknowledged } of races) {
          const last = report.last[key]
          if (last === undefined) expect.fail('a key was never let through: nothing was proven')
          delays.push(Number(BigInt(last) - acknowledged) / 1e6)
        }
      }
      watcher.send({ end: true } satisfies WatcherOrder)
      await once(watcher, 'exit')
      await store.close()
      await relay.close()

      const late = delays.filter((delay) => delay > 1000)
      const sorted = delays.toSorted((a, b) => a - b)
      const at = (share: number): string => (sorted[Math.floor(share * (sorted.length - 1))] as number).toFixed(1)
      console.log(
        `${kind}: last let through after the acknowledgement, ms: p50 ${at(0.5)}, p99 ${at(0.99)}, max ${at(1)}; answered 503 meanwhile: ${failed}`,
      )
      expect(delays).toHaveLength(RUNS)
      expect(late).toEqual([])
    }, 600_000)
  })
}

async function race(
  watcher: ChildProcess,
  registry: Awaited<ReturnType<typeof openStore>>['registry'],
  relay: TcpRelay | undefined,
): Promise<{ races: Race[]; report: WatcherReport }> {
  const issued = await Promise.all(
    Array.from({ length: AT_ONCE }, () => registry.issueKey({ partnerId: 'acme', binding: 'none' })),
  )
  watcher.send({ watch: issued.map(({ key }) => key) } satisfies WatcherOrder)
  // Each was let through, and is remembered.
  await once(watcher, 'message')
  const races = await Promise.all(
    issued.map(async ({ key, record }, n) => {
      await sleep(Math.random() * 200)
      // Cut and mended at the moment that something is being revoked.
      if (relay !== undefined && n === 0) {
        await relay.cut()
        void sleep(Math.random() * 300).then(() => relay.mend())
      }
      await registry.revokeKey(record.id)
      return { key, acknowledged: process.hrtime.bigint() }
    }),
  )
  await sleep(1500)
  watcher.send({ stop: true } satisfies WatcherOrder)
  const [report] = (await once(watcher, 'message')) as [WatcherReport]
  return { races, report }
}
