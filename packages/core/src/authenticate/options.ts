/** What an authenticator is made of. Checked once, at construction; a wrong option throws a TypeError that names it. @module */
import type { Listeners } from '../events/events.ts'
import type { ForeignFormat } from '../key/foreign-format.ts'
import type { Peppers } from '../key/peppers.ts'
import type { RateLimiter } from '../policy/rate-limiter.ts'
import type { Require } from '../policy/requirement.ts'
import { checkMembers } from '../primitives/check-option.ts'
import type { Primitives } from '../primitives/primitives.ts'
import type { Registry } from '../registry/registry.ts'
import type { RevocationOption } from '../revocation/revocation-policy.ts'
import type { CertificateSource } from '../source/certificate-source.ts'
import type { TokenVerifier } from '../token/token-verifier.ts'
import type { AlgorithmPolicy } from '../x509/algorithm-policy.ts'
import type { CertificateInput } from './trust.ts'

export interface CertificateOptions {
  /** The CAs that are trusted, and no others: there are no default roots. Never empty. */
  readonly anchors: CertificateInput
  /** Intermediates that need not be sent. Configured ones come first: a resumed TLS session has lost what the client sent. */
  readonly intermediates?: CertificateInput
  /** There is no default. `'unchecked'` says in words that revoked certificates pass. */
  readonly revocation: RevocationOption
  /** Default `tlsPeer()`. */
  readonly source?: CertificateSource
  /** Default: the leaf must carry clientAuth; neither absence nor anyExtendedKeyUsage will do. */
  readonly extendedKeyUsage?: { readonly absent?: 'refuse' | 'accept'; readonly any?: 'refuse' | 'accept' }
  /** Default `refuse`. */
  readonly expiredAnchors?: 'refuse' | 'accept'
  readonly algorithms?: AlgorithmPolicy
  readonly maxIntermediates?: number
  /** How long a verified path is remembered at most. Default 3600. Dates, revocation and permission are checked on every request all the same. */
  readonly rememberSeconds?: number
  /** An `expiring` event when a certificate in use ends within so many days. Default 14. */
  readonly warnDays?: number
}

export interface KeyOptions {
  readonly registry: Registry
  /** Default `authorization`, scheme Bearer; or one field of another name, which holds the bare key. */
  readonly header?: string
  /** Keys with another prefix are refused before any look-up, for instance test keys: `['cs_live']`. Default: any. */
  readonly prefixes?: readonly string[]
  /** For digests of the form `hmac-sha256$<version>$<hex>`. */
  readonly peppers?: Peppers
  /** What becomes of a key that was seen in a URL or over plaintext, once the whole of it matched. Default `report`. */
  readonly onExposed?: 'report' | 'suspend' | 'revoke'
  /** How long the registry may take. Default 2. */
  readonly timeoutSeconds?: number
  /** Forms of imported keys (`RegistryAdmin.importKey`), tried in order for what is no key of ours. Default: none. */
  readonly formats?: readonly ForeignFormat[]
}

export interface LimitOptions {
  /** `rateLimits({ … })` of `@countersign/rate-limits`, or anything that counts. */
  readonly limiter: RateLimiter
  /** What becomes of a verified request while the limiter does not answer. Default `refuse`: 503. */
  readonly whenUnavailable?: 'refuse' | 'accept'
  /** How long the limiter may take. Default 1. */
  readonly timeoutSeconds?: number
}

interface CommonOptions<R extends Require> {
  readonly certificate: CertificateOptions
  /** Default `certificate+key`. */
  readonly require?: R
  /** Listeners by event name; more can be added with `authenticator.on`. */
  readonly on?: Listeners
  /** Per key, per partner, and per address for credentials that failed. Default: no limits. */
  readonly limits?: LimitOptions
  /** Base of a problem's `type`, before `#<code>`. Default: the page of this project that describes them. */
  readonly problemBase?: string
  /** For 503. Default 5. */
  readonly retryAfterSeconds?: number
  readonly clock?: () => Date
  readonly primitives?: Primitives
}

interface KeyCredential {
  readonly key: KeyOptions
  readonly token?: never
}

interface TokenCredential {
  /** `tokenVerifier({ … })` of the door `tokens`. */
  readonly token: TokenVerifier
  /** A service that checks tokens offline needs no registry; with one, a revoked key also ends the tokens issued for it. */
  readonly key?: KeyOptions
}

interface KeyOrTokenCredential {
  readonly key: KeyOptions
  readonly token: TokenVerifier
}

type CredentialOptions<R extends Require> = R extends 'certificate+token'
  ? TokenCredential
  : R extends 'certificate+key-or-token'
    ? KeyOrTokenCredential
    : KeyCredential

export type AuthenticatorOptions<R extends Require = Require> = CommonOptions<R> & CredentialOptions<R>

const KNOWN = {
  '': [
    'certificate',
    'key',
    'token',
    'require',
    'on',
    'limits',
    'problemBase',
    'retryAfterSeconds',
    'clock',
    'primitives',
  ],
  certificate: [
    'anchors',
    'intermediates',
    'revocation',
    'source',
    'extendedKeyUsage',
    'expiredAnchors',
    'algorithms',
    'maxIntermediates',
    'rememberSeconds',
    'warnDays',
  ],
  key: ['registry', 'header', 'prefixes', 'peppers', 'onExposed', 'timeoutSeconds', 'formats'],
  limits: ['limiter', 'whenUnavailable', 'timeoutSeconds'],
} as const

/** @throws TypeError for an option that there is not, or that `require` has no use for */
export function assertKnownOptions(options: unknown): asserts options is AuthenticatorOptions {
  checkMembers(options, '', KNOWN[''])
  checkMembers((options as AuthenticatorOptions).certificate, 'certificate', KNOWN.certificate)
  const { key, token, require, limits } = options as Partial<AuthenticatorOptions>
  if (limits !== undefined) checkMembers(limits, 'limits', KNOWN.limits)
  if (key !== undefined || require !== 'certificate+token') checkMembers(key, 'key', KNOWN.key)
  const wanted = require === 'certificate+token' || require === 'certificate+key-or-token'
  if (wanted && (typeof token?.verify !== 'function' || typeof token.findExposed !== 'function'))
    throw new TypeError('token: a verifier, for instance tokenVerifier({ … })')
  if (!wanted && token !== undefined) {
    throw new TypeError("token: only with require: 'certificate+token' or 'certificate+key-or-token'")
  }
}
