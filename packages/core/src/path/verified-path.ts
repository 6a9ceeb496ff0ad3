/** A certification path that holds: only the verifier makes one, so that having it is the proof. @module */
import type { Certificate } from '../x509/certificate.ts'
import type { TrustAnchor } from './trust-anchor.ts'

export interface VerifiedPathFacts {
  readonly certificates: readonly [Certificate, ...Certificate[]]
  readonly anchor: TrustAnchor
  /** Milliseconds since 1970. */
  readonly notAfter: number
  readonly policies: readonly string[]
  readonly crlSigners: readonly Certificate[]
}

export class VerifiedPath {
  /** Leaf first, then the intermediates up to the anchor, which is not among them. If the leaf is the anchor, the leaf alone. */
  readonly certificates: readonly [Certificate, ...Certificate[]]
  readonly anchor: TrustAnchor
  /** Valid policies under the caller's constraints, as object identifiers (RFC 5280 §6.1.6); `2.5.29.32.0` alone means any. */
  readonly policies: readonly string[]
  /** Certificates beside the path that may have signed CRLs about it: candidates, none of them verified. */
  readonly crlSigners: readonly Certificate[]
  readonly #notAfter: number

  private constructor({ certificates, anchor, notAfter, policies, crlSigners }: VerifiedPathFacts) {
    this.certificates = Object.freeze(certificates)
    this.anchor = anchor
    this.policies = Object.freeze(policies)
    this.crlSigners = crlSigners
    this.#notAfter = notAfter
  }

  /** @internal For `verifyPath` alone; the class is exported from no door as a value. */
  static proven(facts: VerifiedPathFacts): VerifiedPath {
    return new VerifiedPath(facts)
  }

  get leaf(): Certificate {
    return this.certificates[0]
  }

  /** The earliest notAfter of all that was verified, the anchor's certificate included unless its expiry was waived. */
  get notAfter(): Date {
    return new Date(this.#notAfter)
  }
}
