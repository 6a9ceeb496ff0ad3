/** What an adapter serves for a token issuer: it knows this alone, and loads no JOSE library for it. @module */
import type { Exchange } from '../exchange/exchange.ts'

/** A complete response. Names of headers in lower case. */
export interface IssuerResponse {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

export interface TokenIssuer {
  /** Whether the request is for one of the issuer's three paths; its body is read only then. */
  handles(exchange: Exchange): boolean
  /** Never rejects. A body that another middleware has read is no longer there: the issuer stands before body parsers. */
  respond(exchange: Exchange, body: RequestBody): Promise<IssuerResponse>
}

/** The octets as they come: Node's request, or the body of a Fetch request. */
export type RequestBody = AsyncIterable<Uint8Array> | null | undefined
