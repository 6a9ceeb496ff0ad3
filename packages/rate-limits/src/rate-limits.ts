/**
 * A limiter for `limits.limiter`, counted by rate-limiter-flexible: in the memory of one process, or in Redis for all of them.
 * @module
 */
import type { RateLimiter, RateLimitKind, RateVerdict } from '@countersign/core'
import { type RateLimiterAbstract, RateLimiterMemory, RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible'

export interface RateLimit {
  readonly requests: number
  readonly perSeconds: number
}

/** A client of `redis` (`createClient`) or `ioredis` (`new Redis`), connected. It stays yours to close. */
export type RedisLimitClient = { readonly isReady: boolean } | { readonly status: string }

export interface RateLimitsOptions {
  /** For each key. Left out: no limit. */
  readonly key?: RateLimit
  /** For all keys and certificates of a partner together. */
  readonly partner?: RateLimit
  /** For credentials from one address that failed. */
  readonly address?: RateLimit
  /** Counts for all processes together. Left out: each process counts for itself. */
  readonly redis?: RedisLimitClient
  /** What the names of keys in Redis begin with. Default `countersign-limits`. */
  readonly keyPrefix?: string
}

const KINDS: readonly RateLimitKind[] = ['key', 'partner', 'address']

const OPTIONS: readonly string[] = [...KINDS, 'redis', 'keyPrefix']

/** @throws TypeError that names the option */
export function rateLimits(options: RateLimitsOptions): RateLimiter {
  for (const name of Object.keys(options)) {
    if (!OPTIONS.includes(name)) throw new TypeError(`rateLimits: ${name}: there is no such option`)
  }
  const limiters = new Map<RateLimitKind, RateLimiterAbstract>()
  for (const kind of KINDS) {
    const limit = options[kind]
    if (limit !== undefined) limiters.set(kind, createLimiter(kind, checkLimit(limit, kind), options))
  }
  if (limiters.size === 0) throw new TypeError(`rateLimits: name at least one of ${KINDS.join(', ')}`)
  return {
    charge(kind, id) {
      const limiter = limiters.get(kind)
      return limiter === undefined ? ALLOWED : consume(limiter, id)
    },
  }
}

const ALLOWED: RateVerdict = Object.freeze({ allowed: true })

async function consume(limiter: RateLimiterAbstract, id: string): Promise<RateVerdict> {
  try {
    await limiter.consume(id)
    return ALLOWED
  } catch (error) {
    // It rejects with a result for "too many" and with an Error for "cannot tell".
    if (!(error instanceof RateLimiterRes)) throw error
    return { allowed: false, retryAfterSeconds: error.msBeforeNext / 1000 }
  }
}

function createLimiter(
  kind: RateLimitKind,
  { requests, perSeconds }: RateLimit,
  { redis, keyPrefix = 'countersign-limits' }: RateLimitsOptions,
): RateLimiterAbstract {
  const limit = { points: requests, duration: perSeconds, keyPrefix: `${keyPrefix}:${kind}` }
  if (redis === undefined) return new RateLimiterMemory(limit)
  if (typeof redis !== 'object' || redis === null || !('isReady' in redis || 'status' in redis)) {
    throw new TypeError('rateLimits: redis: a client of redis or ioredis')
  }
  return new RateLimiterRedis({
    ...limit,
    storeClient: redis,
    useRedisPackage: 'isReady' in redis,
    // Told at once that Redis is away, instead of waiting in a queue until a time limit.
    rejectIfRedisNotReady: true,
    // Whoever is over the limit costs Redis nothing more.
    inMemoryBlockOnConsumed: requests + 1,
  })
}

function checkLimit(limit: RateLimit, kind: string): RateLimit {
  const { requests, perSeconds } = limit ?? {}
  for (const [name, value] of Object.entries({ requests, perSeconds })) {
    if (!Number.isSafeInteger(value) || value < 1)
      throw new TypeError(`rateLimits: ${kind}.${name}: a whole number of at least 1`)
  }
  return { requests, perSeconds }
}
