/**
 * One URL from which a CRL is kept fresh: fetched once for everybody who waits, again well before it ends, and with growing
 * pauses while it fails. What is in force meanwhile stays so until its own end.
 * @module
 */
import { backoffMilliseconds, FAILURES_UNTIL_OPEN } from './backoff.ts'
import type { Crl } from './crl.ts'
import { loadCrlBundle } from './crl-bundle.ts'
import type { CrlStore } from './crl-store.ts'
import { FetchError, type Fetcher, type FetchResponse } from './fetcher.ts'
import type { Later, later } from './later.ts'

export interface CrlSourceSettings {
  readonly fetcher: Fetcher
  readonly maxOctets: number
  readonly timeoutMilliseconds: number
  /** The longest between two looks: a list that is replaced ahead of time is seen by then. */
  readonly refreshMilliseconds: number
  readonly clock: () => Date
  readonly random: () => number
  readonly later: typeof later
}

/** A server that keeps handing out a list that ends at once is not asked more often. */
const SHORTEST_REFRESH_MILLISECONDS = 60_000

/** Of the time that is left: early enough to fail a few times, at a different moment in each process. */
const REFRESH_SHARE = { from: 0.5, to: 0.75 }

export class CrlSource {
  readonly url: string
  readonly #store: CrlStore
  readonly #settings: CrlSourceSettings
  readonly #stop = new AbortController()
  #etag: string | undefined
  #lastModified: string | undefined
  #failures = 0
  #timer: Later | undefined
  #inFlight: Promise<void> | undefined
  /** Milliseconds since 1970 at which what was loaded last comes to its end. */
  #end = 0
  #hasLoaded = false
  lastUsed = 0

  constructor(url: string, store: CrlStore, settings: CrlSourceSettings) {
    this.url = url
    this.#store = store
    this.#settings = settings
  }

  /** Its last attempts failed, and it is being left alone. */
  get isFailing(): boolean {
    return this.#failures > 0
  }

  get hasLoaded(): boolean {
    return this.#hasLoaded
  }

  /** A fetch worth waiting for: the first, or one that replaces what has ended; not one of many that failed. */
  get awaited(): Promise<void> | undefined {
    if (this.#failures >= FAILURES_UNTIL_OPEN) return undefined
    const isUsable = this.#hasLoaded && this.#settings.clock().getTime() <= this.#end
    return isUsable ? undefined : this.#inFlight
  }

  /** Begins, if it has not begun. */
  start(): void {
    if (this.#inFlight === undefined && this.#timer === undefined && !this.#stop.signal.aborted) this.refresh()
  }

  /** Somebody missed an answer. Timers stand still while a machine sleeps, and lists end all the same. */
  nudge(): void {
    const hasEnded = this.#hasLoaded && this.#settings.clock().getTime() > this.#end
    if (hasEnded && this.#failures === 0 && this.#inFlight === undefined && !this.#stop.signal.aborted) this.refresh()
  }

  /** One fetch, however many ask for it. */
  refresh(): Promise<void> {
    this.#timer?.cancel()
    this.#timer = undefined
    this.#inFlight ??= this.#fetch().finally(() => {
      this.#inFlight = undefined
    })
    return this.#inFlight
  }

  close(): void {
    this.#stop.abort()
    this.#timer?.cancel()
  }

  async #fetch(): Promise<void> {
    const { signal } = this.#stop
    let isInForce: boolean
    try {
      const response = await this.#ask()
      isInForce = response.status === 304 || (await this.#offer(await loadCrlBundle(response.body, signal), response))
    } catch (error) {
      if (signal.aborted) return
      isInForce = false
      this.#store.fail(this.url, error instanceof Error ? error.message : 'failed')
    }
    if (signal.aborted) return
    this.#failures = isInForce ? 0 : this.#failures + 1
    this.#schedule(isInForce ? this.#refreshDelay() : backoffMilliseconds(this.#failures, this.#settings.random))
  }

  async #ask(): Promise<FetchResponse> {
    const { fetcher, maxOctets, timeoutMilliseconds } = this.#settings
    const response = await fetcher({
      url: this.url,
      method: 'GET',
      headers: {
        accept: 'application/pkix-crl',
        ...(this.#etag === undefined ? {} : { 'if-none-match': this.#etag }),
        ...(this.#lastModified === undefined ? {} : { 'if-modified-since': this.#lastModified }),
      },
      maxOctets,
      timeoutMilliseconds,
      signal: this.#stop.signal,
    })
    const isConditional = this.#etag !== undefined || this.#lastModified !== undefined
    if (response.status === 304 && isConditional) return response
    if (response.status !== 200) throw new FetchError('fetch-status', `status ${response.status}`, response.status)
    // An error page, or a login, with status 200.
    if (response.header('content-type')?.trim().toLowerCase().startsWith('text/html')) {
      throw new FetchError('fetch-content', 'it is a page of HTML')
    }
    return response
  }

  /** What the store refuses it has reported itself. */
  async #offer(crls: readonly Crl[], response: FetchResponse): Promise<boolean> {
    if (!(await this.#store.offer(this.url, crls))) return false
    this.#etag = response.header('etag')
    this.#lastModified = response.header('last-modified')
    this.#hasLoaded = true
    this.#end = Math.min(...crls.map(({ nextUpdate = Number.POSITIVE_INFINITY }) => nextUpdate))
    return true
  }

  #refreshDelay(): number {
    const { clock, random, refreshMilliseconds } = this.#settings
    const share = REFRESH_SHARE.from + (REFRESH_SHARE.to - REFRESH_SHARE.from) * random()
    const delay = Math.min(this.#end - clock().getTime(), refreshMilliseconds / REFRESH_SHARE.to) * share
    return Math.max(delay, SHORTEST_REFRESH_MILLISECONDS * (1 + random()))
  }

  #schedule(milliseconds: number): void {
    this.#timer?.cancel()
    this.#timer = this.#settings.later(milliseconds, () => void this.refresh())
  }
}
