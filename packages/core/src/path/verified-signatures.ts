/**
 * Signatures of intermediates that were verified before, so that the second partner under a CA costs one check, not two.
 *
 * The memory belongs to an anchor and one set of primitives: it goes when the anchors are replaced, and nothing that one
 * verifier proved is believed by another. It holds proofs only (these octets carry a valid signature of this key), never
 * a verdict: dates, constraints, the algorithm policy and revocation are judged anew each time.
 * @module
 */
import { equalBytes } from '../bytes/equal.ts'
import { BoundedMap } from '../primitives/bounded-map.ts'
import type { Primitives } from '../primitives/primitives.ts'
import type { Certificate } from '../x509/certificate.ts'
import type { TrustAnchor } from './trust-anchor.ts'

/** Intermediates that may exist under one anchor at a time; each proof keeps some 2 KB. */
const KEPT_PROOFS = 256

interface Proof {
  readonly certificate: Uint8Array
  readonly signerKey: Uint8Array
}

interface Memory {
  readonly primitives: Primitives
  /** By octets of the signature, which no two certificates share; the whole is compared all the same. */
  readonly proofs: BoundedMap<number, Proof>
}

/** For anchors without a certificate. */
const MEMORIES = new WeakMap<TrustAnchor, Memory>()

export function isVerified(
  anchor: TrustAnchor,
  primitives: Primitives,
  certificate: Certificate,
  signerKey: Uint8Array,
): boolean {
  const memory = memoryOf(anchor)
  if (memory === undefined || memory.primitives !== primitives) return false
  const proof = memory.proofs.get(idOf(certificate))
  return proof !== undefined && equalBytes(proof.certificate, certificate.der) && equalBytes(proof.signerKey, signerKey)
}

/** Called for paths that were verified to the anchor, so that nobody without a certificate under it can displace a proof. */
export function rememberVerified(
  anchor: TrustAnchor,
  primitives: Primitives,
  certificate: Certificate,
  signerKey: Uint8Array,
): void {
  let memory = memoryOf(anchor)
  if (memory === undefined || memory.primitives !== primitives) {
    memory = { primitives, proofs: new BoundedMap(KEPT_PROOFS) }
    if (anchor.certificate === undefined) MEMORIES.set(anchor, memory)
    else anchor.certificate.memory = memory
  }
  memory.proofs.set(idOf(certificate), { certificate: certificate.der, signerKey })
}

function memoryOf(anchor: TrustAnchor): Memory | undefined {
  return anchor.certificate === undefined ? MEMORIES.get(anchor) : (anchor.certificate.memory as Memory | undefined)
}

/** Forty-eight of its last bits, which are as good as random. */
function idOf({ signature }: Certificate): number {
  let id = 0
  for (let index = Math.max(0, signature.length - 6); index < signature.length; index++)
    id = id * 256 + (signature[index] as number)
  return id
}
