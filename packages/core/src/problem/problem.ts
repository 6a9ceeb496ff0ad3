/** What a refused caller is told: coarse, public, and the same for whoever must not learn the difference (RFC 9457). @module */
import type { CredentialKind } from '../policy/policy-reason.ts'
import type { RateQuota } from '../policy/rate-limiter.ts'

export type ProblemCode =
  | 'insecure-transport'
  | 'credentials-in-url'
  | 'credentials-malformed'
  | 'credentials-missing'
  | 'credentials-invalid'
  | 'credential-exposed'
  | 'verification-unavailable'
  | 'rate-limited'
  | 'scope-insufficient'
  | 'internal-error'

export interface ProblemDefinition {
  readonly status: number
  readonly title: string
  /** Helps the client to mend its request; says nothing that only an operator may know (RFC 9457 §3.1.4). */
  readonly detail: string
}

/** In order of precedence: where several would apply, the first is answered. Nobody else knows a status code. */
export const PROBLEMS: Readonly<Record<ProblemCode, ProblemDefinition>> = {
  'insecure-transport': {
    status: 403,
    title: 'Insecure transport',
    detail: 'Use TLS. Replace every credential that was sent with this request: it is exposed.',
  },
  'credentials-in-url': {
    status: 400,
    title: 'Credentials in the URL',
    detail: 'URLs are logged. Send credentials in their header, and replace the one that was sent.',
  },
  'credentials-malformed': {
    status: 400,
    title: 'Malformed credentials',
    detail: 'Send each credential once, in its own place and form.',
  },
  'credentials-missing': {
    status: 401,
    title: 'Credentials missing',
    detail: 'Send the credentials that this API asks for.',
  },
  'credentials-invalid': {
    status: 401,
    title: 'Credentials invalid',
    detail: 'Not valid, or not of one partner. The operator knows why by the correlation id.',
  },
  'credential-exposed': {
    status: 401,
    title: 'Credential exposed',
    detail: 'Seen in a URL or over plaintext. Ask the operator for a new one.',
  },
  'verification-unavailable': {
    status: 503,
    title: 'Verification unavailable',
    detail: 'The credentials cannot be verified now. Try again later.',
  },
  'rate-limited': { status: 429, title: 'Too many requests', detail: 'Slow down and try again later.' },
  'scope-insufficient': {
    status: 403,
    title: 'Insufficient scope',
    detail: 'The credentials do not allow this.',
  },
  'internal-error': { status: 500, title: 'Internal error', detail: 'The request could not be judged.' },
}

const ORDER = Object.keys(PROBLEMS) as readonly ProblemCode[]

/** Negative if `a` is answered in preference to `b`. */
export function comparePrecedence(a: ProblemCode, b: ProblemCode): number {
  return ORDER.indexOf(a) - ORDER.indexOf(b)
}

/** One refusal as the caller sees it. */
export interface Problem {
  readonly code: ProblemCode
  readonly type: string
  readonly status: number
  readonly title: string
  readonly detail: string
  /** 128 random bits in hex, made by us: in the response and in the event, so that an operator finds the exact reason. */
  readonly correlationId: string
  /** For `credentials-missing`: which kinds are wanted and were not there. */
  readonly missing?: readonly CredentialKind[]
  /** For `scope-insufficient`: what the route asks for. */
  readonly requiredScopes?: readonly string[]
  /** For 429 and 503. */
  readonly retryAfterSeconds?: number
  /** For 429, where the limiter says it: the limit that was met. */
  readonly quota?: RateQuota & { readonly name: 'key' | 'partner' }
  /** For 401 (RFC 9110 §11.6.1) and for `scope-insufficient` (RFC 6750 §3.1): the value of `WWW-Authenticate`. */
  readonly challenge?: string
}
