/**
 * Which problem each reason must be answered with, and with which status: said here a second time and on purpose, from
 * the design and not from the core's own tables.
 * @module
 */
import type { ProblemCode, Reason } from '@countersign/core'

type ReasonCode = Reason['code']

const STATUS: Readonly<Record<ProblemCode, number>> = {
  'insecure-transport': 403,
  'credentials-in-url': 400,
  'credentials-malformed': 400,
  'credentials-missing': 401,
  'credentials-invalid': 401,
  'credential-exposed': 401,
  'verification-unavailable': 503,
  'rate-limited': 429,
  'scope-insufficient': 403,
  'internal-error': 500,
}

/** Everything else is a fault of one of the credentials: one answer for all of it. */
const OTHER_PROBLEMS: { readonly [R in ReasonCode]?: ProblemCode } = {
  'transport-insecure': 'insecure-transport',
  'key-in-url': 'credentials-in-url',
  'token-in-url': 'credentials-in-url',
  'header-duplicated': 'credentials-malformed',
  'header-nominated': 'credentials-malformed',
  'header-alias': 'credentials-malformed',
  'header-undecodable': 'credentials-malformed',
  'source-untrusted': 'credentials-malformed',
  'source-conflict': 'credentials-malformed',
  'key-misplaced': 'credentials-malformed',
  'token-misplaced': 'credentials-malformed',
  'bearer-ambiguous': 'credentials-malformed',
  'credentials-missing': 'credentials-missing',
  'certificate-missing': 'credentials-missing',
  'key-missing': 'credentials-missing',
  'token-missing': 'credentials-missing',
  'key-exposed': 'credential-exposed',
  'registry-unavailable': 'verification-unavailable',
  'revocation-unavailable': 'verification-unavailable',
  'token-keys-unavailable': 'verification-unavailable',
  'limiter-unavailable': 'verification-unavailable',
  'rate-limited': 'rate-limited',
  'scope-missing': 'scope-insufficient',
  'source-failed': 'internal-error',
  'internal-error': 'internal-error',
}

export function expectedProblem(reason: ReasonCode): { readonly code: ProblemCode; readonly status: number } {
  const code = OTHER_PROBLEMS[reason] ?? 'credentials-invalid'
  return { code, status: STATUS[code] }
}

export function statusOf(problem: ProblemCode): number {
  return STATUS[problem]
}
