/**
 * The signatures between the certificates of one search, each checked once, however many paths cross it.
 * @module
 */
import { equalBytes } from '../bytes/equal.ts'
import type { MaybePromise } from '../primitives/flow.ts'
import type { SignatureVerdict } from '../primitives/primitives.ts'
import type { Certificate } from '../x509/certificate.ts'
import {
  type PlannedSignature,
  planSignature,
  type SignatureFault,
  signatureWork,
  verdictFault,
} from '../x509/verify-signature.ts'
import type { PathSettings } from './path-settings.ts'
import type { TrustAnchor } from './trust-anchor.ts'
import { isVerified, rememberVerified } from './verified-signatures.ts'

/** A signature that the policy allows, and that only arithmetic can refute. */
export interface SignedEdge {
  readonly certificate: Certificate
  readonly signerKey: Uint8Array
  readonly planned: PlannedSignature
  /** In P-256 verifications. */
  readonly work: number
}

/** What is known of an edge without arithmetic: that it holds, or why it does not. */
export interface JudgedEdge {
  readonly certificate: Certificate
  readonly signerKey: Uint8Array
  readonly fault: SignatureFault | undefined
  /** From an earlier verification. */
  readonly isProven: boolean
}

export class SignedEdges {
  readonly #settings: PathSettings
  readonly #judged = new Map<Certificate, JudgedEdge[]>()

  constructor(settings: PathSettings) {
    this.#settings = settings
  }

  /** @param anchor that may vouch for the edge from an earlier path; none for the leaf's, which is never remembered */
  find(
    certificate: Certificate,
    signer: Certificate | TrustAnchor,
    anchor: TrustAnchor | undefined,
  ): JudgedEdge | SignedEdge {
    const { publicKey: signerKey } = signer
    const known = this.#judged.get(certificate)?.find((each) => equalBytes(each.signerKey, signerKey))
    if (known !== undefined) return known
    const { algorithms, primitives } = this.#settings
    const planned = planSignature(certificate.signatureAlgorithm, 'key' in signer ? signer.key : signerKey, algorithms)
    if ('code' in planned) return this.#keep(certificate, signerKey, planned, false)
    // The policy was asked all the same; only the arithmetic is not done again.
    if (anchor !== undefined && isVerified(anchor, primitives, certificate, signerKey))
      return this.#keep(certificate, signerKey, undefined, true)
    return { certificate, signerKey, planned, work: signatureWork(planned.key) }
  }

  compute({ certificate, planned }: SignedEdge): MaybePromise<SignatureVerdict> {
    const { scheme, key } = planned
    const { tbs: data, signature } = certificate
    return this.#settings.primitives.verifySignature({ scheme, publicKey: key.spki, data, signature })
  }

  conclude({ certificate, signerKey, planned }: SignedEdge, verdict: SignatureVerdict): SignatureFault | undefined {
    const fault = verdictFault(verdict, planned, this.#settings.primitives)
    return this.#keep(certificate, signerKey, fault, false).fault
  }

  /** For the next leaf below this intermediate. */
  remember(certificate: Certificate, signerKey: Uint8Array, anchor: TrustAnchor): void {
    const isNew = this.#judged.get(certificate)?.some((each) => !each.isProven && equalBytes(each.signerKey, signerKey))
    if (isNew) rememberVerified(anchor, this.#settings.primitives, certificate, signerKey)
  }

  #keep(
    certificate: Certificate,
    signerKey: Uint8Array,
    fault: SignatureFault | undefined,
    isProven: boolean,
  ): JudgedEdge {
    const judged = { certificate, signerKey, fault, isProven }
    const before = this.#judged.get(certificate)
    if (before === undefined) this.#judged.set(certificate, [judged])
    else before.push(judged)
    return judged
  }
}
