/** What the cases need of the testing package beside its door. @module */
export type { CertificateOptions, GeneralName } from '../../../packages/testing/src/index.ts'
export { nameConstraintsValue } from '../../../packages/testing/src/pki/extensions.ts'
