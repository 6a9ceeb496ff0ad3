/**
 * Limits, charged where nobody can charge them to somebody else: keys and partners after the credential was verified, an
 * address after it failed. A request that verifies is never held up for its address, and no limit turns into a 401.
 * @module
 */
import { encodeHex } from '../bytes/hex.ts'
import type { Exchange } from '../exchange/exchange.ts'
import type { RateLimitKind, RateQuota, RateVerdict } from '../policy/rate-limiter.ts'
import { checkNumber, checkWord } from '../primitives/check-option.ts'
import { type Flow, settle } from '../primitives/flow.ts'
import type { Reason } from '../problem/reason.ts'
import { RegistryFault } from '../registry/registry-fault.ts'
import { parseAddress } from '../source/address-range.ts'
import type { CertificateSource } from '../source/certificate-source.ts'
import type { Grant } from './check-together.ts'
import type { LimitOptions } from './options.ts'
import { createRegistryAccess } from './registry-access.ts'

export interface RateLimits {
  /** For a request that verified. */
  checkGrant(grant: Grant): Flow<Reason | undefined>
  /** For one whose credential failed. @returns what is answered instead, if its address has failed too often */
  checkFailure(exchange: Exchange, reason: Reason): Flow<Reason | undefined>
}

/** @throws TypeError that names the option */
export function createRateLimits(options: LimitOptions, source: CertificateSource): RateLimits {
  const { limiter } = options
  if (typeof limiter?.charge !== 'function') throw new TypeError('limits.limiter: has no charge()')
  const whenUnavailable = checkWord(options.whenUnavailable, 'refuse', 'limits.whenUnavailable', ['refuse', 'accept'])
  const access = createRegistryAccess(checkNumber(options.timeoutSeconds, 1, 'limits.timeoutSeconds', 0.001, 60))

  /** `undefined`: the limiter did not answer. */
  function* charge(kind: RateLimitKind, id: string): Flow<RateVerdict | undefined> {
    try {
      return readVerdict(yield* settle(access.ask<unknown>('charge', () => limiter.charge(kind, id))))
    } catch (error) {
      if (error instanceof RegistryFault) return undefined
      throw error
    }
  }

  function* check(limit: RateLimitKind, id: string): Flow<Reason | undefined> {
    const verdict = yield* charge(limit, id)
    if (verdict === undefined) return whenUnavailable === 'refuse' ? { code: 'limiter-unavailable', limit } : undefined
    if (verdict.allowed) return undefined
    const { allowed: _, ...told } = verdict
    return { code: 'rate-limited', limit, ...told }
  }

  return {
    *checkGrant({ key, partner }) {
      // A key that is over its own limit uses up nothing of its partner's.
      return (key === undefined ? undefined : yield* check('key', key.key.id)) ?? (yield* check('partner', partner.id))
    },
    *checkFailure(exchange, reason) {
      const address = clientAddress(exchange, source)
      const verdict = address === undefined ? undefined : yield* charge('address', address)
      if (verdict === undefined || verdict.allowed) return undefined
      const { retryAfterSeconds } = verdict
      return { code: 'rate-limited', limit: 'address', retryAfterSeconds, hides: reason.code }
    },
  }
}

/**
 * Whose failure it is. Behind a trusted hop only the element that the hop itself added last counts: whatever stands before it
 * came from the client.
 */
function clientAddress(exchange: Exchange, source: CertificateSource): string | undefined {
  const text = source.trusts?.(exchange) === true ? lastForwarded(exchange) : peerAddress(exchange)
  const address = text === undefined ? undefined : parseAddress(text)
  return address && encodeHex(address.length === 16 ? address.subarray(0, 8) : address)
}

function peerAddress({ peer }: Exchange): string | undefined {
  return peer.kind === 'tcp' ? peer.address : undefined
}

function lastForwarded({ headers }: Exchange): string | undefined {
  return headers.all('x-forwarded-for').at(-1)?.split(',').at(-1)?.trim()
}

/** Anything else than a verdict is a limiter that is broken. */
function readVerdict(answer: unknown): RateVerdict {
  const { allowed, retryAfterSeconds, quota } = (answer ?? {}) as Partial<Record<string, unknown>>
  if (allowed === true) return { allowed }
  if (allowed !== false || typeof retryAfterSeconds !== 'number' || !Number.isFinite(retryAfterSeconds)) {
    throw new RegistryFault('charge', 'not a verdict')
  }
  // RFC 9110 §10.2.3: whole seconds; 0 would invite a loop.
  const wait = Math.min(Math.max(1, Math.ceil(retryAfterSeconds)), 86_400)
  return quota === undefined
    ? { allowed, retryAfterSeconds: wait }
    : { allowed, retryAfterSeconds: wait, quota: readQuota(quota) }
}

function readQuota(answer: unknown): RateQuota {
  const { requests, perSeconds } = (answer ?? {}) as Partial<RateQuota>
  if (!isCount(requests) || !isCount(perSeconds)) throw new RegistryFault('charge', 'not a quota')
  return { requests, perSeconds }
}

/** What an Integer of structured fields can hold (RFC 9651 §3.3.1). */
function isCount(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 1 && (value as number) <= 999_999_999_999_999
}
