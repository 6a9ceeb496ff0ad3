/**
 * The seam to whatever counts requests. Keys and partners are charged only once a credential has been verified, because an id
 * is no secret; addresses only for credentials that failed.
 * @module
 */
import type { MaybePromise } from '../primitives/flow.ts'

/** `key` and `partner`: by id. `address`: of the client, IPv6 by its /64, which one customer has to himself. */
export type RateLimitKind = 'key' | 'partner' | 'address'

export type RateVerdict = { readonly allowed: true } | { readonly allowed: false; readonly retryAfterSeconds: number }

export interface RateLimiter {
  /** Counts one, and says whether it was one too many. A limiter that is down throws or rejects. */
  charge(kind: RateLimitKind, id: string): MaybePromise<RateVerdict>
}
