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
  /** @param body of a `POST`; at most `bodyLimitBytes` long */
  respond(exchange: Exchange, body: string): Promise<IssuerResponse>
  readonly bodyLimitBytes: number
}
