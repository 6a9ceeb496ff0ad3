/**
 * X.509: certificates parsed strictly and certification paths verified (RFC 5280), useful without the rest of this package.
 * @module
 */

export type { Budget } from './path/budget.ts'
export { DEFAULT_BUDGET } from './path/budget.ts'
export type { NameFact, PathPlace, PathReason } from './path/path-reason.ts'
export type { CertificateUsage, PathRules, PolicyRules, RequestedName } from './path/path-settings.ts'
export type { TrustAnchor } from './path/trust-anchor.ts'
export { createTrustAnchor } from './path/trust-anchor.ts'
export type { VerifiedPath } from './path/verified-path.ts'
export type { VerifyPathOptions, VerifyPathResult } from './path/verify-path.ts'
export { verifyPath } from './path/verify-path.ts'
export type { MaybePromise } from './primitives/flow.ts'
export type {
  DigestAlgorithm,
  Primitives,
  SignatureCheck,
  SignatureScheme,
  SignatureVerdict,
} from './primitives/primitives.ts'
export type { AlgorithmPolicy, SignatureAlgorithm } from './x509/algorithm-policy.ts'
export { DEFAULT_ALGORITHMS } from './x509/algorithm-policy.ts'
export type { Certificate } from './x509/certificate.ts'
export { parseCertificate } from './x509/certificate.ts'
export type { CertificateInput } from './x509/certificate-bundle.ts'
export { parseCertificates } from './x509/certificate-bundle.ts'
export type { CertificateErrorCode } from './x509/certificate-error.ts'
export { CertificateError } from './x509/certificate-error.ts'
export type { Extension } from './x509/extension.ts'
export type {
  AccessDescription,
  AuthorityKeyIdentifier,
  BasicConstraints,
  DistributionPoint,
  DistributionPointName,
  KeyUsage,
  NameConstraints,
  PolicyConstraints,
  PolicyMapping,
} from './x509/extension-values.ts'
export type { GeneralName, SanName } from './x509/general-name.ts'
export type { Name, NameAttribute, RelativeName } from './x509/name.ts'
export type { KeyFault } from './x509/public-key.ts'
