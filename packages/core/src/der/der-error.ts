/** What a DER reader refuses (X.690), with the offset at which it stood. @module */

export type DerErrorCode =
  | 'der-truncated'
  | 'der-trailing-data'
  | 'der-tag-unexpected'
  | 'der-tag-unsupported'
  | 'der-length-indefinite'
  | 'der-length-not-minimal'
  | 'der-length-too-large'
  | 'der-boolean-invalid'
  | 'der-integer-invalid'
  | 'der-bit-string-invalid'
  | 'der-oid-invalid'
  | 'der-null-invalid'
  | 'der-string-invalid'
  | 'der-time-invalid'
  | 'der-set-unordered'
  | 'der-default-encoded'
  | 'der-too-deep'

export class DerError extends Error {
  override readonly name = 'DerError'
  readonly code: DerErrorCode
  readonly offset: number
  constructor(code: DerErrorCode, offset: number) {
    super(`${code} at octet ${offset}`)
    this.code = code
    this.offset = offset
  }
}
