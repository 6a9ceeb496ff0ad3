/** OCSP responses (RFC 6960 §4.2): strict DER, read once, checked by nobody yet. @module */
import { DerError, type DerErrorCode } from '../der/der-error.ts'
import { DerReader } from '../der/reader.ts'
import { contextConstructed, contextPrimitive, ENUMERATED, SEQUENCE } from '../der/tags.ts'
import { type Certificate, parseDer } from '../x509/certificate.ts'
import { CertificateError } from '../x509/certificate-error.ts'
import { type Extension, readExtension } from '../x509/extension.ts'
import { Name } from '../x509/name.ts'
import { EXTENSION } from '../x509/oids.ts'
import { REASONS } from './crl-entries.ts'
import type { RevocationReasonCode, RevocationUnknownCause } from './revocation-status.ts'
import { SignatureMemo } from './signature-memo.ts'

/** One answer with a chain of the responder's takes some kilobytes. */
export const MAX_OCSP_OCTETS = 65_536

/** We ask about one certificate; a responder may add its neighbours. */
const MAX_ANSWERS = 64

const MAX_CERTIFICATES = 8

const MAX_EXTENSIONS = 32

/** A responder is known by its key and by who issued it: its other names say nothing, and old ones are malformed. */
const UNREAD: ReadonlySet<string> = new Set([EXTENSION.subjectAltName, EXTENSION.issuerAltName])

const BASIC_RESPONSE = '1.3.6.1.5.5.7.48.1.1'
const NONCE = '1.3.6.1.5.5.7.48.1.2'

/** OCSPResponseStatus (§4.2.1); 4 is not used. */
const STATUSES = [
  'successful',
  'malformedRequest',
  'internalError',
  'tryLater',
  undefined,
  'sigRequired',
  'unauthorized',
] as const

export type OcspResponseStatus = NonNullable<(typeof STATUSES)[number]>

export type ResponderId = { readonly name: Name } | { readonly keyHash: Uint8Array }

/** CertID (§4.1.1): which certificate an answer is about. */
export interface CertId {
  /** Of the hash, dotted decimal. */
  readonly hash: string
  readonly issuerNameHash: Uint8Array
  readonly issuerKeyHash: Uint8Array
  readonly serialNumber: Uint8Array
}

/** SingleResponse. Instants are milliseconds since 1970. */
export interface OcspAnswer {
  readonly certId: CertId
  readonly status: 'good' | 'unknown' | { readonly at: number; readonly reason: RevocationReasonCode }
  readonly thisUpdate: number
  readonly nextUpdate: number | undefined
  readonly unknownCriticalExtension: string | undefined
}

/** BasicOCSPResponse. */
export interface BasicOcspResponse {
  /** ResponseData, DER: what is signed. */
  readonly data: Uint8Array
  readonly signatureAlgorithm: Uint8Array
  readonly signature: Uint8Array
  readonly responderId: ResponderId
  readonly producedAt: number
  readonly answers: readonly OcspAnswer[]
  readonly nonce: Uint8Array | undefined
  readonly unknownCriticalExtension: string | undefined
  readonly certificates: readonly Certificate[]
  /** @internal */
  readonly signatures: SignatureMemo<RevocationUnknownCause | undefined>
}

export type OcspResponse =
  | { readonly status: 'successful'; readonly basic: BasicOcspResponse }
  | { readonly status: Exclude<OcspResponseStatus, 'successful'> }

/** The response is not in its form. */
export class OcspError extends Error {
  override readonly name = 'OcspError'
  readonly code: 'ocsp-malformed' | 'ocsp-oversized'
  readonly offset: number
  constructor(code: OcspError['code'], offset: number, rule: DerErrorCode | string) {
    super(`${rule} (${code} at octet ${offset})`)
    this.code = code
    this.offset = offset
  }
}

/** The octets are copied. @throws OcspError */
export function parseOcspResponse(input: Uint8Array): OcspResponse {
  if (input.length > MAX_OCSP_OCTETS)
    throw new OcspError('ocsp-oversized', MAX_OCSP_OCTETS, 'the response is too large')
  try {
    return readResponse(new DerReader(input.slice()))
  } catch (error) {
    if (error instanceof DerError) throw new OcspError('ocsp-malformed', error.offset, error.code)
    throw error
  }
}

function readResponse(outer: DerReader): OcspResponse {
  const response = outer.enter(SEQUENCE)
  outer.finish()
  const { offset } = response
  const status = STATUSES[response.readEnumerated()]
  if (status === undefined) throw new OcspError('ocsp-malformed', offset, 'no such response status')
  if (status !== 'successful') return { status }
  const explicit = response.enter(contextConstructed(0))
  response.finish()
  const bytes = explicit.enter(SEQUENCE)
  explicit.finish()
  if (bytes.readOid() !== BASIC_RESPONSE) throw new OcspError('ocsp-malformed', bytes.start, 'not a basic response')
  const content = new DerReader(bytes.readOctetString())
  bytes.finish()
  const basic = readBasic(content.enter(SEQUENCE))
  content.finish()
  return { status, basic }
}

function readBasic(basic: DerReader): BasicOcspResponse {
  const data = basic.enter(SEQUENCE)
  const signatureAlgorithm = basic.encodingOf(basic.read(SEQUENCE))
  const signature = basic.readBitStringOctets()
  const certificates = readCertificates(basic)
  basic.finish()

  readVersion(data)
  const responderId = readResponderId(data)
  const producedAt = data.readGeneralizedTime()
  const list = data.enter(SEQUENCE)
  const answers: OcspAnswer[] = []
  while (!list.isDone) {
    if (answers.length === MAX_ANSWERS) throw new OcspError('ocsp-oversized', list.offset, 'too many answers')
    answers.push(readAnswer(list.enter(SEQUENCE)))
  }
  const extensions = readExtensions(data)
  data.finish()
  const nonce = extensions.find(({ oid }) => oid === NONCE)
  return {
    data: data.bytes.subarray(data.start, data.end),
    signatureAlgorithm,
    signature,
    responderId,
    producedAt,
    answers,
    nonce: nonce === undefined ? undefined : readNonce(nonce),
    unknownCriticalExtension: extensions.find(({ oid, critical }) => critical && oid !== NONCE)?.oid,
    certificates,
    signatures: new SignatureMemo(),
  }
}

/** v1 is the default, and so not encoded (X.690 §11.5); responders that do it all the same mean nothing by it. */
function readVersion(data: DerReader): void {
  const explicit = data.enterOptional(contextConstructed(0))
  if (explicit === undefined) return
  if (explicit.readSmallInteger() !== 0) throw new OcspError('ocsp-malformed', explicit.start, 'the version is not 1')
  explicit.finish()
}

function readResponderId(data: DerReader): ResponderId {
  const byName = data.enterOptional(contextConstructed(1))
  if (byName !== undefined) {
    const name = Name.read(byName)
    byName.finish()
    return { name }
  }
  const byKey = data.enter(contextConstructed(2))
  const keyHash = byKey.readOctetString()
  byKey.finish()
  return { keyHash }
}

function readAnswer(answer: DerReader): OcspAnswer {
  const certId = readCertId(answer.enter(SEQUENCE))
  const status = readStatus(answer)
  const thisUpdate = answer.readGeneralizedTime()
  const explicit = answer.enterOptional(contextConstructed(0))
  const nextUpdate = explicit?.readGeneralizedTime()
  explicit?.finish()
  const unknownCriticalExtension = readExtensions(answer).find(({ critical }) => critical)?.oid
  answer.finish()
  return { certId, status, thisUpdate, nextUpdate, unknownCriticalExtension }
}

function readCertId(certId: DerReader): CertId {
  const algorithm = certId.enter(SEQUENCE)
  const hash = algorithm.readOid()
  // NULL or absent mean the same (RFC 5754 §2).
  if (!algorithm.isDone) algorithm.readNull()
  algorithm.finish()
  const issuerNameHash = certId.readOctetString()
  const issuerKeyHash = certId.readOctetString()
  const serialNumber = certId.readInteger()
  certId.finish()
  return { hash, issuerNameHash, issuerKeyHash, serialNumber }
}

function readStatus(answer: DerReader): OcspAnswer['status'] {
  const revoked = answer.enterOptional(contextConstructed(1))
  if (revoked !== undefined) {
    const at = revoked.readGeneralizedTime()
    const explicit = revoked.enterOptional(contextConstructed(0))
    const reason = explicit === undefined ? 'unspecified' : readReason(explicit)
    revoked.finish()
    return { at, reason }
  }
  const word = answer.nextTag === contextPrimitive(0) ? 'good' : 'unknown'
  const element = answer.read(contextPrimitive(word === 'good' ? 0 : 2))
  if (element.content !== element.end) throw new DerError('der-null-invalid', element.start)
  return word
}

function readReason(explicit: DerReader): RevocationReasonCode {
  const { offset } = explicit
  const reason = REASONS[explicit.nextTag === ENUMERATED ? explicit.readEnumerated() : -1]
  if (reason === undefined) throw new OcspError('ocsp-malformed', offset, 'no such reason')
  explicit.finish()
  return reason
}

function readExtensions(reader: DerReader): readonly Extension[] {
  const explicit = reader.enterOptional(contextConstructed(1))
  if (explicit === undefined) return []
  const list = explicit.enter(SEQUENCE)
  explicit.finish()
  const extensions: Extension[] = []
  while (!list.isDone) {
    const { offset } = list
    const extension = readExtension(list)
    if (extensions.length === MAX_EXTENSIONS || extensions.some(({ oid }) => oid === extension.oid)) {
      throw new OcspError('ocsp-malformed', offset, 'an extension twice, or too many')
    }
    extensions.push(extension)
  }
  return extensions
}

function readNonce({ value }: Extension): Uint8Array {
  const reader = new DerReader(value)
  const nonce = reader.readOctetString()
  reader.finish()
  return nonce
}

/** Candidates for the responder's certificate; one that does not parse is none. */
function readCertificates(basic: DerReader): readonly Certificate[] {
  const explicit = basic.enterOptional(contextConstructed(0))
  if (explicit === undefined) return []
  const list = explicit.enter(SEQUENCE)
  explicit.finish()
  const certificates: Certificate[] = []
  for (let count = 0; !list.isDone; count++) {
    const element = list.read(SEQUENCE)
    if (count === MAX_CERTIFICATES) throw new OcspError('ocsp-oversized', element.start, 'too many certificates')
    try {
      certificates.push(parseDer(list.encodingOf(element), undefined, UNREAD))
    } catch (error) {
      if (!(error instanceof CertificateError)) throw error
    }
  }
  return certificates
}
