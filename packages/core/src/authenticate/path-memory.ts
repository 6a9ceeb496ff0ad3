/**
 * Proof is remembered, permission is not: which path a leaf was verified by, and for moments which leaf was refused.
 * Dates, revocation and everything that a registry says are asked anew on every request.
 * @module
 */

import type { PathReason } from '../path/path-reason.ts'
import type { VerifiedPath } from '../path/verified-path.ts'
import { BoundedMap } from '../primitives/bounded-map.ts'
import type { CertificateNames } from '../registry/certificate-names.ts'
import type { PrincipalCertificate } from './principal.ts'

/** A few hundred bytes each. Far more live partners than one process serves. */
const PROVEN_CAPACITY = 20_000

/** Its own table, so that certificates made up by the thousand displace no proof. */
const REFUSED_CAPACITY = 2_000

/** A refused partner who mends its chain, or whose CA is added, waits no longer than this. */
const REFUSED_MILLISECONDS = 10_000

export interface Proof {
  readonly path: VerifiedPath
  readonly names: CertificateNames
  readonly certificate: PrincipalCertificate
  /** All certificates of the path are valid from here… */
  readonly notBefore: number
  /** …to here, milliseconds since the epoch. */
  readonly notAfter: number
}

export class PathMemory {
  readonly #maximumAge: number
  #epoch = 0
  readonly #proven: BoundedMap<string, { readonly proof: Proof; readonly until: number }> = new BoundedMap(
    PROVEN_CAPACITY,
  )
  readonly #refused: BoundedMap<string, { readonly reason: PathReason; readonly until: number }> = new BoundedMap(
    REFUSED_CAPACITY,
  )

  constructor(maximumAgeSeconds: number) {
    this.#maximumAge = maximumAgeSeconds * 1000
  }

  /** @param leaf SHA-256, hex */
  proof(leaf: string, epoch: number, at: number): Proof | undefined {
    if (!this.#enter(epoch)) return undefined
    const entry = this.#proven.get(leaf)
    if (entry === undefined) return undefined
    const { proof, until } = entry
    // A clock that was set back makes an entry look younger than it is: then it is verified again.
    if (at < until && at >= until - this.#maximumAge && at >= proof.notBefore && at <= proof.notAfter) return proof
    this.#proven.delete(leaf)
    return undefined
  }

  remember(leaf: string, epoch: number, at: number, proof: Proof): void {
    if (!this.#enter(epoch)) return
    this.#proven.set(leaf, { proof, until: at + this.#maximumAge })
  }

  forget(leaf: string): void {
    this.#proven.delete(leaf)
  }

  /** @param chain digests of leaf and chain: another chain deserves another look */
  refusal(chain: string, epoch: number, at: number): PathReason | undefined {
    if (!this.#enter(epoch)) return undefined
    const entry = this.#refused.get(chain)
    if (entry === undefined) return undefined
    if (at < entry.until && at >= entry.until - REFUSED_MILLISECONDS) return entry.reason
    this.#refused.delete(chain)
    return undefined
  }

  rememberRefusal(chain: string, epoch: number, at: number, reason: PathReason): void {
    if (!this.#enter(epoch)) return
    this.#refused.set(chain, { reason, until: at + REFUSED_MILLISECONDS })
  }

  /** False for what began under an older trust: a slow verification must not bring that trust back. */
  #enter(epoch: number): boolean {
    if (epoch > this.#epoch) {
      this.#epoch = epoch
      this.#proven.clear()
      this.#refused.clear()
    }
    return epoch === this.#epoch
  }
}
