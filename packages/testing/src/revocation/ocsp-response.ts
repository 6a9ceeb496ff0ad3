/** OCSP responses, right and wrong ones (RFC 6960 §4.2). @module */
import { childrenOf } from '../der/read.ts'
import * as der from '../der/write.ts'
import { DAY_MILLISECONDS, type IssuedCertificate } from '../pki/certificate.ts'
import {
  encodeExtensions,
  extension,
  type RawExtension,
  REASON_CODES,
  type RevocationReason,
} from '../pki/extensions.ts'
import { schemeOf, sign } from '../pki/key-pair.ts'
import { flipLastBit, serialOctets } from './crl.ts'

export type CertificateStatus = 'good' | 'revoked' | 'unknown'

/** What a response says of one certificate. */
export interface OcspAnswer {
  /** The certificate or its serial number; or a CertID in DER, taken as it is. */
  readonly for: IssuedCertificate | string | bigint | { readonly certId: Uint8Array }
  /** Default: `good`. */
  readonly status?: CertificateStatus
  /** Default: the clock's now. */
  readonly revokedAt?: Date
  readonly reason?: RevocationReason
  /** Default: the clock's now. */
  readonly thisUpdate?: Date
  /** Default: a day after `thisUpdate`. */
  readonly nextUpdate?: Date | 'absent'
  /** The hash in the CertID. Default: SHA-1, which every responder knows. */
  readonly certIdHash?: 'SHA-1' | 'SHA-256'
  /** Whether the CertID's algorithm has NULL parameters; both spellings occur. Default: `null`. */
  readonly certIdParameters?: 'null' | 'absent'
  /** The CA named in the CertID. Default: the CA that the response is made for. */
  readonly certIdIssuer?: IssuedCertificate
  readonly extensions?: readonly RawExtension[]
}

export type OcspResponseStatus =
  | 'successful'
  | 'malformedRequest'
  | 'internalError'
  | 'tryLater'
  | 'sigRequired'
  | 'unauthorized'

export interface OcspEnvelope {
  /** Any but `successful` makes a response of five octets that nobody signs. */
  readonly responseStatus?: OcspResponseStatus
  /** Signs in the CA's place, and is sent along. */
  readonly delegate?: IssuedCertificate
  /** Signs, whoever is named as the responder. Default: the delegate, or the CA itself. */
  readonly signedBy?: IssuedCertificate
  /** Who is named as the responder. Default: the delegate, or the CA itself. */
  readonly responder?: IssuedCertificate
  /** How the responder is named. Default: `key`. */
  readonly responderId?: 'key' | 'name'
  /** The certificates sent along. Default: the delegate's, if there is one. */
  readonly certificates?: readonly IssuedCertificate[]
  readonly nonce?: Uint8Array
  /** Default: the clock's now. */
  readonly producedAt?: Date
  readonly responseExtensions?: readonly RawExtension[]
  /** Changes the DER of the signed part before it is signed. */
  readonly signedPart?: (bytes: Uint8Array) => Uint8Array
  /** `broken` flips a bit of the signature. */
  readonly signature?: 'valid' | 'broken'
}

export interface OcspResponseOptions extends OcspAnswer, OcspEnvelope {
  /** Further answers in the same response, contradictory ones included. */
  readonly also?: readonly OcspAnswer[]
}

/** A response of the CA `issuer`, or of its delegate, in DER. */
export function createOcspResponse(
  issuer: IssuedCertificate,
  options: OcspResponseOptions,
): Promise<Uint8Array<ArrayBuffer>> {
  return signOcspResponse(issuer, [options, ...(options.also ?? [])], options)
}

/** A response with any number of answers, none included. */
export async function signOcspResponse(
  issuer: IssuedCertificate,
  answers: readonly OcspAnswer[],
  envelope: OcspEnvelope,
): Promise<Uint8Array<ArrayBuffer>> {
  const { responseStatus = 'successful', delegate } = envelope
  const status = der.enumerated(RESPONSE_STATUSES[responseStatus])
  if (responseStatus !== 'successful') return der.sequence(status)

  const responder = envelope.responder ?? delegate ?? issuer
  const signer = envelope.signedBy ?? delegate ?? issuer
  const extensions = [...(envelope.responseExtensions ?? [])]
  if (envelope.nonce !== undefined) extensions.push(extension('ocspNonce', false, der.octetString(envelope.nonce)))
  const singles = await Promise.all(answers.map((answer) => encodeAnswer(answer, issuer)))
  const { signedPart = (bytes: Uint8Array) => bytes } = envelope
  const data = signedPart(
    der.sequence(
      await encodeResponderId(responder, envelope.responderId ?? 'key'),
      der.generalizedTime(envelope.producedAt ?? issuer.clock()),
      der.sequence(...singles),
      ...(extensions.length === 0 ? [] : [der.context(1, 'constructed', encodeExtensions(extensions))]),
    ),
  )

  const scheme = schemeOf(signer.keys, signer.signatureHash)
  const signature = await sign(signer.keys, scheme, data)
  if (envelope.signature === 'broken') flipLastBit(signature)
  const certificates = (envelope.certificates ?? (delegate === undefined ? [] : [delegate])).map(
    ({ certificate }) => certificate.der,
  )
  const basic = der.sequence(
    data,
    scheme.identifier,
    der.bitString(signature),
    ...(certificates.length === 0 ? [] : [der.context(0, 'constructed', der.sequence(...certificates))]),
  )
  const bytes = der.sequence(der.objectIdentifier('1.3.6.1.5.5.7.48.1.1'), der.octetString(basic))
  return der.sequence(status, der.context(0, 'constructed', bytes))
}

const RESPONSE_STATUSES: Readonly<Record<OcspResponseStatus, number>> = {
  successful: 0,
  malformedRequest: 1,
  internalError: 2,
  tryLater: 3,
  sigRequired: 5,
  unauthorized: 6,
}

const HASH_OIDS = { 'SHA-1': '1.3.14.3.2.26', 'SHA-256': '2.16.840.1.101.3.4.2.1' } as const

async function encodeAnswer(answer: OcspAnswer, issuer: IssuedCertificate): Promise<Uint8Array> {
  const now = issuer.clock()
  const { thisUpdate = now, extensions = [] } = answer
  const { nextUpdate = new Date(thisUpdate.getTime() + DAY_MILLISECONDS) } = answer
  return der.sequence(
    await encodeCertId(answer, issuer),
    encodeStatus(answer, now),
    der.generalizedTime(thisUpdate),
    ...(nextUpdate === 'absent' ? [] : [der.context(0, 'constructed', der.generalizedTime(nextUpdate))]),
    ...(extensions.length === 0 ? [] : [der.context(1, 'constructed', encodeExtensions(extensions))]),
  )
}

function encodeStatus({ status = 'good', revokedAt, reason }: OcspAnswer, now: Date): Uint8Array {
  if (status === 'good') return der.context(0, 'primitive')
  if (status === 'unknown') return der.context(2, 'primitive')
  return der.context(
    1,
    'constructed',
    der.generalizedTime(revokedAt ?? now),
    ...(reason === undefined ? [] : [der.context(0, 'constructed', der.enumerated(REASON_CODES[reason]))]),
  )
}

/** CertID: the certificate by its serial number and hashes of its issuer's name and key (RFC 6960 §4.1.1). */
async function encodeCertId(answer: OcspAnswer, issuer: IssuedCertificate): Promise<Uint8Array> {
  const subject = answer.for
  if (typeof subject === 'object' && 'certId' in subject) return subject.certId
  const serialNumber = typeof subject === 'object' ? subject.serialNumber : subject
  const { certIdHash = 'SHA-1', certIdParameters = 'null', certIdIssuer = issuer } = answer
  return der.sequence(
    der.sequence(
      der.objectIdentifier(HASH_OIDS[certIdHash]),
      ...(certIdParameters === 'null' ? [der.nullValue()] : []),
    ),
    der.octetString(await digest(certIdHash, certIdIssuer.subject)),
    der.octetString(await digest(certIdHash, publicKeyBits(certIdIssuer))),
    der.integer(serialOctets(serialNumber)),
  )
}

/** ResponderID; the key hash is SHA-1 whatever the CertID uses (RFC 6960 §4.2.1). */
async function encodeResponderId(responder: IssuedCertificate, by: 'key' | 'name'): Promise<Uint8Array> {
  if (by === 'name') return der.context(1, 'constructed', responder.subject)
  return der.context(2, 'constructed', der.octetString(await digest('SHA-1', publicKeyBits(responder))))
}

/** The BIT STRING of the key without its tag, length and count of unused bits. */
function publicKeyBits(owner: IssuedCertificate): Uint8Array {
  return childrenOf(owner.publicKey)[1]?.contents.subarray(1) ?? new Uint8Array()
}

async function digest(hash: 'SHA-1' | 'SHA-256', bytes: Uint8Array): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest(hash, der.concatBytes(bytes)))
}
