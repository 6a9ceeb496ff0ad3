/** Hearing of changes over LISTEN: one connection of the pool, held as long as somebody watches. @module */
import type { RegistryChange } from '@countersign/core/registry'
import type { PostgresConnection, PostgresPool } from './postgres-pool.ts'

export interface ChangeFeed {
  /** Whether a change would be heard of now. */
  isLive(): boolean
  close(): void
}

/** A connection that is silently gone is noticed within two of these. */
const HEARTBEAT_MILLISECONDS = 1000

const FIRST_RETRY_MILLISECONDS = 50
const LAST_RETRY_MILLISECONDS = 1000

/** @param tell told `'everything'` whenever listening begins, for nobody knows what was said before */
export function listen(pool: PostgresPool, channel: string, tell: (change: RegistryChange) => void): ChangeFeed {
  let live = false
  let closed = false
  let release: (() => void) | undefined
  let timer: NodeJS.Timeout | undefined

  async function open(retry: number): Promise<void> {
    let connection: PostgresConnection
    try {
      connection = await pool.connect()
    } catch {
      reopen(retry)
      return
    }
    const drop = (): void => {
      if (release !== drop) return
      release = undefined
      live = false
      clearTimeout(timer)
      connection.removeListener('notification', hear)
      connection.removeListener('error', lose)
      connection.removeListener('end', lose)
      // Kept from ending the process while it closes.
      connection.on('error', () => undefined)
      connection.release(true)
    }
    const lose = (): void => {
      drop()
      reopen(FIRST_RETRY_MILLISECONDS)
    }
    const hear = ({ payload }: { readonly payload?: string }): void => {
      if (live && payload !== undefined) tell(JSON.parse(payload) as RegistryChange)
    }
    release = drop
    connection.on('notification', hear)
    connection.on('error', lose)
    connection.on('end', lose)
    try {
      await connection.query(`LISTEN "${channel}"`)
    } catch {
      drop()
      reopen(retry)
      return
    }
    if (closed) {
      drop()
      return
    }
    live = true
    tell('everything')
    beat(connection, lose)
  }

  function beat(connection: PostgresConnection, lose: () => void): void {
    timer = setTimeout(async () => {
      const late = setTimeout(lose, HEARTBEAT_MILLISECONDS)
      late.unref()
      try {
        await connection.query('SELECT 1')
        if (live) beat(connection, lose)
      } catch {
        lose()
      } finally {
        clearTimeout(late)
      }
    }, HEARTBEAT_MILLISECONDS)
    timer.unref()
  }

  function reopen(retry: number): void {
    if (closed) return
    const next = Math.min(retry * 2, LAST_RETRY_MILLISECONDS)
    setTimeout(() => void (closed || open(next)), retry * (0.5 + Math.random())).unref()
  }

  void open(FIRST_RETRY_MILLISECONDS)
  return {
    isLive: () => live,
    close: () => {
      closed = true
      release?.()
    },
  }
}
