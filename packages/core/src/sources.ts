/** Where certificates are presented: the TLS socket, a header that a trusted proxy set, or what a platform hands over. @module */

// The connection that this process ended

export type { TlsPeerOptions } from './source/tls-peer.ts'
export { tlsPeer } from './source/tls-peer.ts'

// Behind a proxy

export type { ForwardedOptions } from './source/forwarded.ts'
export { forwarded } from './source/forwarded.ts'
export type { FieldRole, ForwardedPreset } from './source/presets.ts'
export { FORWARDED_PRESETS } from './source/presets.ts'
export { rfc9440 } from './source/rfc9440.ts'
export type { Cidr, HopIdentity, HopSecret, TrustedHop, TrustedHopOptions } from './source/trusted-hop.ts'

// On a platform

export { apiGateway } from './source/api-gateway.ts'
export { cloudflareWorkers } from './source/cloudflare-workers.ts'
export type { PlatformVerdictOptions } from './source/platform-verdict.ts'
export { platformVerdict } from './source/platform-verdict.ts'
export { zuplo } from './source/zuplo.ts'

// By several roads

export { firstOf } from './source/first-of.ts'

// Writing a source

export type { CertificateSource, PresentedCertificate, PresentedVerdict } from './source/certificate-source.ts'
export type { SourceReason, TransportReason } from './source/source-reason.ts'
