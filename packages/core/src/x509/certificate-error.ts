/** Why octets or text are not a certificate that RFC 5280 §4 describes. @module */
import type { PemErrorCode } from '../bytes/pem.ts'
import type { DerErrorCode } from '../der/der-error.ts'

export type CertificateErrorCode =
  | DerErrorCode
  | PemErrorCode
  /** Not one PEM block, or one of another label: private keys are told apart so that nobody pastes one unnoticed. */
  | 'pem-block-missing'
  | 'pem-block-surplus'
  | 'pem-label-unexpected'
  | 'pem-private-key'
  | 'bundle-empty'
  | 'certificate-too-large'
  | 'version-unsupported'
  /** Negative, or longer than 20 octets (§4.1.2.2). */
  | 'serial-number-invalid'
  /** The signed and the outer algorithm differ (§4.1.1.2). */
  | 'signature-algorithm-mismatch'
  | 'issuer-empty'
  | 'name-too-long'
  /** In a certificate that is not version 3 (§4.1.2.9). */
  | 'extensions-unexpected'
  | 'unique-identifier-unexpected'
  | 'extensions-too-many'
  /** The same extension twice (§4.2). */
  | 'extension-duplicate'
  /** A known extension whose contents are not what its definition says. */
  | 'extension-malformed'

/** Never carries a part of the input. */
export class CertificateError extends Error {
  override readonly name = 'CertificateError'
  readonly code: CertificateErrorCode
  /** Octet of the DER, or character of the PEM text for codes that begin with `pem-`. */
  readonly offset: number
  /** The extension that is malformed, duplicate or unexpected; dotted decimal. */
  readonly extension: string | undefined
  /** Which certificate of a list, from 0. */
  readonly index: number | undefined

  constructor(code: CertificateErrorCode, offset: number, where: CertificateErrorPlace = {}) {
    const extension = where.extension === undefined ? '' : ` in extension ${where.extension}`
    const index = where.index === undefined ? '' : ` of certificate ${where.index}`
    super(
      `${code} at offset ${offset}${extension}${index}`,
      where.cause === undefined ? undefined : { cause: where.cause },
    )
    this.code = code
    this.offset = offset
    this.extension = where.extension
    this.index = where.index
  }
}

export interface CertificateErrorPlace {
  readonly extension?: string | undefined
  readonly index?: number | undefined
  readonly cause?: Error
}
