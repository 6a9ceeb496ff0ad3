/**
 * Signatures of intermediates that were verified before, so that the second partner under a CA costs one check, not two.
 *
 * The memory belongs to an anchor object and one set of primitives: it goes when the anchors are replaced, and nothing that
 * one verifier proved is believed by another. It holds proofs only (these octets carry a valid signature of this key), never
 * a verdict: dates, constraints, the algorithm policy and revocation are judged anew each time.
 * @module
 */
import { equalBytes } from '../bytes/equal.ts'
import { BoundedMap } from '../primitives/bounded-map.ts'
import type { Primitives } from '../primitives/primitives.ts'
import type { Certificate } from '../x509/certificate.ts'

/** Intermediates that may exist under one anchor at a time; each proof keeps some 2 KB. */
const KEPT_PROOFS = 256

interface Proof {
  readonly certificate: Uint8Array
  readonly signerKey: Uint8Array
}

export class VerifiedSignatures {
  // By the signature's octets, which are short and never shared by two certificates; the whole is compared all the same.
  readonly #proofs = new BoundedMap<string, Proof>(KEPT_PROOFS)

  has(certificate: Certificate, signerKey: Uint8Array): boolean {
    const proof = this.#proofs.get(idOf(certificate))
    return (
      proof !== undefined && equalBytes(proof.certificate, certificate.der) && equalBytes(proof.signerKey, signerKey)
    )
  }

  /** Called for paths that were verified to the anchor, so that nobody without a certificate under it can displace a proof. */
  add(certificate: Certificate, signerKey: Uint8Array): void {
    this.#proofs.set(idOf(certificate), { certificate: certificate.der, signerKey })
  }
}

const MEMORIES = new WeakMap<object, WeakMap<Primitives, VerifiedSignatures>>()

/** The memory of this anchor, as the caller handed it in. */
export function verifiedSignaturesOf(anchor: object, primitives: Primitives): VerifiedSignatures {
  let byPrimitives = MEMORIES.get(anchor)
  if (byPrimitives === undefined) {
    byPrimitives = new WeakMap()
    MEMORIES.set(anchor, byPrimitives)
  }
  let memory = byPrimitives.get(primitives)
  if (memory === undefined) {
    memory = new VerifiedSignatures()
    byPrimitives.set(primitives, memory)
  }
  return memory
}

function idOf({ signature }: Certificate): string {
  let id = ''
  // 64 octets of a signature tell it apart; the rest of an RSA or ML-DSA one would only cost time.
  for (const octet of signature.subarray(-64)) id += String.fromCharCode(octet)
  return id
}
