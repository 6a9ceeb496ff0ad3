/** What a verification may cost. The numbers go down with the call; nothing is bounded by a clock. @module */

export interface Budget {
  /** Signature checks and search, in P-256 verifications: P-384 counts 10, P-521 30. */
  readonly work: number
  /** Certificates between leaf and anchor, self-issued ones included. */
  readonly depth: number
  /** Names against name constraints. */
  readonly nameComparisons: number
  /** Octets of the certificates that come into question. */
  readonly bytes: number
}

/**
 * work: webpki and BoringSSL allow 100 signatures a path, Go 100; four levels of P-521 cost 120. depth: the deepest chain of
 * PKITS has 7 certificates, of the Web 4; webpki stops at 6 intermediates, OpenSSL at 100. nameComparisons: 2^18 as BoringSSL
 * (2^20) and webpki (250,000). bytes: eight presented certificates of the largest size.
 */
export const DEFAULT_BUDGET: Budget = Object.freeze({
  work: 128,
  depth: 10,
  nameComparisons: 262_144,
  bytes: 524_288,
})

/** Steps of the search that may be taken for each unit of work: together as dear as it is (0.3 µs and 75 µs, Node 24). */
const STEPS_PER_WORK = 128

/** Counts down. Once anything is used up every further request answers false. */
export class Meter {
  #exhausted: 'work' | 'nameComparisons' | 'bytes' | undefined
  #work: number
  #steps: number
  #comparisons: number
  #bytes: number

  constructor({ work, nameComparisons, bytes }: Budget) {
    this.#work = work
    this.#steps = work * STEPS_PER_WORK
    this.#comparisons = nameComparisons
    this.#bytes = bytes
  }

  get exhausted(): 'work' | 'nameComparisons' | 'bytes' | undefined {
    return this.#exhausted
  }

  spendWork(work: number): boolean {
    this.#work -= work
    return this.#isWithin(this.#work, 'work')
  }

  spendStep(): boolean {
    this.#steps--
    return this.#isWithin(this.#steps, 'work')
  }

  spendComparisons(count: number): boolean {
    this.#comparisons -= count
    return this.#isWithin(this.#comparisons, 'nameComparisons')
  }

  spendBytes(count: number): boolean {
    this.#bytes -= count
    return this.#isWithin(this.#bytes, 'bytes')
  }

  #isWithin(left: number, limit: 'work' | 'nameComparisons' | 'bytes'): boolean {
    if (left < 0) this.#exhausted ??= limit
    return this.#exhausted === undefined
  }
}
