/** Revocation of certificates: CRLs, the check over a path, and the seam for other sources of revocation. @module */

// Checking a path
export type { CheckRevocationOptions, GivenAnswers } from './revocation/check-revocation.ts'
export { certificateStatus, checkRevocation } from './revocation/check-revocation.ts'
// Reading CRLs
export type { Crl } from './revocation/crl.ts'
export { loadCrl, parseCrl } from './revocation/crl.ts'
export type { CrlEntries, CrlEntry } from './revocation/crl-entries.ts'
export type { CrlErrorCode } from './revocation/crl-error.ts'
export { CrlError } from './revocation/crl-error.ts'
// Providers over the network, for URLs that are listed in full
export type { CrlUrlsOptions } from './revocation/crl-urls.ts'
export { crlUrls } from './revocation/crl-urls.ts'
export type { IssuingDistributionPoint } from './revocation/distribution-point.ts'
export type { FetchedCrlOptions } from './revocation/fetched-crls.ts'
export type { OcspOptions } from './revocation/ocsp.ts'
export { ocsp } from './revocation/ocsp.ts'
export type { CertIdHash } from './revocation/ocsp-request.ts'
// Reading OCSP responses
export type {
  BasicOcspResponse,
  CertId,
  OcspAnswer,
  OcspResponse,
  OcspResponseStatus,
  ResponderId,
} from './revocation/ocsp-response.ts'
export { OcspError, parseOcspResponse } from './revocation/ocsp-response.ts'
// Its rules, and what it answers
export type { ProviderHealth, RevocationCoverage, RevocationHealth } from './revocation/revocation-health.ts'
export type { RevocationOption, RevocationPolicy, RevocationRules } from './revocation/revocation-policy.ts'
// Writing a provider
export type {
  RevocationHost,
  RevocationIssuer,
  RevocationNotice,
  RevocationProvider,
  RevocationQuery,
  RevocationSubject,
} from './revocation/revocation-provider.ts'
export type { RevocationPlace, RevocationReason } from './revocation/revocation-reason.ts'
export type { RevocationReasonCode, RevocationStatus, RevocationUnknownCause } from './revocation/revocation-status.ts'
