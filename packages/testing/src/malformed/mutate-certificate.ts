/** Certificates that are wrong in one chosen way: taken apart, changed, and signed anew. @module */
import { toHex } from '../der/text.ts'
import * as der from '../der/write.ts'
import { type CertificateParts, partsOf, signedPartOf } from '../pki/assemble.ts'
import { encodedAs, type IssuedCertificate, sha256 } from '../pki/certificate.ts'
import { schemeOf, sign } from '../pki/key-pair.ts'

/** What to change, in this order. */
export interface CertificateMutation {
  /** Before signing. */
  readonly parts?: (parts: CertificateParts) => Partial<CertificateParts>
  /** The DER of the signed part, before signing. */
  readonly signedPart?: (bytes: Uint8Array) => Uint8Array
  /** The signature's octets. */
  readonly signature?: (octets: Uint8Array) => Uint8Array
  /** The BIT STRING that holds the signature. */
  readonly signatureElement?: (bytes: Uint8Array) => Uint8Array
  /** The whole certificate. */
  readonly certificate?: (bytes: Uint8Array) => Uint8Array
}

/**
 * A copy of `original` with one thing changed and, unless the change is to the signature itself, a valid signature by
 * the issuer's key (or by `signer`). Keys stay the same, so that the copy can be presented over TLS where TLS lets it.
 */
export async function mutateCertificate(
  original: IssuedCertificate,
  mutation: CertificateMutation,
  signer: IssuedCertificate = original.issuer ?? original,
): Promise<IssuedCertificate> {
  const before = partsOf(original.certificate.der)
  const parts: CertificateParts = { ...before, ...mutation.parts?.(before) }
  const { signedPart = same, signature = same, signatureElement = same, certificate = same } = mutation

  const tbs = signedPart(signedPartOf(parts))
  const octets = signature(await sign(signer.keys, schemeOf(signer.keys, signer.signatureHash), tbs))
  const whole = certificate(der.sequence(tbs, parts.outerAlgorithm, signatureElement(der.bitString(octets))))
  return describedAnew(original, der.concatBytes(whole), parts)
}

async function describedAnew(
  original: IssuedCertificate,
  bytes: Uint8Array<ArrayBuffer>,
  parts: CertificateParts,
): Promise<IssuedCertificate> {
  const certificate = encodedAs('CERTIFICATE', bytes)
  const chainPem = [certificate, ...original.intermediates].map(({ pem }) => pem).join('')
  const publicKey = der.concatBytes(parts.publicKey)
  return {
    ...original,
    certificate,
    chainPem,
    tls: { cert: chainPem, key: original.privateKeyPem },
    subject: der.concatBytes(parts.subject),
    publicKey,
    serialNumber: toHex(parts.serialNumber.subarray(2)).replace(/^0+(?=.)/, ''),
    fingerprint: toHex(await sha256(bytes)),
    publicKeyHash: toHex(await sha256(publicKey)),
  }
}

function same(bytes: Uint8Array): Uint8Array {
  return bytes
}
