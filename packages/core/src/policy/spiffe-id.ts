/** SPIFFE IDs in a certificate (SPIFFE X.509-SVID §2). @module */
import type { CertificateNames } from '../registry/certificate-names.ts'
import type { PolicyReason } from './policy-reason.ts'

/** An SVID carries exactly one URI; of two SPIFFE IDs nobody can say which one is meant. */
export function checkSpiffeId(names: CertificateNames): PolicyReason | undefined {
  const count = names.uri.filter((uri) => uri.slice(0, 9).toLowerCase() === 'spiffe://').length
  return count > 1 ? { code: 'spiffe-id-ambiguous', count } : undefined
}
