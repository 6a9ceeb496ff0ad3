/** Why an operation on a registry could not be carried out. @module */

export type RegistryErrorCode =
  | 'partner-exists'
  | 'partner-unknown'
  | 'key-unknown'
  | 'key-exists'
  | 'key-revoked'
  | 'key-already-rotated'
  /** Others changed the same record again and again while this was tried. */
  | 'conflict'
  | 'closed'

export class RegistryError extends Error {
  readonly code: RegistryErrorCode

  constructor(code: RegistryErrorCode, subject?: string) {
    super(subject === undefined ? code : `${code}: ${subject}`)
    this.name = 'RegistryError'
    this.code = code
  }
}
