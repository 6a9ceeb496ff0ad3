/** The other valid signature: for every ECDSA signature (r, s), (r, n − s) is one too (SEC 1 §4.1). @module */
import { childrenOf } from '../der/read.ts'
import { toHex } from '../der/text.ts'
import * as der from '../der/write.ts'
import { encodedAs, type IssuedCertificate, sha256 } from '../pki/certificate.ts'

/** The same certificate with another signature that verifies: a new fingerprint, nothing else. */
export async function malleateSignature(original: IssuedCertificate): Promise<IssuedCertificate> {
  const curve = (original.issuer ?? original).keys.privateKey.algorithm as { readonly namedCurve?: string }
  const order = ORDERS[curve.namedCurve ?? '']
  if (order === undefined) throw new TypeError('malleateSignature: the issuer signs with no elliptic curve')

  const [tbs, algorithm, signature] = childrenOf(original.certificate.der)
  const [r, s] = childrenOf(signature?.contents.subarray(1) ?? new Uint8Array())
  if (tbs === undefined || algorithm === undefined || r === undefined || s === undefined) {
    throw new TypeError('malleateSignature: not a certificate')
  }
  const other = der.sequence(r.encoding, der.integer(order - BigInt(`0x${toHex(s.contents)}`)))
  const bytes = der.sequence(tbs.encoding, algorithm.encoding, der.bitString(other))
  const certificate = encodedAs('CERTIFICATE', bytes)
  const chainPem = [certificate, ...original.intermediates].map(({ pem }) => pem).join('')
  return {
    ...original,
    certificate,
    chainPem,
    tls: { cert: chainPem, key: original.privateKeyPem },
    fingerprint: toHex(await sha256(bytes)),
  }
}

/** The orders of the base points (SP 800-186 §3.2.1). */
const ORDERS: Readonly<Record<string, bigint>> = {
  'P-256': 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n,
  'P-384': 0xffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973n,
  'P-521':
    0x01fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffa51868783bf2f966b7fcc0148f709a5d03bb5c9b8899c47aebb6fb71e91386409n,
}
