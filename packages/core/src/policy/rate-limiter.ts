/**
 * The seam to whatever counts requests. Keys and partners are charged only once a credential has been verified, because an id
 * is no secret; addresses only for credentials that failed.
 * @module
 */
import type { MaybePromise } from '../primitives/flow.ts'

/** `key` and `partner`: by id. `address`: of the client, IPv6 by its /64, which one customer has to himself. */
export type RateLimitKind = 'key' | 'partner' | 'address'

/** So many requests in so many seconds. */
export interface RateQuota {
  readonly requests: number
  readonly perSeconds: number
}

export type RateVerdict =
  | { readonly allowed: true }
  | {
      readonly allowed: false
      readonly retryAfterSeconds: number
      /** To be told in the fields `RateLimit-Policy` and `RateLimit` of the answer. Never told for an address: nobody has verified. */
      readonly quota?: RateQuota
    }

export interface RateLimiter {
  /** Counts one, and says whether it was one too many. A limiter that is down throws or rejects. */
  charge(kind: RateLimitKind, id: string): MaybePromise<RateVerdict>
}
