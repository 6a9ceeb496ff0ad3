/**
 * What happens to a key that was seen where no key may be: in a URL, or over plaintext. Always after the answer, which is
 * the same whether the key is valid or not; only for a whole key that matches its digest, never for an id; and within
 * bounds, because whoever makes up ids could otherwise keep a registry busy.
 * @module
 */

import type { EventFacts, ExposedEvent } from '../events/events.ts'
import { parseKey } from '../key/key-format.ts'
import { BoundedMap } from '../primitives/bounded-map.ts'

/** Look-ups for exposed keys, a minute. */
const LIMIT_PER_PEER = 10
const LIMIT_TOTAL = 100
const WINDOW_MILLISECONDS = 60_000

/** Keys that were dealt with are not dealt with again. */
const HANDLED_CAPACITY = 10_000
const PEER_CAPACITY = 10_000

export type ExposureAction = 'report' | 'suspend' | 'revoke'

export interface ExposureWatchOptions {
  readonly action: ExposureAction
  /** Whether the whole key is one that was issued; without regard to its dates or status. */
  readonly confirm: (key: string) => Promise<{ readonly keyId: string } | undefined>
  readonly act: (keyId: string, action: 'suspend' | 'revoke') => Promise<void>
  readonly emit: (make: () => EventFacts<'exposed'>) => void
  readonly clock: () => Date
}

export interface ExposureWatch {
  /** Returns at once; the work is done after the answer. */
  report(keys: readonly string[], by: ExposedEvent['by'], peer: string): void
  /** Keys that were not looked at, because the limits were reached. */
  readonly dropped: number
  /** Settles when what was reported so far has been dealt with. */
  settled(): Promise<void>
}

export function createExposureWatch(options: ExposureWatchOptions): ExposureWatch {
  const handled = new BoundedMap<string, true>(HANDLED_CAPACITY)
  let peers = new BoundedMap<string, number>(PEER_CAPACITY)
  let windowEnd = 0
  let total = 0
  let dropped = 0
  let work: Promise<void> = Promise.resolve()

  function admit(peer: string): boolean {
    const now = options.clock().getTime()
    if (now >= windowEnd || now < windowEnd - WINDOW_MILLISECONDS) {
      windowEnd = now + WINDOW_MILLISECONDS
      total = 0
      peers = new BoundedMap(PEER_CAPACITY)
    }
    const count = peers.get(peer) ?? 0
    if (count >= LIMIT_PER_PEER || total >= LIMIT_TOTAL) return false
    peers.set(peer, count + 1)
    total++
    return true
  }

  async function handle(key: string, keyId: string, by: ExposedEvent['by'], peer: string): Promise<void> {
    let confirmed = false
    let action: ExposedEvent['action'] = 'reported'
    try {
      const found = await options.confirm(key)
      confirmed = found !== undefined
      if (found !== undefined && options.action !== 'report') {
        if (handled.get(keyId) === undefined) await options.act(keyId, options.action)
        handled.set(keyId, true)
        action = options.action === 'suspend' ? 'suspended' : 'revoked'
      }
    } catch {
      action = 'failed'
    }
    options.emit(() => ({ keyId, by, confirmed, action, peer }))
  }

  return {
    report(keys, by, peer) {
      for (const text of keys) {
        const parsed = parseKey(text)
        if (!parsed.ok) continue
        const { id } = parsed.key
        if (admit(peer)) {
          work = work.then(() => handle(parsed.key.text, id, by, peer))
        } else {
          dropped++
          options.emit(() => ({
            keyId: id,
            by,
            confirmed: false,
            action: 'dropped',
            peer,
          }))
        }
      }
    },
    get dropped() {
      return dropped
    },
    settled: () => work,
  }
}
