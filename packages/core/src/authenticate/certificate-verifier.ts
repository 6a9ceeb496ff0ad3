/** From presented certificates to a verified identity, or the reason why not. @module */
import { encodeHex } from '../bytes/hex.ts'
import type { PathReason } from '../path/path-reason.ts'
import type { VerifiedPath } from '../path/verified-path.ts'
import { type VerifyPathResult, verifyPath } from '../path/verify-path.ts'
import type { PolicyReason } from '../policy/policy-reason.ts'
import { checkSpiffeId } from '../policy/spiffe-id.ts'
import { after, type Flow, type MaybePromise, runFlow, settle } from '../primitives/flow.ts'
import type { Primitives } from '../primitives/primitives.ts'
import { certificateNames } from '../registry/certificate-names.ts'
import type { RevocationChecker } from '../revocation/revocation-checker.ts'
import type { RevocationReason } from '../revocation/revocation-reason.ts'
import type { PresentedCertificate } from '../source/certificate-source.ts'
import { Certificate, parseCertificate } from '../x509/certificate.ts'
import { CertificateError } from '../x509/certificate-error.ts'
import type { CertificateOptions } from './options.ts'
import { PathMemory, type Proof, validFrom } from './path-memory.ts'
import type { PrincipalCertificate } from './principal.ts'
import type { Trust } from './trust.ts'

export type CertificateRefusal = PathReason | RevocationReason | PolicyReason

export interface CertificateVerdict {
  /** SHA-256 of the leaf, hex. */
  readonly fingerprint: string
  readonly proof: Proof | undefined
  readonly reason: CertificateRefusal | undefined
}

type SearchResult = VerifyPathResult<RevocationReason>

export interface CertificateVerifier {
  verify(presented: PresentedCertificate, at: Date): MaybePromise<CertificateVerdict>
}

export function createCertificateVerifier(
  options: CertificateOptions,
  rememberSeconds: number,
  trust: () => Trust,
  revocation: RevocationChecker,
  primitives: Primitives,
): CertificateVerifier {
  const memory = new PathMemory(rememberSeconds)
  const digests = new WeakMap<Uint8Array, string>()

  /** Sources hand over the same object for the same connection or header value, so most requests hash nothing. */
  function digestOf(bytes: Uint8Array): MaybePromise<string> {
    const known = digests.get(bytes)
    if (known !== undefined) return known
    return after(primitives.digest('SHA-256', bytes), (octets) => {
      const digest = encodeHex(octets)
      digests.set(bytes, digest)
      return digest
    })
  }

  function verify(presented: PresentedCertificate, at: Date): MaybePromise<CertificateVerdict> {
    return after(digestOf(presented.leaf), (fingerprint) => {
      const now = trust()
      const known = memory.proof(fingerprint, now.epoch, at.getTime())
      if (known === undefined) return runFlow(verifyAnew(presented, fingerprint, now, at))
      return after(revocation.check(known.path, at), (reason) => {
        if (reason === undefined || reason.code === 'certificate-revoked') return { fingerprint, proof: known, reason }
        // What is unknown on the remembered path may be known on another one.
        memory.forget(fingerprint)
        return runFlow(verifyAnew(presented, fingerprint, now, at))
      })
    })
  }

  function* verifyAnew(
    presented: PresentedCertificate,
    fingerprint: string,
    now: Trust,
    at: Date,
  ): Flow<CertificateVerdict> {
    let chain = fingerprint
    for (const certificate of presented.chain) chain += yield* settle(digestOf(certificate))
    const refused = memory.refusal(chain, now.epoch, at.getTime())
    if (refused !== undefined) return { fingerprint, proof: undefined, reason: refused }

    const gate = createRevocationGate(revocation, at)
    const doubted = memory.doubted(fingerprint, chain, now.epoch, at.getTime())
    const result = yield* doubted === undefined ? search(presented, now, at, gate) : askAgain(doubted, gate)
    if (!result.ok) {
      const { reason } = result
      if (!isRevocationReason(reason)) memory.rememberRefusal(chain, now.epoch, at.getTime(), reason)
      // What revocation said may change within the second; that these paths hold, only with time.
      else if (doubted === undefined) memory.rememberDoubt(fingerprint, chain, now.epoch, at.getTime(), gate.paths)
      return { fingerprint, proof: undefined, reason }
    }
    const proof = yield* proofOf(result.path, fingerprint, now)
    const ambiguous = checkSpiffeId(proof.names)
    if (ambiguous !== undefined) return { fingerprint, proof: undefined, reason: ambiguous }
    memory.remember(fingerprint, now.epoch, at.getTime(), proof)
    return { fingerprint, proof, reason: undefined }
  }

  function* search(presented: PresentedCertificate, now: Trust, at: Date, gate: RevocationGate): Flow<SearchResult> {
    const parsed = parsePresented(presented)
    if ('code' in parsed) return { ok: false, reason: parsed }
    const [leaf, ...sent] = parsed
    return yield* settle(
      verifyPath<RevocationReason>({
        // The rules for paths are options of the same names.
        ...options,
        leaf,
        // Configured ones first: what is sent may be missing, out of order, or made to be expensive.
        intermediates: [...now.intermediates, ...sent],
        anchors: now.anchors,
        at,
        usage: 'client',
        primitives,
        accept: gate.accept,
      }),
    )
  }

  function* proofOf(path: VerifiedPath, fingerprint: string, now: Trust): Flow<Proof> {
    const { leaf } = path
    const publicKey = encodeHex(yield* settle(primitives.digest('SHA-256', leaf.publicKey)))
    const names = certificateNames(leaf, {
      certificate: fingerprint,
      publicKey,
      anchor: path.anchor.label,
      onlyAnchor: now.onlyAnchor,
    })
    const certificate: PrincipalCertificate = Object.freeze({
      fingerprint,
      publicKey,
      serialNumber: names.serialNumber,
      subject: String(leaf.subject),
      names: Object.freeze({ dns: names.dns, uri: names.uri, ip: names.ip, email: names.email }),
      notAfter: leaf.notAfter,
      anchor: names.anchor,
      parsed: leaf,
    })
    return { path, names, certificate, notBefore: validFrom(path), notAfter: path.notAfter.getTime() }
  }

  return { verify }
}

function isRevocationReason(reason: PathReason | RevocationReason): reason is RevocationReason {
  return (
    reason.code === 'certificate-revoked' ||
    reason.code === 'certificate-status-unknown' ||
    reason.code === 'revocation-unavailable'
  )
}

interface RevocationGate {
  /** Every path that came to it, in order. */
  readonly paths: readonly VerifiedPath[]
  accept(path: VerifiedPath): MaybePromise<RevocationReason | undefined>
}

/**
 * What is unknown lets the next path be tried; what is revoked is final for that public key, so that no cross-certificate
 * of the same key brings it back.
 */
function createRevocationGate(revocation: RevocationChecker, at: Date): RevocationGate {
  const paths: VerifiedPath[] = []
  const revoked: { readonly publicKey: string; readonly reason: RevocationReason }[] = []
  return {
    paths,
    accept(path) {
      paths.push(path)
      if (revoked.length > 0) {
        const keys = new Set(path.certificates.map((certificate) => encodeHex(certificate.publicKey)))
        const final = revoked.find(({ publicKey }) => keys.has(publicKey))
        if (final !== undefined) return final.reason
      }
      return after(revocation.check(path, at), (reason) => {
        if (reason?.code === 'certificate-revoked') {
          const certificate = path.certificates[reason.index]
          if (certificate !== undefined) revoked.push({ publicKey: encodeHex(certificate.publicKey), reason })
        }
        return reason
      })
    },
  }
}

/** As a search would that came upon the same paths: the first that passes, else the last word. */
function* askAgain(paths: readonly VerifiedPath[], gate: RevocationGate): Flow<SearchResult> {
  let last: RevocationReason | undefined
  for (const path of paths) {
    last = yield* settle(gate.accept(path))
    if (last === undefined) return { ok: true, path }
  }
  return { ok: false, reason: last as RevocationReason }
}

/** The leaf must parse; what cannot be parsed among the rest is no candidate for an intermediate, and no reason to refuse. */
function parsePresented(presented: PresentedCertificate): readonly [Certificate, ...Certificate[]] | PathReason {
  const leaf = tryParse(presented.leaf)
  if (leaf instanceof CertificateError) {
    const { code: error, offset } = leaf
    return {
      code: 'certificate-malformed',
      index: 0,
      subject: '',
      clause: 'RFC 5280 §4.1',
      error,
      offset,
      extension: undefined,
    }
  }
  return [
    leaf,
    ...presented.chain
      .map(tryParse)
      .filter((certificate): certificate is Certificate => certificate instanceof Certificate),
  ]
}

function tryParse(der: Uint8Array): Certificate | CertificateError {
  try {
    return parseCertificate(der)
  } catch (error) {
    if (error instanceof CertificateError) return error
    throw error
  }
}
