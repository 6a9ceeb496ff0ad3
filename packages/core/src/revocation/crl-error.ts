/** What is wrong with the form of a CRL, and where. Thrown by the parser alone: to a checker such a list says nothing. @module */

export type CrlErrorCode =
  | 'crl-malformed'
  /** Not v1 and not v2, or v1 with what only v2 has. */
  | 'crl-version'
  /** Larger than the limit that the caller gave, or than an index can address. */
  | 'crl-oversized'

export class CrlError extends Error {
  override readonly name = 'CrlError'
  readonly code: CrlErrorCode
  /** Octet of the DER encoding at which it was noticed. */
  readonly offset: number
  constructor(code: CrlErrorCode, offset: number, rule: string) {
    super(`${rule} (${code} at octet ${offset})`)
    this.code = code
    this.offset = offset
  }
}
