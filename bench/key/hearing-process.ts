/**
 * The other process of `bench/key.ts`: says when it heard of a revocation, its cache having dropped the key by then, and when of
 * a bare message on a subscription of its own. By the clock that all processes of a machine share.
 * @module
 */
import { cached } from '@countersign/core/registry'
import { redisRegistry } from '@countersign/redis'
import { createClient } from 'redis'

export interface HearingOrder {
  readonly url: string
  readonly keyPrefix: string
  readonly channel: string
  /** To be remembered first, so that there is something to drop. */
  readonly keyIds: readonly string[]
}

/** In nanoseconds; `undefined` when all is ready. */
export interface Heard {
  readonly at: number | undefined
}

process.once('message', async ({ url, keyPrefix, channel, keyIds }: HearingOrder) => {
  const client = await createClient({ url }).connect()
  const registry = cached(redisRegistry({ client, keyPrefix }))
  const live = new Promise<void>((resolve) => {
    let last = ''
    registry.watch?.((change) => {
      if (change === 'everything') return resolve()
      // A revocation is told twice: as soon as it holds, and when it is in the books.
      if (!('keyId' in change) || change.keyId === last) return
      last = change.keyId
      hear()
    })
  })
  const subscriber = await client.duplicate().connect()
  await subscriber.subscribe(channel, hear)
  await live
  const { signal } = new AbortController()
  for (const id of keyIds) await registry.findKey(id, signal)
  if (registry.counts.entries !== keyIds.length) throw new Error('not every key is remembered')
  process.send?.({ at: undefined } satisfies Heard)
  process.once('disconnect', () => process.exit())
})

function hear(): void {
  const at = Number(process.hrtime.bigint())
  process.send?.({ at } satisfies Heard)
}
