/**
 * Principals whose `signal` somebody holds: they are judged again while their response runs, so that a stream ends when
 * its certificate or key does. Nobody pays for this who does not read `signal`.
 * @module
 */
import type { Problem } from '../problem/problem.ts'
import type { Reason } from '../problem/reason.ts'

/** How soon the passing of time, a CRL or a deny list is noticed by a running stream. */
const LOOK_AGAIN_MILLISECONDS = 1_000

/** How often a registry that cannot tell of changes is asked (DESIGN §4). */
const ASK_REGISTRY_EVERY = 5

/** A stream that was good survives a registry or CRL source that is down for no longer than this. */
const UNAVAILABLE_LIMIT_MILLISECONDS = 30_000

export interface LiveVerdict {
  readonly reason: Reason
  readonly problem: Problem['code']
}

/** Judges one principal as of now; `undefined`: still good. */
export type Judge = (askRegistry: boolean) => Promise<LiveVerdict | undefined>

interface Entry {
  readonly controller: AbortController
  readonly judge: Judge
  unavailableSince: number | undefined
}

/** Why a principal's signal aborted: `signal.reason`. It says nothing that only an operator may know. */
export class PrincipalEnded extends Error {
  readonly code = 'principal-ended'

  constructor() {
    super('the credentials of this request are no longer valid')
    this.name = 'PrincipalEnded'
  }
}

export class LivePrincipals {
  readonly #entries: Set<Entry> = new Set()
  readonly #registryTells: boolean
  readonly #onEnded: (ended: number, cause: string) => void
  #timer: ReturnType<typeof setInterval> | undefined
  #ticks = 0
  #closed = false

  constructor(registryTells: boolean, onEnded: (ended: number, cause: string) => void) {
    this.#registryTells = registryTells
    this.#onEnded = onEnded
  }

  get size(): number {
    return this.#entries.size
  }

  /** @param onEnd tells when the response is over; without it the entry lives until it is aborted or everything is closed */
  add(judge: Judge, onEnd: ((ended: () => void) => void) | undefined): AbortSignal {
    const entry: Entry = { controller: new AbortController(), judge, unavailableSince: undefined }
    if (this.#closed) {
      entry.controller.abort(new PrincipalEnded())
      return entry.controller.signal
    }
    this.#entries.add(entry)
    this.#start()
    onEnd?.(() => this.#drop(entry))
    return entry.controller.signal
  }

  /** Something changed: everybody is judged now. */
  async rejudge(cause: string, askRegistry: boolean): Promise<void> {
    if (this.#entries.size === 0) return
    let ended = 0
    for (const entry of [...this.#entries]) {
      if (await this.#judge(entry, askRegistry)) ended++
    }
    if (ended > 0) this.#onEnded(ended, cause)
  }

  close(): void {
    this.#closed = true
    for (const entry of [...this.#entries]) this.#end(entry)
  }

  async #judge(entry: Entry, askRegistry: boolean): Promise<boolean> {
    let verdict: LiveVerdict | undefined
    let unavailable = false
    try {
      verdict = await entry.judge(askRegistry)
      unavailable = verdict?.problem === 'verification-unavailable'
    } catch {
      unavailable = true
    }
    if (!this.#entries.has(entry)) return false
    if (unavailable) {
      entry.unavailableSince ??= performance.now()
      if (performance.now() - entry.unavailableSince < UNAVAILABLE_LIMIT_MILLISECONDS) return false
    } else if (verdict === undefined) {
      // A judgement that did not ask the registry says nothing about one that is down.
      if (askRegistry || this.#registryTells) entry.unavailableSince = undefined
      return false
    }
    this.#end(entry)
    return true
  }

  #end(entry: Entry): void {
    this.#drop(entry)
    entry.controller.abort(new PrincipalEnded())
  }

  #drop(entry: Entry): void {
    this.#entries.delete(entry)
    if (this.#entries.size > 0) return
    clearInterval(this.#timer)
    this.#timer = undefined
  }

  #start(): void {
    if (this.#timer !== undefined) return
    this.#timer = setInterval(() => {
      this.#ticks = (this.#ticks + 1) % ASK_REGISTRY_EVERY
      void this.rejudge('time', !this.#registryTells && this.#ticks === 0)
    }, LOOK_AGAIN_MILLISECONDS)
    // Watching must not keep a process alive; where timers are numbers there is no such thing to prevent.
    if (typeof this.#timer === 'object') (this.#timer as { unref?: () => void }).unref?.()
  }
}
