/** Public-key infrastructure in memory, for tests: authorities, certificates, revocation. @module */

export type { Authority, AuthorityOptions, RootOptions } from './pki/authority.ts'
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
export type { GeneralName, NameAttribute, StringType, Subject } from './pki/names.ts'
export type { CrlOptions, IssuingDistributionPoint, Revoked, RevokedEntry } from './revocation/crl.ts'
export { createCrl } from './revocation/crl.ts'
