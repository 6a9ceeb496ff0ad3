/** Exchanges made by hand, for tests of what reads them. @module */
import type { Exchange, Peer } from '../src/exchange/exchange.ts'

export interface ExchangeInput {
  readonly target?: string
  readonly method?: string
  /** Field lines in order; a list means several lines of one name. */
  readonly headers?: Readonly<Record<string, string | readonly string[]>>
  readonly peer?: Peer
  readonly platform?: unknown
}

export function exchangeOf(input: ExchangeInput = {}): Exchange {
  const fields = new Map(
    Object.entries(input.headers ?? {}).map(([name, value]) => [name, typeof value === 'string' ? [value] : value]),
  )
  return {
    method: input.method ?? 'GET',
    target: input.target ?? '/',
    headers: { all: (name) => fields.get(name) ?? [] },
    peer: input.peer ?? tls(),
    platform: input.platform,
  }
}

export function tls(...certificates: readonly Uint8Array[]): Peer {
  return { kind: 'tcp', address: '127.0.0.1', encrypted: true, certificates }
}

export function plain(address = '127.0.0.1'): Peer {
  return { kind: 'tcp', address, encrypted: false, certificates: [] }
}
