/** What only Node can do: certificates in files, watched. @module */

export type { AnchorFilesOptions } from './node/anchor-files.ts'
export { anchorFiles } from './node/anchor-files.ts'
