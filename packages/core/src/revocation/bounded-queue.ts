/** A few things at once, some more waiting, the rest turned away. @module */

export class BoundedQueue {
  readonly #concurrency: number
  readonly #waitingLimit: number
  readonly #waiting: (() => void)[] = []
  #running = 0

  constructor(concurrency: number, waitingLimit: number) {
    this.#concurrency = concurrency
    this.#waitingLimit = waitingLimit
  }

  /** `undefined`: too many are waiting. */
  run<T>(work: () => Promise<T>): Promise<T> | undefined {
    if (this.#running < this.#concurrency) {
      this.#running++
      return this.#inPlace(work)
    }
    if (this.#waiting.length >= this.#waitingLimit) return undefined
    return new Promise<void>((resolve) => this.#waiting.push(resolve)).then(() => this.#inPlace(work))
  }

  /** Whoever leaves hands its place to the next. */
  async #inPlace<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work()
    } finally {
      const next = this.#waiting.shift()
      if (next === undefined) this.#running--
      else next()
    }
  }
}
