/** The one table from reason to problem: exhaustive by type, so that a new reason cannot be forgotten. @module */
import type { ProblemCode } from './problem.ts'
import type { Reason } from './reason.ts'

const PROBLEM_OF: Readonly<Record<Reason['code'], ProblemCode>> = {
  // Transport and exposure
  'transport-insecure': 'insecure-transport',
  'key-in-url': 'credentials-in-url',
  'token-in-url': 'credentials-in-url',

  // Framing: who says what, in which field
  'header-duplicated': 'credentials-malformed',
  'header-nominated': 'credentials-malformed',
  'header-alias': 'credentials-malformed',
  'header-undecodable': 'credentials-malformed',
  'source-untrusted': 'credentials-malformed',
  'source-conflict': 'credentials-malformed',
  'key-misplaced': 'credentials-malformed',
  'token-misplaced': 'credentials-malformed',
  'bearer-ambiguous': 'credentials-malformed',

  // Presence
  'credentials-missing': 'credentials-missing',
  'certificate-missing': 'credentials-missing',
  'key-missing': 'credentials-missing',
  'token-missing': 'credentials-missing',

  // The certificate and its path: one answer for all of it
  'certificates-oversized': 'credentials-invalid',
  'certificate-withheld': 'credentials-invalid',
  'certificate-refused-upstream': 'credentials-invalid',
  'certificate-malformed': 'credentials-invalid',
  'issuer-unknown': 'credentials-invalid',
  'signature-invalid': 'credentials-invalid',
  'algorithm-refused': 'credentials-invalid',
  'algorithm-unsupported': 'credentials-invalid',
  'algorithm-mismatch': 'credentials-invalid',
  'key-refused': 'credentials-invalid',
  'certificate-expired': 'credentials-invalid',
  'certificate-not-yet-valid': 'credentials-invalid',
  'anchor-expired': 'credentials-invalid',
  'anchor-not-yet-valid': 'credentials-invalid',
  'certificate-version': 'credentials-invalid',
  'serial-number-invalid': 'credentials-invalid',
  'subject-empty': 'credentials-invalid',
  'basic-constraints-missing': 'credentials-invalid',
  'path-length-exceeded': 'credentials-invalid',
  'key-usage-missing': 'credentials-invalid',
  'key-usage-contradictory': 'credentials-invalid',
  'extended-key-usage-missing': 'credentials-invalid',
  'extension-critical-unknown': 'credentials-invalid',
  'extension-critical-forbidden': 'credentials-invalid',
  'extension-critical-required': 'credentials-invalid',
  'extension-misplaced': 'credentials-invalid',
  'extension-missing': 'credentials-invalid',
  'name-constraint-violated': 'credentials-invalid',
  'name-constraint-unsupported': 'credentials-invalid',
  'name-constraint-malformed': 'credentials-invalid',
  'name-malformed': 'credentials-invalid',
  'name-missing': 'credentials-invalid',
  'policy-unacceptable': 'credentials-invalid',
  'policy-mapping-invalid': 'credentials-invalid',
  'depth-exceeded': 'credentials-invalid',
  'budget-exhausted': 'credentials-invalid',
  'spiffe-id-ambiguous': 'credentials-invalid',

  // Revocation
  'certificate-revoked': 'credentials-invalid',
  'certificate-status-unknown': 'credentials-invalid',
  'certificate-denied': 'credentials-invalid',
  'revocation-unavailable': 'verification-unavailable',

  // The key
  'key-scheme-wrong': 'credentials-invalid',
  'key-malformed': 'credentials-invalid',
  'key-checksum-wrong': 'credentials-invalid',
  'key-environment-wrong': 'credentials-invalid',
  'key-unknown': 'credentials-invalid',
  'key-mismatch': 'credentials-invalid',
  'key-not-yet-valid': 'credentials-invalid',
  'key-expired': 'credentials-invalid',
  'key-revoked': 'credentials-invalid',
  'key-suspended': 'credentials-invalid',
  'key-exposed': 'credential-exposed',

  // The token
  'token-malformed': 'credentials-invalid',
  'token-type-wrong': 'credentials-invalid',
  'token-algorithm-refused': 'credentials-invalid',
  'token-key-unknown': 'credentials-invalid',
  'token-signature-invalid': 'credentials-invalid',
  'token-claim-invalid': 'credentials-invalid',
  'token-expired': 'credentials-invalid',
  'token-not-yet-valid': 'credentials-invalid',
  'token-too-old': 'credentials-invalid',
  'token-unbound': 'credentials-invalid',
  'token-mismatch': 'credentials-invalid',
  'token-partner-mismatch': 'credentials-invalid',
  'token-keys-unavailable': 'verification-unavailable',

  // Both together
  'binding-missing': 'credentials-invalid',
  'certificate-required-by-key': 'credentials-invalid',
  'partner-unknown': 'credentials-invalid',
  'partner-ambiguous': 'credentials-invalid',
  'partner-suspended': 'credentials-invalid',

  // Afterwards
  'scope-missing': 'scope-insufficient',
  'rate-limited': 'rate-limited',

  // Faults
  'registry-unavailable': 'verification-unavailable',
  'limiter-unavailable': 'verification-unavailable',
  'source-failed': 'internal-error',
  'internal-error': 'internal-error',
}

export function problemOf(reason: Reason): ProblemCode {
  return PROBLEM_OF[reason.code]
}
