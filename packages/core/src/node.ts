/** What only Node can do: certificates and registries in files, watched. @module */

export type { AnchorFilesOptions } from './node/anchor-files.ts'
export { anchorFiles } from './node/anchor-files.ts'
// Upgraded connections
export type { UpgradeOptions } from './node/authenticate-upgrade.ts'
export { authenticateUpgrade } from './node/authenticate-upgrade.ts'
// Revocation
export type { CrlFilesOptions } from './node/crl-files.ts'
export { crlFiles } from './node/crl-files.ts'
export type { FileRegistryFault, FileRegistryOptions } from './node/file-registry.ts'
export { fileRegistry } from './node/file-registry.ts'
export type { SqliteRegistryOptions } from './node/sqlite-registry.ts'
export { sqliteRegistry } from './node/sqlite-registry.ts'
