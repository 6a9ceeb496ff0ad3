/** Gathers uses of keys from events and writes them in batches: at most one write per key and interval, none of them while a request waits. @module */
import type { RegistryAdmin } from './registry.ts'
import { addUse, type KeyUse } from './usage.ts'

export interface UsageRecorderOptions {
  /** Default 60, at most 3600. */
  readonly intervalSeconds?: number
  /** Told when a batch could not be written. It is kept, and written with the next one. */
  readonly onFault?: (error: unknown) => void
}

export interface UsageRecorder {
  /** The listener for `accepted` events: `on: { accepted: recorder.record }`. */
  readonly record: (use: AcceptedUse) => void
  /** Writes what has been gathered. Rejects, and keeps it, if that fails. */
  flush(): Promise<void>
  /** Writes what has been gathered, and gathers no more. Close the registry after it. Rejects if something could not be written. */
  close(): Promise<void>
}

/** What of an `accepted` event is read. */
export interface AcceptedUse {
  readonly at: Date
  readonly keyId: string | undefined
  readonly certificate?: string | undefined
}

/** Keys in one write: a batch must not hold up the store. */
const BATCH_SIZE = 500

/** @throws TypeError that names the option */
export function usageRecorder(
  registry: Pick<RegistryAdmin, 'addUses'>,
  options: UsageRecorderOptions = {},
): UsageRecorder {
  const { intervalSeconds = 60, onFault = () => undefined } = options
  if (typeof registry?.addUses !== 'function') throw new TypeError('usageRecorder: registry: has no addUses()')
  if (!(intervalSeconds >= 0.01 && intervalSeconds <= 3600))
    throw new TypeError('usageRecorder: intervalSeconds: from 0.01 to 3600')

  let gathered = new Map<string, KeyUse>()
  let writing: Promise<void> = Promise.resolve()
  let closed = false

  function add(use: KeyUse): void {
    gathered.set(use.keyId, addUse(gathered.get(use.keyId), use))
  }

  async function write(): Promise<void> {
    const batch = [...gathered.values()]
    gathered = new Map()
    for (let at = 0; at < batch.length; at += BATCH_SIZE) {
      try {
        await registry.addUses(batch.slice(at, at + BATCH_SIZE))
      } catch (error) {
        for (const use of batch.slice(at)) add(use)
        throw error
      }
    }
  }

  /** One after the other, so that a slow store is not asked twice at a time. */
  function flush(): Promise<void> {
    const done = writing.then(write)
    writing = done.catch(() => undefined)
    return done
  }

  const timer = setInterval(() => {
    if (gathered.size > 0) flush().catch(onFault)
  }, intervalSeconds * 1000)
  // Whoever wants the last uses written closes the recorder; it keeps no process alive.
  ;(timer as { unref?(): void }).unref?.()

  return {
    record: ({ at, keyId, certificate }) => {
      if (keyId === undefined || closed) return
      const use = { keyId, uses: 1, lastUsedAt: at.toISOString() }
      add(certificate === undefined ? use : { ...use, lastCertificate: certificate })
    },
    flush,
    async close() {
      closed = true
      clearInterval(timer)
      await flush()
    },
  }
}
