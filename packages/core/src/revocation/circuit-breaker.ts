/** Leaves a server alone that keeps failing, and lets one request at a time find out whether it is back. @module */
import { backoffMilliseconds, FAILURES_UNTIL_OPEN } from './backoff.ts'

export class CircuitBreaker {
  readonly #clock: () => number
  readonly #random: () => number
  #failures = 0
  #closedAgainAt = 0
  #isProbing = false

  /** @param clock milliseconds that never run backwards */
  constructor(clock: () => number, random: () => number) {
    this.#clock = clock
    this.#random = random
  }

  get isOpen(): boolean {
    return this.#failures >= FAILURES_UNTIL_OPEN && (this.#isProbing || this.#clock() < this.#closedAgainAt)
  }

  /** Whether one may try now; who may has to tell how it went. */
  enter(): boolean {
    if (this.isOpen) return false
    this.#isProbing = this.#failures >= FAILURES_UNTIL_OPEN
    return true
  }

  succeeded(): void {
    this.#failures = 0
    this.#isProbing = false
  }

  failed(): void {
    this.#failures++
    this.#isProbing = false
    this.#closedAgainAt = this.#clock() + backoffMilliseconds(this.#failures, this.#random)
  }
}
