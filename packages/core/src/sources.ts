/** Where certificates are presented: the TLS socket, or a header that a trusted proxy set. @module */

export type { CertificateSource, PresentedCertificate, PresentedVerdict } from './source/certificate-source.ts'
export { firstOf } from './source/first-of.ts'
export { rfc9440 } from './source/rfc9440.ts'
export type { SourceReason, TransportReason } from './source/source-reason.ts'
export { tlsPeer } from './source/tls-peer.ts'
export type { Cidr, HopIdentity, HopSecret, TrustedHop, TrustedHopOptions } from './source/trusted-hop.ts'
