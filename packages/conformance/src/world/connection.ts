/** What both kinds of client connection have in common. @module */
import type { Answer, HeaderList } from './answer.ts'

export interface WireRequest {
  readonly method: string
  readonly target: string
  readonly headers: HeaderList
  readonly body?: Uint8Array | undefined
}

export interface Connection {
  /** For people: who the client is. */
  readonly client: string
  send(request: WireRequest): Promise<Answer>
  close(): void
}

/** How long an answer may take. The slowest thing that a case waits for is a registry's own time limit of half a second. */
export const ANSWER_LIMIT_MILLISECONDS = 5_000

/** Where a service is. */
export type Place = { readonly port: number; readonly host: string } | { readonly path: string }
