/** What of a verified certificate a registry is asked with: digests and typed names, every one taken from the DER. @module */
import { encodeHex } from '../bytes/hex.ts'
import type { Certificate } from '../x509/certificate.ts'

export interface CertificateNames {
  /** Subject Name, DER, lower-case hex. */
  readonly subject: string
  /** Issuer Name, DER, lower-case hex. */
  readonly issuer: string
  /** Content octets of the serial number, lower-case hex. */
  readonly serialNumber: string
  readonly dns: readonly string[]
  readonly uri: readonly string[]
  /** Canonical text: dotted quad, or RFC 5952. */
  readonly ip: readonly string[]
  readonly email: readonly string[]
  /** SHA-256 of the SubjectPublicKeyInfo, lower-case hex. */
  readonly publicKey: string
  /** SHA-256 of the certificate, lower-case hex. */
  readonly certificate: string
  /** Label of the anchor that its path ends at, if that has one. */
  readonly anchor: string | undefined
  /** One anchor alone is trusted, so that a name needs no label to say who vouches for it. */
  readonly onlyAnchor: boolean
}

/** What the certificate itself does not say. */
export type CertificateContext = Pick<CertificateNames, 'certificate' | 'publicKey' | 'anchor' | 'onlyAnchor'>

export function certificateNames(certificate: Certificate, context: CertificateContext): CertificateNames {
  const { certificate: digest, publicKey, anchor, onlyAnchor } = context
  return Object.freeze({
    subject: encodeHex(certificate.subject.der),
    issuer: encodeHex(certificate.issuer.der),
    serialNumber: encodeHex(certificate.serialNumber),
    dns: sanValues(certificate, 'dns'),
    uri: sanValues(certificate, 'uri'),
    ip: sanValues(certificate, 'ip'),
    email: sanValues(certificate, 'email'),
    publicKey,
    certificate: digest,
    anchor,
    onlyAnchor,
  })
}

function sanValues(certificate: Certificate, kind: 'dns' | 'uri' | 'ip' | 'email'): readonly string[] {
  const values: string[] = []
  for (const name of certificate.subjectAltName ?? []) if (name.kind === kind) values.push(name.value)
  return Object.freeze(values)
}
