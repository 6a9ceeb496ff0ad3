/** What only Node can do: certificates and registries in files, watched. @module */

export type { AnchorFilesOptions } from './node/anchor-files.ts'
export { anchorFiles } from './node/anchor-files.ts'
// Revocation
export type { CrlFilesOptions } from './node/crl-files.ts'
export { crlFiles } from './node/crl-files.ts'
export type { FileRegistryFault, FileRegistryOptions } from './node/file-registry.ts'
export { fileRegistry } from './node/file-registry.ts'
