/** What only Node can do: certificates and registries in files, watched. @module */

export type { AnchorFilesOptions } from './node/anchor-files.ts'
export { anchorFiles } from './node/anchor-files.ts'
// Upgraded connections
export type { UpgradeOptions } from './node/authenticate-upgrade.ts'
export { authenticateUpgrade } from './node/authenticate-upgrade.ts'
// Revocation
export type { CrlFilesOptions } from './node/crl-files.ts'
export { crlFiles } from './node/crl-files.ts'
export type { NetworkOptions } from './node/fetched-revocation.ts'
export { crlFromDistributionPoints, crlUrls, ocsp } from './node/fetched-revocation.ts'
export type { FileRegistryFault, FileRegistryOptions } from './node/file-registry.ts'
export { fileRegistry } from './node/file-registry.ts'
export type { SqliteRegistryOptions } from './node/sqlite-registry.ts'
export { sqliteRegistry } from './node/sqlite-registry.ts'
export type { CrlFromDistributionPointsOptions } from './revocation/crl-from-distribution-points.ts'
export type { CrlUrlsOptions } from './revocation/crl-urls.ts'
export type { FetchedCrlOptions } from './revocation/fetched-crls.ts'
export type { OcspHostOptions, OcspOptions } from './revocation/ocsp.ts'
export type { CertIdHash } from './revocation/ocsp-request.ts'

// Ending TLS here

export type { SecurityHeaderOptions } from './node/security-headers.ts'
export { securityHeaders } from './node/security-headers.ts'
export { createTlsServer } from './node/tls-server.ts'
export type {
  ServerIdentity,
  TlsReloadListener,
  TlsServerInput,
  TlsServerOptions,
} from './node/tls-server-options.ts'
export { tlsServerOptions } from './node/tls-server-options.ts'
