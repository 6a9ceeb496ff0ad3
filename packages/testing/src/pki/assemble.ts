/** A certificate from its pieces, and its pieces from a certificate (RFC 5280 §4.1). @module */
import { childrenOf } from '../der/read.ts'
import * as der from '../der/write.ts'

/** The pieces of a certificate, each a whole element in DER; what is undefined is left out. */
export interface CertificateParts {
  /** The `[0]` with the version. */
  readonly version: Uint8Array | undefined
  readonly serialNumber: Uint8Array
  /** The AlgorithmIdentifier inside the signed part. */
  readonly innerAlgorithm: Uint8Array
  readonly issuer: Uint8Array
  readonly validity: Uint8Array
  readonly subject: Uint8Array
  readonly publicKey: Uint8Array
  /** Each an Extension. */
  readonly extensions: readonly Uint8Array[] | undefined
  /** Anything more at the end of the signed part. */
  readonly further: readonly Uint8Array[]
  /** The AlgorithmIdentifier outside the signed part. */
  readonly outerAlgorithm: Uint8Array
}

/** TBSCertificate. */
export function signedPartOf(parts: CertificateParts): Uint8Array<ArrayBuffer> {
  const { version, extensions } = parts
  return der.sequence(
    ...(version === undefined ? [] : [version]),
    parts.serialNumber,
    parts.innerAlgorithm,
    parts.issuer,
    parts.validity,
    parts.subject,
    parts.publicKey,
    ...(extensions === undefined ? [] : [der.context(3, 'constructed', der.sequence(...extensions))]),
    ...parts.further,
  )
}

/** The pieces of a well-formed certificate. */
export function partsOf(certificate: Uint8Array): CertificateParts {
  const [tbs, outerAlgorithm] = childrenOf(certificate).map(({ encoding }) => encoding)
  if (tbs === undefined || outerAlgorithm === undefined) throw new TypeError('not a certificate')
  const fields = childrenOf(tbs)
  const version = fields[0]?.tag === 0xa0 ? fields.shift()?.encoding : undefined
  const [serialNumber, innerAlgorithm, issuer, validity, subject, publicKey] = fields.map(({ encoding }) => encoding)
  if (!serialNumber || !innerAlgorithm || !issuer || !validity || !subject || !publicKey) {
    throw new TypeError('not a certificate')
  }
  const wrapped = fields.find(({ tag }) => tag === 0xa3)
  const extensions = wrapped && childrenOf(wrapped.contents).map(({ encoding }) => encoding)
  return {
    version,
    serialNumber,
    innerAlgorithm,
    issuer,
    validity,
    subject,
    publicKey,
    extensions,
    further: [],
    outerAlgorithm,
  }
}
