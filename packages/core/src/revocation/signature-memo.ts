/** Remembers what was found of one signature under a few keys, so that it costs its arithmetic once. @module */
import { equalBytes } from '../bytes/equal.ts'
import { isPromiseLike, type MaybePromise } from '../primitives/flow.ts'
import type { AlgorithmPolicy } from '../x509/algorithm-policy.ts'

/** Old and new key of an issuer, each perhaps asked about under two policies. */
const KEPT = 8

interface Remembered<T> {
  readonly publicKey: Uint8Array
  readonly algorithms: AlgorithmPolicy
  finding: MaybePromise<T>
}

export class SignatureMemo<T> {
  readonly #remembered: Remembered<T>[] = []

  /** Whether any finding so far is this one. */
  has(finding: T): boolean {
    return this.#remembered.some((known) => known.finding === finding)
  }

  /** A check that is under way is waited for, not repeated; one that fails is forgotten. */
  find(publicKey: Uint8Array, algorithms: AlgorithmPolicy, check: () => MaybePromise<T>): MaybePromise<T> {
    for (const known of this.#remembered) {
      if (known.algorithms === algorithms && equalBytes(known.publicKey, publicKey)) return known.finding
    }
    const finding = check()
    const entry: Remembered<T> = { publicKey, algorithms, finding }
    if (this.#remembered.push(entry) > KEPT) this.#remembered.shift()
    if (isPromiseLike(finding)) {
      finding.then(
        (settled) => {
          entry.finding = settled
        },
        () => {
          const at = this.#remembered.indexOf(entry)
          if (at >= 0) this.#remembered.splice(at, 1)
        },
      )
    }
    return finding
  }
}
