/** What the core sees of a request: the seam between a framework and the flow. @module */

/**
 * One request. An adapter makes it without reading the body and without asking the framework what it believes about
 * the client: no `req.ip`, no `secure`, no `protocol`.
 */
export interface Exchange {
  /** As received, upper case for standard methods. */
  readonly method: string
  /** The request target exactly as received (RFC 9112 §3.2), before any mount point was cut off: Express `originalUrl`. */
  readonly target: string
  readonly headers: ExchangeHeaders
  readonly peer: Peer
  /** Whatever else a platform hands over with the request (a Workers `cf` object, a Lambda event). Only a platform source reads it. */
  readonly platform?: unknown
  /** Calls back once when the response has ended or its connection is gone. Asked for only if somebody reads `principal.signal`. */
  readonly onEnd?: (ended: () => void) => void
}

export interface ExchangeHeaders {
  /**
   * Every value of one field, one element a field line, in order; empty if there is none.
   * @param name lower case
   */
  all(name: string): readonly string[]
  /** Whether some field's name holds an underscore, where that is known: `false` spares the search for other spellings of a name. */
  readonly underscored?: boolean
}

/** Who is at the other end of the connection that this process accepted. */
export type Peer =
  | {
      readonly kind: 'tcp'
      /** IP address in text form as the runtime gives it; IPv4-mapped IPv6 is allowed. */
      readonly address: string
      /** The connection itself is TLS. */
      readonly encrypted: boolean
      /** DER: the leaf first, then whatever else the peer sent. Empty if it presented none. */
      readonly certificates: readonly Uint8Array[]
    }
  /** Only if the listening server's address is a path. */
  | { readonly kind: 'unix' }
  /** Not to be told, for instance because the connection was reset. No rule trusts it. */
  | { readonly kind: 'unknown' }
