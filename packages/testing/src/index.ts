/** Public-key infrastructure in memory, for tests: authorities, certificates, revocation, proxies. @module */

export type { Malformation } from './malformed/malformations.ts'
export { MALFORMATIONS, malformCertificate } from './malformed/malformations.ts'
export { malleateSignature } from './malformed/malleate-signature.ts'
export type { CertificateMutation } from './malformed/mutate-certificate.ts'
export { mutateCertificate } from './malformed/mutate-certificate.ts'
export type { CertificateParts } from './pki/assemble.ts'
export type { Authority, AuthorityOptions, OcspDelegateOptions, RootOptions } from './pki/authority.ts'
export { createAuthority, createSelfSigned } from './pki/authority.ts'
export type { CertificateOptions, Clock, Encoded, IssuedCertificate } from './pki/certificate.ts'
export type {
  BasicConstraints,
  DistributionPoint,
  ExtendedKeyUsage,
  ExtensionName,
  KeyUsage,
  NameConstraints,
  RawExtension,
  RevocationReason,
} from './pki/extensions.ts'
export type { KeyAlgorithm, KeyPair, SignatureHash, WebCryptoKey } from './pki/key-pair.ts'
export type { ManualClock } from './pki/manual-clock.ts'
export { createManualClock } from './pki/manual-clock.ts'
export type { GeneralName, NameAttribute, StringType, Subject } from './pki/names.ts'
export type { ForwardFormat, ForwardOptions } from './proxy/forward-as.ts'
export { forwardAs, forwardFormats } from './proxy/forward-as.ts'
export type { CrlOptions, IssuingDistributionPoint, Revoked, RevokedEntry } from './revocation/crl.ts'
export { createCrl } from './revocation/crl.ts'
export type { LargeCrl, LargeCrlOptions } from './revocation/large-crl.ts'
export { createLargeCrl } from './revocation/large-crl.ts'
export type { OcspRequest, OcspResponderOptions } from './revocation/ocsp-responder.ts'
export { createOcspResponder, parseOcspRequest } from './revocation/ocsp-responder.ts'
export type {
  CertificateStatus,
  OcspAnswer,
  OcspEnvelope,
  OcspResponseOptions,
  OcspResponseStatus,
} from './revocation/ocsp-response.ts'
export { createOcspResponse } from './revocation/ocsp-response.ts'
