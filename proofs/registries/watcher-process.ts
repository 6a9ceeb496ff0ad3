/**
 * A process that lets requests through by a cached registry, and notes when it last did. Told over IPC which keys to watch.
 * @module
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { cached } from '@countersign/core/registry'
import { createGate, show } from './gate.ts'
import { openStore, type StoreKind } from './open-store.ts'

export type WatcherOrder = { readonly watch: readonly string[] } | { readonly stop: true } | { readonly end: true }

/** By key: when it was last let through, in nanoseconds of the clock that all processes of a machine share. */
export interface WatcherReport {
  readonly last: Readonly<Record<string, string>>
  readonly accepted: number
  readonly refused: number
  readonly failed: number
}

const [kind, url, space, anchors] = process.argv.slice(2) as [StoreKind, string, string, string]
const store = await openStore(kind, url, space)
const gate = createGate(cached(store.registry, { ttlSeconds: 30 }), anchors)

let watching: Promise<WatcherReport> | undefined
let stopped = false

async function watch(keys: readonly string[]): Promise<WatcherReport> {
  const last: Record<string, string> = {}
  const counts = { accepted: 0, refused: 0, failed: 0 }
  for (let warm = false; !stopped; ) {
    await Promise.all(
      keys.map(async (key) => {
        const decision = await show(gate, key)
        if (decision.ok) {
          last[key] = String(process.hrtime.bigint())
          counts.accepted++
        } else if (decision.problem.status === 401) counts.refused++
        else counts.failed++
      }),
    )
    if (!warm && Object.keys(last).length === keys.length) {
      warm = true
      process.send?.('warm')
    }
    await sleep(1)
  }
  return { last, ...counts }
}

process.on('message', async (order: WatcherOrder) => {
  if ('watch' in order) {
    stopped = false
    watching = watch(order.watch)
  } else if ('stop' in order) {
    stopped = true
    process.send?.(await watching)
  } else {
    gate.close()
    await store.close()
    process.disconnect()
  }
})
process.send?.('ready')
