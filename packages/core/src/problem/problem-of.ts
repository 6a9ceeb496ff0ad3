/** The one table from reason to problem: exhaustive by type, so that a new reason cannot be forgotten. @module */
import type { ProblemCode } from './problem.ts'
import type { Reason } from './reason.ts'

const MALFORMED = 'credentials-malformed'
const MISSING = 'credentials-missing'
const INVALID = 'credentials-invalid'
const UNAVAILABLE = 'verification-unavailable'

export const PROBLEM_OF: Readonly<Record<Reason['code'], ProblemCode>> = {
  // Transport and exposure
  'transport-insecure': 'insecure-transport',
  'key-in-url': 'credentials-in-url',
  'token-in-url': 'credentials-in-url',

  // Framing: who says what, in which field
  'header-duplicated': MALFORMED,
  'header-nominated': MALFORMED,
  'header-alias': MALFORMED,
  'header-undecodable': MALFORMED,
  'source-untrusted': MALFORMED,
  'source-conflict': MALFORMED,
  'key-misplaced': MALFORMED,
  'token-misplaced': MALFORMED,
  'bearer-ambiguous': MALFORMED,

  // Presence
  'credentials-missing': MISSING,
  'certificate-missing': MISSING,
  'key-missing': MISSING,
  'token-missing': MISSING,

  // The certificate and its path: one answer for all of it
  'certificates-oversized': INVALID,
  'certificate-withheld': INVALID,
  'certificate-refused-upstream': INVALID,
  'certificate-malformed': INVALID,
  'issuer-unknown': INVALID,
  'signature-invalid': INVALID,
  'algorithm-refused': INVALID,
  'algorithm-unsupported': INVALID,
  'algorithm-mismatch': INVALID,
  'key-refused': INVALID,
  'certificate-expired': INVALID,
  'certificate-not-yet-valid': INVALID,
  'anchor-expired': INVALID,
  'anchor-not-yet-valid': INVALID,
  'certificate-version': INVALID,
  'serial-number-invalid': INVALID,
  'subject-empty': INVALID,
  'basic-constraints-missing': INVALID,
  'path-length-exceeded': INVALID,
  'key-usage-missing': INVALID,
  'key-usage-contradictory': INVALID,
  'extended-key-usage-missing': INVALID,
  'extension-critical-unknown': INVALID,
  'extension-critical-forbidden': INVALID,
  'extension-critical-required': INVALID,
  'extension-misplaced': INVALID,
  'extension-missing': INVALID,
  'name-constraint-violated': INVALID,
  'name-constraint-unsupported': INVALID,
  'name-constraint-malformed': INVALID,
  'name-malformed': INVALID,
  'name-missing': INVALID,
  'policy-unacceptable': INVALID,
  'policy-mapping-invalid': INVALID,
  'depth-exceeded': INVALID,
  'budget-exhausted': INVALID,
  'spiffe-id-ambiguous': INVALID,

  // Revocation
  'certificate-revoked': INVALID,
  'certificate-status-unknown': INVALID,
  'certificate-denied': INVALID,
  'revocation-unavailable': UNAVAILABLE,

  // The key
  'key-scheme-wrong': INVALID,
  'key-malformed': INVALID,
  'key-checksum-wrong': INVALID,
  'key-environment-wrong': INVALID,
  'key-unknown': INVALID,
  'key-mismatch': INVALID,
  'key-not-yet-valid': INVALID,
  'key-expired': INVALID,
  'key-revoked': INVALID,
  'key-suspended': INVALID,
  'key-exposed': 'credential-exposed',

  // The token
  'token-malformed': INVALID,
  'token-type-wrong': INVALID,
  'token-algorithm-refused': INVALID,
  'token-key-unknown': INVALID,
  'token-signature-invalid': INVALID,
  'token-claim-invalid': INVALID,
  'token-expired': INVALID,
  'token-not-yet-valid': INVALID,
  'token-too-old': INVALID,
  'token-unbound': INVALID,
  'token-mismatch': INVALID,
  'token-partner-mismatch': INVALID,
  'token-keys-unavailable': UNAVAILABLE,

  // Both together
  'binding-missing': INVALID,
  'certificate-required-by-key': INVALID,
  'partner-unknown': INVALID,
  'partner-ambiguous': INVALID,
  'partner-suspended': INVALID,

  // Afterwards
  'scope-missing': 'scope-insufficient',
  'rate-limited': 'rate-limited',

  // Faults
  'registry-unavailable': UNAVAILABLE,
  'limiter-unavailable': UNAVAILABLE,
  'source-failed': 'internal-error',
  'internal-error': 'internal-error',
}

export function problemOf(reason: Reason): ProblemCode {
  return PROBLEM_OF[reason.code]
}
