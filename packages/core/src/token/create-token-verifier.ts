/** Certificate-bound access tokens (RFC 8705 §3, RFC 9068), checked offline. @module */
import { compactVerify } from 'jose'
import { primitives } from '#primitives'
import { encodeBase64Url } from '../bytes/base64.ts'
import { decodeHex, encodeHex } from '../bytes/hex.ts'
import { encodeUtf8 } from '../bytes/text.ts'
import { BoundedMap } from '../primitives/bounded-map.ts'
import { type Flow, type MaybePromise, runFlow, settle } from '../primitives/flow.ts'
import { type ClaimRules, readClaims } from './claims.ts'
import { findExposedToken } from './exposed-tokens.ts'
import { readJwtForm } from './jwt-form.ts'
import { DEFAULT_TOKEN_ALGORITHMS, type KeySet, parseKeySet, type VerificationKey } from './key-set.ts'
import {
  fixedKeySet,
  type KeySource,
  KeysUnavailable,
  type RemoteKeySetOptions,
  remoteKeySet,
} from './remote-key-set.ts'
import type { TokenReason } from './token-reason.ts'
import type { TokenVerdict, TokenVerifier, VerifiedToken } from './token-verifier.ts'

export interface TokenVerifierOptions {
  /** `iss`, to the letter. */
  readonly issuer: string
  /** This service, as the issuer names it: one of a token's `aud` must be it. */
  readonly audience: string
  /** The issuer's keys: an `https:` URL of a JWK set, the same with options, or the set itself. */
  readonly keys: string | RemoteKeySetOptions | { readonly keys: readonly object[] }
  /** Default: ES256/384/512, PS256/384/512, RS256/384/512, EdDSA. Symmetric algorithms and `none` cannot be named. */
  readonly algorithms?: readonly string[]
  /** For clocks that differ, at both ends of a token's time. Default 5, at most 300. */
  readonly clockToleranceSeconds?: number
  /** Since `iat`. Default 3600. */
  readonly maxAgeSeconds?: number
  /** Default `at+jwt` (RFC 9068 §2.1). */
  readonly type?: string
}

/** Verdicts that are kept: a few hundred bytes each. */
const VERDICT_CAPACITY = 10_000

/** Keys that could all have signed it are tried in turn; an issuer that publishes more under one id is broken. */
const MAX_CANDIDATES = 4

const OPTIONS = ['issuer', 'audience', 'keys', 'algorithms', 'clockToleranceSeconds', 'maxAgeSeconds', 'type']

/**
 * Checks a token against the verified certificate of its request: signature, type, issuer, audience, dates, and the
 * binding `cnf["x5t#S256"]`, without which a token is refused.
 *
 * @example
 * countersign({
 *   require: 'certificate+token',
 *   certificate: { anchors, revocation },
 *   token: tokenVerifier({
 *     issuer: 'https://issuer.example',
 *     audience: 'https://orders.example',
 *     keys: 'https://issuer.example/.well-known/jwks.json',
 *   }),
 * })
 * @throws TypeError naming the option
 */
export function tokenVerifier(options: TokenVerifierOptions): TokenVerifier {
  for (const name of Object.keys(options)) {
    if (!OPTIONS.includes(name)) throw new TypeError(`tokenVerifier: ${name}: there is no such option`)
  }
  const algorithms = checkAlgorithms(options.algorithms)
  const rules: ClaimRules = {
    issuer: checkText(options.issuer, 'issuer'),
    audience: checkText(options.audience, 'audience'),
    toleranceMilliseconds: checkSeconds(options.clockToleranceSeconds, 5, 300, 'clockToleranceSeconds') * 1000,
    maxAgeMilliseconds: checkSeconds(options.maxAgeSeconds, 3_600, 31_536_000, 'maxAgeSeconds') * 1000,
  }
  const type = normaliseType(checkText(options.type ?? 'at+jwt', 'type'))
  const source = openKeys(options.keys)
  const verdicts = new BoundedMap<string, { readonly token: VerifiedToken; readonly epoch: number }>(VERDICT_CAPACITY)

  function* verify(text: string, fingerprint: string, at: Date): Flow<TokenVerdict> {
    // Keyed by digest, so that no token lies in memory; and by certificate, so that a verdict never serves another one.
    const digest = encodeHex(yield* settle(primitives.digest('SHA-256', encodeUtf8(text))))
    const known = verdicts.get(`${digest}${fingerprint}`)
    // Asking for the keys also refreshes them ahead of need.
    if (known !== undefined && (yield* isCurrent(known.epoch, at))) {
      const reason = standing(known.token, at)
      return reason === undefined ? { ok: true, token: known.token } : refuse(reason)
    }
    const verdict = yield* verifyAnew(text, fingerprint, at)
    if (verdict.ok) verdicts.set(`${digest}${fingerprint}`, { token: verdict.token, epoch: source.epoch })
    return verdict
  }

  function* isCurrent(epoch: number, at: Date): Flow<boolean> {
    try {
      yield* settle(source.current(at))
    } catch {
      return false
    }
    return source.epoch === epoch
  }

  function* verifyAnew(text: string, fingerprint: string, at: Date): Flow<TokenVerdict> {
    const form = readJwtForm(text)
    if (typeof form === 'string') return refuse({ code: 'token-malformed', cause: form })
    const { header, claims } = form
    if (typeof header.typ !== 'string' || normaliseType(header.typ) !== type) {
      return refuse({ code: 'token-type-wrong', type: describe(header.typ) })
    }
    const { alg: algorithm, kid } = header
    if (typeof algorithm !== 'string' || !algorithms.has(algorithm)) {
      return refuse({ code: 'token-algorithm-refused', algorithm: describe(algorithm) })
    }
    if (kid !== undefined && typeof kid !== 'string') return refuse({ code: 'token-key-unknown', keyId: undefined })
    // The binding and the dates first: what cannot be accepted need not be verified, and says nothing that its bearer does not know.
    const read = readClaims(claims, expectedThumbprint(fingerprint), rules, at)
    if ('code' in read) return refuse(read)
    const reason = yield* verifySignature(text, kid, algorithm, at)
    return reason === undefined ? { ok: true, token: read } : refuse(reason)
  }

  function* verifySignature(
    text: string,
    keyId: string | undefined,
    algorithm: string,
    at: Date,
  ): Flow<TokenReason | undefined> {
    try {
      let keys: KeySet | undefined = yield* settle(source.current(at))
      let candidates = keys.candidates(keyId, algorithm)
      if (candidates.length === 0) {
        keys = yield* settle(source.renew(at))
        candidates = keys?.candidates(keyId, algorithm) ?? []
      }
      if (candidates.length === 0)
        return { code: 'token-key-unknown', keyId: keyId === undefined ? undefined : describe(keyId) }
      for (const key of candidates.slice(0, MAX_CANDIDATES)) {
        if (yield* settle(isSignedBy(text, key, algorithm))) return undefined
      }
      return { code: 'token-signature-invalid' }
    } catch (error) {
      if (error instanceof KeysUnavailable)
        return { code: 'token-keys-unavailable', source: error.source, cause: error.message }
      throw error
    }
  }

  function standing(token: VerifiedToken, at: Date): TokenReason | undefined {
    const now = at.getTime()
    if (now - rules.toleranceMilliseconds >= token.expiresAt.getTime())
      return { code: 'token-expired', expiresAt: token.expiresAt }
    if (now - rules.toleranceMilliseconds - token.issuedAt.getTime() > rules.maxAgeMilliseconds) {
      return { code: 'token-too-old', issuedAt: token.issuedAt }
    }
    return undefined
  }

  return {
    name: source.name,
    findExposed: (target) => findExposedToken(target, rules.issuer),
    verify: (text, fingerprint, at): MaybePromise<TokenVerdict> => runFlow(verify(text, fingerprint, at)),
    standing,
    close: () => source.close(),
  }
}

async function isSignedBy(text: string, key: VerificationKey, algorithm: string): Promise<boolean> {
  try {
    await compactVerify(text, await key.importFor(algorithm), { algorithms: [algorithm] })
    return true
  } catch {
    // jose throws for a wrong signature, for a key that is too weak, and for one that cannot be imported: none of them is a yes.
    return false
  }
}

/** RFC 8705 §3.1: base64url of the SHA-256 of the DER. */
function expectedThumbprint(fingerprint: string): string {
  return encodeBase64Url(decodeHex(fingerprint) ?? new Uint8Array())
}

function openKeys(keys: TokenVerifierOptions['keys']): KeySource {
  if (typeof keys === 'string') return remoteKeySet({ url: keys }, 'tokenVerifier: keys')
  if (typeof keys === 'object' && keys !== null && 'url' in keys) return remoteKeySet(keys, 'tokenVerifier: keys')
  try {
    return fixedKeySet(parseKeySet(keys))
  } catch (error) {
    throw new TypeError(`tokenVerifier: keys: ${error instanceof Error ? error.message : 'unreadable'}`)
  }
}

function checkAlgorithms(given: readonly string[] | undefined): ReadonlySet<string> {
  const list = given ?? DEFAULT_TOKEN_ALGORITHMS
  if (!Array.isArray(list) || list.length === 0) throw new TypeError('tokenVerifier: algorithms: name at least one')
  for (const name of list) {
    if (!DEFAULT_TOKEN_ALGORITHMS.includes(name)) {
      throw new TypeError(
        `tokenVerifier: algorithms: "${String(name)}" is none of ${DEFAULT_TOKEN_ALGORITHMS.join(', ')}`,
      )
    }
  }
  return new Set(list)
}

function checkText(value: unknown, option: string): string {
  if (typeof value !== 'string' || value === '') throw new TypeError(`tokenVerifier: ${option}: a non-empty string`)
  return value
}

function checkSeconds(value: number | undefined, fallback: number, max: number, option: string): number {
  if (value === undefined) return fallback
  if (typeof value !== 'number' || !(value >= 0 && value <= max)) {
    throw new TypeError(`tokenVerifier: ${option}: a number of seconds from 0 to ${max}`)
  }
  return value
}

/** RFC 7515 §4.1.9: `application/` may be left out, and media types are case-insensitive. */
function normaliseType(type: string): string {
  const lower = type.toLowerCase()
  return lower.startsWith('application/') ? lower.slice(12) : lower
}

/** What a token claims of itself, short enough to be written down. */
function describe(value: unknown): string {
  return typeof value === 'string' ? value.slice(0, 64) : typeof value
}

function refuse(reason: TokenReason): TokenVerdict {
  return { ok: false, reason }
}
