/** CRLs that are fetched: what both providers of them have in common. @module */
import { type Flow, type MaybePromise, runFlow, settle } from '../primitives/flow.ts'
import { CrlSource, type CrlSourceSettings } from './crl-source.ts'
import { CrlStore } from './crl-store.ts'
import { DEFAULT_CRL_OCTETS, DEFAULT_TIMEOUT_SECONDS, type Fetcher } from './fetcher.ts'
import { type Later, later } from './later.ts'
import type { ProviderHealth } from './revocation-health.ts'
import type { RevocationHost, RevocationQuery, RevocationSubject } from './revocation-provider.ts'
import type { RevocationStatus } from './revocation-status.ts'

export interface FetchedCrlOptions {
  /** Counts lists older than this, since their thisUpdate, as expired; without it a list that has no nextUpdate counts for nothing. */
  readonly maxAgeSeconds?: number
  /** How long before its nextUpdate a list is announced as expiring. Default: a quarter of its lifetime, at most a day. */
  readonly warnSeconds?: number
  /** The longest between two looks at a URL. Default 3600: a list that a CA publishes ahead of time is in force by then. */
  readonly refreshSeconds?: number
  /** For one fetch, everything together. Default 10. */
  readonly timeoutSeconds?: number
  /** Default 64 MiB: a million entries have 35 to 40 megabytes. */
  readonly maxOctets?: number
}

/** A request waits no longer for a list that is being fetched; the fetch itself goes on. */
const WAIT_MILLISECONDS = 5_000

const TICK_MILLISECONDS = 1_000

const DEFAULT_REFRESH_SECONDS = 3_600

export interface FetchedCrlSeams {
  readonly fetcher: Fetcher
  readonly random: () => number
  /** Sets the timers between fetches. */
  readonly later: typeof later
}

export class FetchedCrls {
  readonly #store: CrlStore
  readonly #sources = new Map<string, CrlSource>()
  readonly #settings: CrlSourceSettings
  readonly #maxSources: number
  #host: RevocationHost | undefined
  #users = 0
  #ticking: Later | undefined
  #isClosed = false

  constructor(name: string, options: FetchedCrlOptions, seams: FetchedCrlSeams, maxSources: number) {
    const { maxAgeSeconds, warnSeconds, refreshSeconds = DEFAULT_REFRESH_SECONDS } = options
    const { timeoutSeconds = DEFAULT_TIMEOUT_SECONDS, maxOctets = DEFAULT_CRL_OCTETS } = options
    for (const [option, value] of Object.entries({
      maxAgeSeconds,
      warnSeconds,
      refreshSeconds,
      timeoutSeconds,
      maxOctets,
    })) {
      if (value === undefined || (Number.isFinite(value) && value > 0)) continue
      throw new TypeError(`${name}: ${option}: a positive number`)
    }
    this.#store = new CrlStore({ name, maxAgeSeconds, warnSeconds })
    this.#maxSources = maxSources
    this.#settings = {
      ...seams,
      maxOctets,
      timeoutMilliseconds: 1000 * timeoutSeconds,
      refreshMilliseconds: 1000 * refreshSeconds,
      clock: () => this.#host?.clock() ?? new Date(),
    }
  }

  attach(host: RevocationHost): void {
    this.#host ??= host
    this.#users++
    this.#store.attach(host)
    this.#tick()
    for (const source of this.#sources.values()) source.start()
  }

  /** Adds a URL, or finds it. The one that was asked for least recently gives way when there are too many. */
  source(url: string): CrlSource {
    let source = this.#sources.get(url)
    if (source === undefined) {
      if (this.#sources.size >= this.#maxSources) this.#dropOldest()
      source = new CrlSource(url, this.#store, this.#settings)
      this.#sources.set(url, source)
    }
    source.lastUsed = this.#settings.clock().getTime()
    return source
  }

  /** From what is loaded; only where that says nothing, after a fetch that is under way. */
  status(
    subject: RevocationSubject,
    query: RevocationQuery,
    sources: Iterable<CrlSource> = this.#sources.values(),
  ): MaybePromise<RevocationStatus> {
    const answer = this.#store.status(subject, query)
    if ('status' in answer && answer.status !== 'unknown') return answer
    return runFlow(this.#wait(answer, subject, query, sources))
  }

  health(): readonly ProviderHealth[] {
    return this.#store.health()
  }

  close(): void {
    if (--this.#users > 0) return
    this.#isClosed = true
    this.#ticking?.cancel()
    for (const source of this.#sources.values()) source.close()
  }

  *#wait(
    first: MaybePromise<RevocationStatus>,
    subject: RevocationSubject,
    query: RevocationQuery,
    sources: Iterable<CrlSource>,
  ): Flow<RevocationStatus> {
    let answer = yield* settle(first)
    if (answer.status !== 'unknown') return answer
    const asked = [...sources]
    for (const source of asked) {
      source.start()
      source.nudge()
    }
    const awaited = asked.flatMap((source) => source.awaited ?? [])
    if (awaited.length > 0) {
      yield* settle(atMost(WAIT_MILLISECONDS, Promise.all(awaited), query.signal))
      answer = yield* settle(this.#store.status(subject, query))
    }
    if (answer.status !== 'unknown' || answer.cause !== 'no-source') return answer
    if (asked.some((source) => source.isFailing)) return { ...answer, cause: 'source-failed' }
    return asked.some((source) => !source.hasLoaded) ? { ...answer, cause: 'not-loaded' } : answer
  }

  #dropOldest(): void {
    let oldest: CrlSource | undefined
    for (const source of this.#sources.values())
      if (oldest === undefined || source.lastUsed < oldest.lastUsed) oldest = source
    if (oldest === undefined) return
    oldest.close()
    this.#sources.delete(oldest.url)
    this.#store.retire(oldest.url, 'other sources were asked for more recently')
  }

  #tick(): void {
    this.#ticking ??= later(TICK_MILLISECONDS, () => {
      this.#ticking = undefined
      if (this.#isClosed) return
      this.#store.tick()
      this.#tick()
    })
  }
}

/** Settles when the work does, or when the time or the signal has run out, whatever comes first; never rejects. */
function atMost(milliseconds: number, work: Promise<unknown>, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    const timer = later(milliseconds, done)
    signal?.addEventListener('abort', done, { once: true })
    work.then(done, done)
    function done(): void {
      timer.cancel()
      signal?.removeEventListener('abort', done)
      resolve()
    }
  })
}
