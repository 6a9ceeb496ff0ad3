/**
 * What OCSP responses say of one certificate (RFC 6960 §3.2, §4.2.2): only from who may speak for the issuer, only about
 * this certificate, only while it is current. Of answers that contradict each other `revoked` wins, then the want of one.
 * @module
 */
import { equalBytes } from '../bytes/equal.ts'
import { verifyPath } from '../path/verify-path.ts'
import { type Flow, runFlow, settle } from '../primitives/flow.ts'
import type { DigestAlgorithm } from '../primitives/primitives.ts'
import type { Certificate } from '../x509/certificate.ts'
import { type Name, parseName } from '../x509/name.ts'
import { KEY_PURPOSE } from '../x509/oids.ts'
import { checkSignature } from '../x509/verify-signature.ts'
import type { BasicOcspResponse, CertId, OcspAnswer, OcspResponse, ResponderId } from './ocsp-response.ts'
import { publicKeyOctets } from './public-key-octets.ts'
import type { RevocationIssuer, RevocationQuery, RevocationSubject } from './revocation-provider.ts'
import type { RevocationStatus, RevocationUnknownCause } from './revocation-status.ts'

export interface OcspQuery extends RevocationQuery {
  /** Name of the provider, for the status. */
  readonly by: string
  /** An answer older than this counts as expired; the only way in which one without nextUpdate counts at all. */
  readonly maxAgeSeconds?: number | undefined
  /** What was sent with the request: a response that repeats another is not the answer to it. */
  readonly nonce?: Uint8Array | undefined
  /** Default `optional`: responders that prepare their answers cannot repeat a nonce. */
  readonly nonceIn?: 'optional' | 'required'
}

export interface OcspFinding {
  readonly status: RevocationStatus
  /** Milliseconds since 1970: until then the answer counts. 0 for the unknown. */
  readonly until: number
}

export type OcspSubject = Pick<RevocationSubject, 'certificate' | 'issuer'>

/** Responders sign as they are asked, and their clocks are not ours. */
const CLOCK_SKEW_MILLISECONDS = 60_000

/** Hashes of a CertID (RFC 6960 §4.3, RFC 5754 §2). */
const HASHES: Readonly<Record<string, DigestAlgorithm>> = {
  '1.3.14.3.2.26': 'SHA-1',
  '2.16.840.1.101.3.4.2.1': 'SHA-256',
  '2.16.840.1.101.3.4.2.2': 'SHA-384',
  '2.16.840.1.101.3.4.2.3': 'SHA-512',
}

/** Causes by how far an answer got; the furthest is the one to report. */
const PROGRESS: readonly RevocationUnknownCause[] = [
  'no-source',
  'ocsp-malformed',
  'ocsp-refused',
  'ocsp-certificate',
  'ocsp-responder',
  'algorithm',
  'ocsp-signature',
  'ocsp-critical-extension',
  'ocsp-nonce',
  'ocsp-not-yet-valid',
  'ocsp-without-next-update',
  'ocsp-expired',
  'responder-unknown',
]

export function* ocspStatus(
  subject: OcspSubject,
  responses: readonly OcspResponse[],
  query: OcspQuery,
): Flow<OcspFinding> {
  let good: OcspFinding | undefined
  let cause: RevocationUnknownCause = 'no-source'
  const note = (found: RevocationUnknownCause): void => {
    if (PROGRESS.indexOf(found) > PROGRESS.indexOf(cause)) cause = found
  }
  for (const response of responses) {
    if (response.status !== 'successful') {
      note('ocsp-refused')
      continue
    }
    const finding = yield* judgeResponse(subject, response.basic, query)
    if (typeof finding === 'string') note(finding)
    else if (finding.status.status === 'revoked') return finding
    else if (good === undefined || finding.until > good.until) good = finding
  }
  return good ?? { status: { status: 'unknown', by: query.by, cause }, until: 0 }
}

function* judgeResponse(
  subject: OcspSubject,
  response: BasicOcspResponse,
  query: OcspQuery,
): Flow<OcspFinding | RevocationUnknownCause> {
  const answers: OcspAnswer[] = []
  for (const answer of response.answers) if (yield* isAbout(answer.certId, subject, query)) answers.push(answer)
  if (answers.length === 0) return 'ocsp-certificate'
  const fault = (yield* responderFault(subject.issuer, response, query)) ?? responseFault(response, query)
  if (fault !== undefined) return fault

  let good: OcspFinding | undefined
  let cause: RevocationUnknownCause | undefined
  for (const answer of answers) {
    const finding = judgeAnswer(answer, query)
    if (typeof finding === 'string') cause ??= finding
    else if (finding.status.status === 'revoked') return finding
    else if (good === undefined || finding.until < good.until) good = finding
  }
  return cause ?? good ?? 'ocsp-certificate'
}

function responseFault(
  { unknownCriticalExtension, nonce, producedAt }: BasicOcspResponse,
  query: OcspQuery,
): RevocationUnknownCause | undefined {
  if (unknownCriticalExtension !== undefined) return 'ocsp-critical-extension'
  if (query.nonce !== undefined) {
    // RFC 9654 §2.1: one that is there is the one that was sent.
    if (nonce === undefined ? query.nonceIn === 'required' : !equalBytes(nonce, query.nonce)) return 'ocsp-nonce'
  }
  return producedAt > query.at.getTime() + CLOCK_SKEW_MILLISECONDS ? 'ocsp-not-yet-valid' : undefined
}

function judgeAnswer(answer: OcspAnswer, query: OcspQuery): OcspFinding | RevocationUnknownCause {
  const { status, thisUpdate, nextUpdate, unknownCriticalExtension } = answer
  const { by, maxAgeSeconds, graceSeconds } = query
  const at = query.at.getTime()
  if (unknownCriticalExtension !== undefined) return 'ocsp-critical-extension'
  if (thisUpdate > at + CLOCK_SKEW_MILLISECONDS) return 'ocsp-not-yet-valid'
  // Only a newer answer takes a revocation back, so that this one counts past its end.
  if (typeof status === 'object') {
    return {
      status: { status: 'revoked', by, at: new Date(status.at), reason: status.reason },
      until: Number.POSITIVE_INFINITY,
    }
  }
  if (nextUpdate === undefined && maxAgeSeconds === undefined) return 'ocsp-without-next-update'
  const oldest = maxAgeSeconds === undefined ? Number.POSITIVE_INFINITY : thisUpdate + 1000 * maxAgeSeconds
  const until = Math.min(nextUpdate ?? Number.POSITIVE_INFINITY, oldest) + 1000 * graceSeconds
  if (at > until) return 'ocsp-expired'
  if (status === 'unknown') return 'responder-unknown'
  return { status: { status: 'good', by, until: new Date(until) }, until }
}

/** Whatever hash the responder chose to name it by. */
function* isAbout(certId: CertId, { certificate, issuer }: OcspSubject, { primitives }: OcspQuery): Flow<boolean> {
  const hash = HASHES[certId.hash]
  if (hash === undefined || !equalBytes(certId.serialNumber, certificate.serialNumber)) return false
  const name = yield* settle(primitives.digest(hash, certificate.issuer.der))
  if (!equalBytes(certId.issuerNameHash, name)) return false
  const octets = publicKeyOctets(issuer.publicKey)
  return octets !== undefined && equalBytes(certId.issuerKeyHash, yield* settle(primitives.digest(hash, octets)))
}

/** §4.2.2.2: the issuer itself, or whom it delegated, by a certificate that it issued with its own key for this purpose. */
function* responderFault(
  issuer: RevocationIssuer,
  response: BasicOcspResponse,
  query: OcspQuery,
): Flow<RevocationUnknownCause | undefined> {
  const issuerName = issuer.certificate?.subject ?? parseName(issuer.subject)
  if (yield* isNamed(response.responderId, issuerName, issuer.publicKey, query)) {
    const fault = yield* signatureFault(response, issuer.publicKey, query)
    // A delegate may carry the issuer's name, though hardly its key.
    if (fault !== 'ocsp-signature' || response.certificates.length === 0) return fault
  }
  let furthest: RevocationUnknownCause = 'ocsp-responder'
  for (const delegate of response.certificates) {
    if (!(yield* isNamed(response.responderId, delegate.subject, delegate.publicKey, query))) continue
    if (!(yield* isDelegate(delegate, issuer, query))) continue
    const fault = yield* signatureFault(response, delegate.publicKey, query)
    if (fault === undefined) return undefined
    furthest = fault
  }
  return furthest
}

function* isNamed(
  responderId: ResponderId,
  name: Name,
  publicKey: Uint8Array,
  { primitives }: OcspQuery,
): Flow<boolean> {
  if ('name' in responderId) return responderId.name.equals(name)
  const octets = publicKeyOctets(publicKey)
  // SHA-1 by definition (§4.2.1): it finds the key, and proves nothing.
  return octets !== undefined && equalBytes(responderId.keyHash, yield* settle(primitives.digest('SHA-1', octets)))
}

/** Directly under the issuer's own key: nobody else's delegate, and no chain. */
function* isDelegate(delegate: Certificate, issuer: RevocationIssuer, query: OcspQuery): Flow<boolean> {
  const { at, algorithms, primitives } = query
  const { keyUsage } = delegate
  if (keyUsage !== undefined && !keyUsage.has('digitalSignature') && !keyUsage.has('contentCommitment')) return false
  const { subject, publicKey } = issuer
  const result = yield* settle(
    verifyPath({
      leaf: delegate,
      anchors: [{ subject, publicKey }],
      at,
      usage: [KEY_PURPOSE.ocspSigning],
      algorithms,
      primitives,
    }),
  )
  return result.ok
}

function* signatureFault(
  response: BasicOcspResponse,
  publicKey: Uint8Array,
  { algorithms, primitives }: OcspQuery,
): Flow<RevocationUnknownCause | undefined> {
  const { data, signature, signatureAlgorithm } = response
  return yield* settle(
    response.signatures.find(publicKey, algorithms, () =>
      // One check for each response and key is a bound in itself.
      runFlow(
        causeOf(
          checkSignature({ data, signature, signatureAlgorithm }, publicKey, {
            algorithms,
            primitives,
            spend: () => true,
          }),
        ),
      ),
    ),
  )
}

function* causeOf(check: ReturnType<typeof checkSignature>): Flow<RevocationUnknownCause | undefined> {
  const fault = yield* check
  if (fault === undefined) return undefined
  return fault.code === 'signature-invalid' || fault.code === 'algorithm-mismatch' ? 'ocsp-signature' : 'algorithm'
}
