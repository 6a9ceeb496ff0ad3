/** OCSP requests about one certificate (RFC 6960 §4.1, RFC 9654). @module */
import { encodeBase64 } from '../bytes/base64.ts'
import { encodeOid } from '../der/oid.ts'
import { contextConstructed, INTEGER, NULL, OBJECT_IDENTIFIER, OCTET_STRING, SEQUENCE } from '../der/tags.ts'
import { type Flow, settle } from '../primitives/flow.ts'
import type { Primitives } from '../primitives/primitives.ts'
import { encodeDer } from './der-write.ts'
import { publicKeyOctets } from './public-key-octets.ts'
import type { RevocationSubject } from './revocation-provider.ts'

export type CertIdHash = 'SHA-1' | 'SHA-256'

/** RFC 9654 §2.1: 32 octets; responders must take 1 to 128. */
export const NONCE_OCTETS = 32

const HASH_OIDS: Readonly<Record<CertIdHash, string>> = {
  'SHA-1': '1.3.14.3.2.26',
  'SHA-256': '2.16.840.1.101.3.4.2.1',
}

const NONCE_OID = '1.3.6.1.5.5.7.48.1.2'

/** RFC 6960 appendix A.1: a GET is for requests that fit into 255 octets, the encoding included. */
const MAX_GET_OCTETS = 255

/** CertID: the certificate by its serial number, and hashes of its issuer's name and key. */
export function* encodeCertId(
  { certificate, issuer }: Pick<RevocationSubject, 'certificate' | 'issuer'>,
  hash: CertIdHash,
  primitives: Primitives,
): Flow<Uint8Array> {
  const name = yield* settle(primitives.digest(hash, certificate.issuer.der))
  const key = yield* settle(primitives.digest(hash, publicKeyOctets(issuer.publicKey) ?? issuer.publicKey))
  return encodeDer(
    SEQUENCE,
    encodeDer(SEQUENCE, encodeObjectIdentifier(HASH_OIDS[hash]), encodeDer(NULL)),
    encodeDer(OCTET_STRING, name),
    encodeDer(OCTET_STRING, key),
    encodeDer(INTEGER, certificate.serialNumber),
  )
}

/** OCSPRequest. Unsigned: nothing in it is secret, and no responder here asks who asks. */
export function encodeOcspRequest(certId: Uint8Array, nonce: Uint8Array | undefined): Uint8Array {
  const list = encodeDer(SEQUENCE, encodeDer(SEQUENCE, certId))
  if (nonce === undefined) return encodeDer(SEQUENCE, encodeDer(SEQUENCE, list))
  const value = encodeDer(OCTET_STRING, encodeDer(OCTET_STRING, nonce))
  const extension = encodeDer(SEQUENCE, encodeObjectIdentifier(NONCE_OID), value)
  const extensions = encodeDer(contextConstructed(2), encodeDer(SEQUENCE, extension))
  return encodeDer(SEQUENCE, encodeDer(SEQUENCE, list, extensions))
}

/** The URL of a GET, or nothing if the request is too long for one. */
export function ocspGetUrl(responder: string, request: Uint8Array): string | undefined {
  const encoded = encodeURIComponent(encodeBase64(request))
  if (encoded.length > MAX_GET_OCTETS) return undefined
  return `${responder}${responder.endsWith('/') ? '' : '/'}${encoded}`
}

function encodeObjectIdentifier(oid: string): Uint8Array {
  const contents = encodeOid(oid)
  if (contents === undefined) throw new TypeError(`no object identifier: ${oid}`)
  return encodeDer(OBJECT_IDENTIFIER, contents)
}
