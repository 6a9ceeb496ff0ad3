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

/** As many: when a source of revocation is down, all of them are in doubt. */
const DOUBTED_CAPACITY = PROVEN_CAPACITY

/** Its own table, so that certificates made up by the thousand displace no proof. */
const REFUSED_CAPACITY = 2_000

/** A refused partner who mends its chain, or whose other path begins to be valid, waits no longer than this. */
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

/** All paths that a search found, of which revocation let none pass. What it says of them is asked anew each time. */
interface Doubt {
  /** Digests of leaf and chain: with another chain there may be other paths. */
  readonly chain: string
  readonly paths: readonly VerifiedPath[]
  readonly until: number
}

export class PathMemory {
  readonly #maximumAge: number
  #epoch = 0
  readonly #proven: BoundedMap<string, { readonly proof: Proof; readonly until: number }> = new BoundedMap(
    PROVEN_CAPACITY,
  )
  /** By leaf, so that nobody fills it with chains made up around one certificate. */
  readonly #doubted: BoundedMap<string, Doubt> = new BoundedMap(DOUBTED_CAPACITY)
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

  /** @returns the paths in the order in which they were found, for as long as all of them hold */
  doubted(leaf: string, chain: string, epoch: number, at: number): readonly VerifiedPath[] | undefined {
    if (!this.#enter(epoch)) return undefined
    const doubt = this.#doubted.get(leaf)
    if (doubt === undefined) return undefined
    if (doubt.chain === chain && isRecent(doubt, at) && doubt.paths.every((path) => holds(path, at))) return doubt.paths
    this.#doubted.delete(leaf)
    return undefined
  }

  rememberDoubt(leaf: string, chain: string, epoch: number, at: number, paths: readonly VerifiedPath[]): void {
    if (!this.#enter(epoch)) return
    this.#doubted.set(leaf, { chain, paths, until: at + REFUSED_MILLISECONDS })
  }

  /** @param chain digests of leaf and chain: another chain deserves another look */
  refusal(chain: string, epoch: number, at: number): PathReason | undefined {
    if (!this.#enter(epoch)) return undefined
    const entry = this.#refused.get(chain)
    if (entry === undefined) return undefined
    if (isRecent(entry, at)) return entry.reason
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
      this.#doubted.clear()
      this.#refused.clear()
    }
    return epoch === this.#epoch
  }
}

function isRecent({ until }: { readonly until: number }, at: number): boolean {
  return at < until && at >= until - REFUSED_MILLISECONDS
}

function holds(path: VerifiedPath, at: number): boolean {
  return at >= validFrom(path) && at <= path.notAfter.getTime()
}

/** From when on all certificates of the path are valid. */
export function validFrom({ certificates }: VerifiedPath): number {
  return Math.max(...certificates.map(({ notBefore }) => notBefore.getTime()))
}
