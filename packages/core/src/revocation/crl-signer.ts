/**
 * Whether a CRL was made by somebody who may: the issuer of the certificate, another key of that CA, or a CRL issuer that the
 * certificate names (RFC 5280 §6.3.3 (f), (g)). Whoever does not stand in the path is verified up to the same anchor.
 * @module
 */
import { equalBytes } from '../bytes/equal.ts'
import type { VerifiedPath } from '../path/verified-path.ts'
import { verifyPath } from '../path/verify-path.ts'
import { type Flow, type MaybePromise, settle } from '../primitives/flow.ts'
import type { Certificate } from '../x509/certificate.ts'
import type { Crl } from './crl.ts'
import { checkCrlSignature } from './crl-signature.ts'
import type { RevocationIssuer, RevocationQuery, RevocationSubject } from './revocation-provider.ts'
import type { RevocationUnknownCause } from './revocation-status.ts'

export type CrlSubject = Pick<RevocationSubject, 'certificate' | 'issuer'> &
  Partial<RevocationSubject> & {
    /** Signers that the caller answers for. */
    readonly trusted?: readonly Certificate[]
  }

export interface SignerContext {
  readonly query: RevocationQuery
  /** Signers whose own status is being asked for. One of them may speak about itself: its issuer pointed there. */
  readonly trail: readonly Certificate[]
  /** Refuses the path of a signer: that of a certificate that is revoked, or of which nothing is known. */
  readonly accept: (path: VerifiedPath, signer: Certificate) => MaybePromise<{ readonly code: string } | undefined>
}

/** Who signed, and until when that is proven: milliseconds since 1970. */
export type SignerFinding = { readonly until: number } | { readonly fault: RevocationUnknownCause }

/** A CRL issuer's CRL issuer; nobody nests deeper, and a circle would. */
const MAX_TRAIL = 3

export function* findSigner(crl: Crl, subject: CrlSubject, context: SignerContext): Flow<SignerFinding> {
  let furthest: RevocationUnknownCause = 'crl-signer'
  for (const { signer, isProven } of candidatesFor(crl, subject, context.trail)) {
    const fault = yield* signatureFault(crl, signer, context.query)
    if (fault !== undefined) {
      if (fault !== 'crl-signer') furthest = fault
      continue
    }
    if (isProven) return { until: Number.POSITIVE_INFINITY }
    const until = yield* provenUntil(signer.certificate, subject.path, context)
    if (until !== undefined) return { until }
    furthest = 'crl-signer'
  }
  return { fault: furthest }
}

interface Candidate {
  readonly signer: RevocationIssuer
  /** It stands in the verified path above the certificate. */
  readonly isProven: boolean
}

function* candidatesFor(
  crl: Crl,
  { certificate, issuer, path, index = 0, trusted = [] }: CrlSubject,
  trail: readonly Certificate[],
): Generator<Candidate> {
  if (crl.issuer.equals(certificate.issuer)) yield { signer: issuer, isProven: true }
  for (const each of trusted) if (each.subject.equals(crl.issuer)) yield { signer: issuerOf(each), isProven: true }
  if (path === undefined) return
  const { anchor, certificates, crlSigners } = path
  // The one directly above is the issuer, and was named first.
  for (const above of certificates.slice(index + 2)) {
    if (above.subject.equals(crl.issuer)) yield { signer: issuerOf(above), isProven: true }
  }
  const top = certificates[certificates.length - 1]
  if (top?.issuer.equals(crl.issuer) && index < certificates.length - 1) yield { signer: anchor, isProven: true }
  for (const beside of [...trail, ...crlSigners]) {
    if (beside.subject.equals(crl.issuer)) yield { signer: issuerOf(beside), isProven: false }
  }
}

function issuerOf(certificate: Certificate): RevocationIssuer {
  return { subject: certificate.subject.der, publicKey: certificate.publicKey, certificate }
}

function* signatureFault(
  crl: Crl,
  { publicKey, certificate }: RevocationIssuer,
  query: RevocationQuery,
): Flow<RevocationUnknownCause | undefined> {
  // (f): if the certificate restricts its key, it must allow this.
  if (certificate?.keyUsage?.has('cRLSign') === false) return 'crl-signer'
  const named = crl.authorityKeyIdentifier?.keyIdentifier
  const own = certificate?.subjectKeyIdentifier
  if (named !== undefined && own !== undefined && !equalBytes(named, own)) return 'crl-authority-key'
  return yield* settle(checkCrlSignature(crl, publicKey, query))
}

/** "The trust anchor for the certification path MUST be the same" (f). */
function* provenUntil(
  signer: Certificate | undefined,
  path: VerifiedPath | undefined,
  { query, trail, accept }: SignerContext,
): Flow<number | undefined> {
  if (signer === undefined || path === undefined) return undefined
  if (trail.includes(signer)) return signer.notAfter.getTime()
  if (trail.length === MAX_TRAIL) return undefined
  const { at, algorithms, primitives } = query
  const result = yield* settle(
    verifyPath<{ readonly code: string }>({
      leaf: signer,
      intermediates: [...path.certificates.slice(1), ...path.crlSigners],
      anchors: [path.anchor],
      at,
      usage: 'any',
      algorithms,
      primitives,
      accept: (found) => accept(found, signer),
    }),
  )
  return result.ok ? result.path.notAfter.getTime() : undefined
}
