/** Who a certificate says it is, once that is proven, or vouched for by a platform that was chosen to be believed. @module */
import { after, type MaybePromise } from '../primitives/flow.ts'
import type { CertificateNames } from '../registry/certificate-names.ts'
import type { PresentedCertificate, PresentedVerdict } from '../source/certificate-source.ts'
import type { CertificateRefusal, CertificateVerifier } from './certificate-verifier.ts'
import type { PrincipalCertificate } from './principal.ts'
import type { Trust } from './trust.ts'

export interface CertificateIdentity {
  readonly names: CertificateNames
  readonly certificate: PrincipalCertificate
  /** Kept for as long as a stream runs, so that it can be judged again. */
  readonly presented: PresentedCertificate | PresentedVerdict
}

export interface IdentityVerdict {
  readonly fingerprint: string | undefined
  readonly identity: CertificateIdentity | undefined
  readonly reason: CertificateRefusal | undefined
}

export function identify(
  presented: PresentedCertificate | PresentedVerdict,
  parts: { readonly verifier: CertificateVerifier; readonly trust: () => Trust },
  at: Date,
): MaybePromise<IdentityVerdict> {
  if (presented.kind === 'verdict') {
    return { fingerprint: undefined, identity: vouchedFor(presented, parts.trust().onlyAnchor), reason: undefined }
  }
  return after(parts.verifier.verify(presented, at), ({ fingerprint, proof, reason }) => ({
    fingerprint,
    identity: proof && { names: proof.names, certificate: proof.certificate, presented },
    reason,
  }))
}

/** Without the certificate there is no issuer, no key and no revocation: only the names or the digest that the platform tells. */
function vouchedFor(verdict: PresentedVerdict, onlyAnchor: boolean): CertificateIdentity {
  const of = (kind: string) => verdict.names.filter((name) => name.kind === kind).map((name) => String(name.value))
  const names = { dns: of('dns'), uri: of('uri'), ip: of('ip'), email: of('email') }
  const none = { publicKey: '', serialNumber: '', subject: '', anchor: undefined }
  return {
    names: { ...names, ...none, issuer: '', certificate: verdict.fingerprint ?? '', onlyAnchor },
    certificate: {
      ...none,
      fingerprint: verdict.fingerprint ?? '',
      names,
      notAfter: new Date(Number.NaN),
      parsed: undefined,
    },
    presented: verdict,
  }
}
