/**
 * A limiter for `limits.limiter`, counted by rate-limiter-flexible: in the memory of one process, or in Redis for all of them.
 * @module
 */
import type { RateLimiter, RateLimitKind, RateQuota, RateVerdict } from '@countersign/core'
import { type RateLimiterAbstract, RateLimiterMemory, RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible'

export type RateLimit = RateQuota

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
  /**
   * Whether 429 names the limit that was met, in the fields `RateLimit-Policy` and `RateLimit`. For keys and partners alone:
   * an address has not verified. Default `false`.
   */
  readonly fields?: boolean
  /** What the names of keys in Redis begin with. Default `countersign-limits`. */
  readonly keyPrefix?: string
}

const KINDS: readonly RateLimitKind[] = ['key', 'partner', 'address']

const OPTIONS: readonly string[] = [...KINDS, 'redis', 'fields', 'keyPrefix']

/** @throws TypeError that names the option */
export function rateLimits(options: RateLimitsOptions): RateLimiter {
  for (const name of Object.keys(options)) {
    if (!OPTIONS.includes(name)) throw new TypeError(`rateLimits: ${name}: there is no such option`)
  }
  const { fields = false } = options
  if (typeof fields !== 'boolean') throw new TypeError('rateLimits: fields: true or false')
  const limiters = new Map<RateLimitKind, Counter>()
  for (const kind of KINDS) {
    const limit = options[kind]
    if (limit === undefined) continue
    const quota = checkLimit(limit, kind)
    limiters.set(kind, { limiter: createLimiter(kind, quota, options), told: fields ? { quota } : {} })
  }
  if (limiters.size === 0) throw new TypeError(`rateLimits: name at least one of ${KINDS.join(', ')}`)
  return {
    charge(kind, id) {
      const counter = limiters.get(kind)
      return counter === undefined ? ALLOWED : consume(counter, id)
    },
  }
}

interface Counter {
  readonly limiter: RateLimiterAbstract
  readonly told: { readonly quota?: RateLimit }
}

const ALLOWED: RateVerdict = Object.freeze({ allowed: true })

async function consume({ limiter, told }: Counter, id: string): Promise<RateVerdict> {
  try {
    await limiter.consume(id)
    return ALLOWED
  } catch (error) {
    // It rejects with a result for "too many" and with an Error for "cannot tell".
    if (!(error instanceof RateLimiterRes)) throw error
    return { allowed: false, retryAfterSeconds: error.msBeforeNext / 1000, ...told }
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
