/** What a refused caller is told: coarse, public, and the same for whoever must not learn the difference (RFC 9457). @module */
import type { CredentialKind } from '../policy/policy-reason.ts'

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
    detail:
      'This API is served over TLS only. Treat any credential that was sent with this request as exposed and replace it.',
  },
  'credentials-in-url': {
    status: 400,
    title: 'Credentials in the URL',
    detail: 'The URL holds an API key. URLs are logged; send the key in its header, and replace the one that was sent.',
  },
  'credentials-malformed': {
    status: 400,
    title: 'Malformed credentials',
    detail: 'Send each credential once, in its own place and in the documented form.',
  },
  'credentials-missing': {
    status: 401,
    title: 'Credentials missing',
    detail: 'This request must carry the credentials that the API asks for.',
  },
  'credentials-invalid': {
    status: 401,
    title: 'Credentials invalid',
    detail:
      'The credentials are not valid, or do not belong together. Give the correlation id to the operator to learn why.',
  },
  'credential-exposed': {
    status: 401,
    title: 'Credential exposed',
    detail: 'This API key was seen in a URL or over plaintext and no longer counts. Ask the operator for a new one.',
  },
  'verification-unavailable': {
    status: 503,
    title: 'Verification unavailable',
    detail: 'The credentials cannot be verified at this moment. Try again later.',
  },
  'rate-limited': { status: 429, title: 'Too many requests', detail: 'Slow down and try again later.' },
  'scope-insufficient': {
    status: 403,
    title: 'Insufficient scope',
    detail: 'The credentials are valid and do not allow this.',
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
  /** For 401 (RFC 9110 §11.6.1) and for `scope-insufficient` (RFC 6750 §3.1): the value of `WWW-Authenticate`. */
  readonly challenge?: string
}
