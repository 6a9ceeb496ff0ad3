/** Trust anchors (RFC 5280 §6.1.1 (d)): a name and a key, and where there is one the certificate whose constraints bind. @module */
import { DerError } from '../der/der-error.ts'
import { DerReader } from '../der/reader.ts'
import type { Certificate } from '../x509/certificate.ts'
import { type NameConstraints, readNameConstraints } from '../x509/extension-values.ts'
import { type Name, parseName } from '../x509/name.ts'

export interface TrustAnchor {
  /** Name, DER. */
  readonly subject: Uint8Array
  /** SubjectPublicKeyInfo, DER. */
  readonly publicKey: Uint8Array
  /** Contents of the extension, DER. Binds in addition to those of `certificate`. */
  readonly nameConstraints?: Uint8Array
  /** What it says of itself (dates, path length, name constraints, usages) binds: RFC 5937 §3. */
  readonly certificate?: Certificate
  /** By which rules of partners name the anchor. */
  readonly label?: string
}

/** An anchor as the verifier walks to it. */
export interface PreparedAnchor {
  readonly anchor: TrustAnchor
  readonly name: Name
  readonly nameConstraints: NameConstraints | undefined
}

export function createTrustAnchor(certificate: Certificate, label?: string): TrustAnchor {
  const anchor = { subject: certificate.subject.der, publicKey: certificate.publicKey, certificate }
  return label === undefined ? anchor : { ...anchor, label }
}

/** @throws TypeError for an anchor whose parts are not DER: that is configuration, not input */
export function prepareAnchor(given: Certificate | TrustAnchor): PreparedAnchor {
  if ('der' in given) return { anchor: createTrustAnchor(given), name: given.subject, nameConstraints: undefined }
  try {
    const name = given.certificate === undefined ? parseName(given.subject) : given.certificate.subject
    return { anchor: given, name, nameConstraints: parseConstraints(given.nameConstraints) }
  } catch (error) {
    if (error instanceof DerError)
      throw new TypeError('anchors: subject and nameConstraints must be DER', { cause: error })
    throw error
  }
}

function parseConstraints(der: Uint8Array | undefined): NameConstraints | undefined {
  if (der === undefined) return undefined
  const reader = new DerReader(der)
  const constraints = readNameConstraints(reader)
  reader.finish()
  return constraints
}
