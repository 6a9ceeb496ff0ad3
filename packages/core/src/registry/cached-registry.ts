/**
 * A registry's answers kept in the memory of one process for a short time: what makes a distant store as cheap as a near one,
 * without letting it be believed longer than it may.
 *
 * Four things bound the harm. Changes that the registry tells of are dropped at once. Those that it cannot tell of, because the
 * connection is gone, are not risked: while a watch is not live, every question is asked. What is dropped while its answer is
 * on the way is not kept when it arrives. And nothing is older than `ttlSeconds`.
 *
 * Ids that were never issued are remembered apart from those that were: anyone can make up ids with a right checksum, and must
 * not be able to displace a partner's key with them.
 * @module
 */
import { BoundedMap } from '../primitives/bounded-map.ts'
import { isPromiseLike, type MaybePromise } from '../primitives/flow.ts'
import type { CertificateNames } from './certificate-names.ts'
import { assertRegistry } from './check-registry.ts'
import { deepFreeze } from './partner-data.ts'
import { checkedSnapshot, readSnapshot } from './record-shape.ts'
import type { Partner } from './records.ts'
import type { KeySnapshot, Registry, RegistryAdmin, RegistryChange, RegistryWatch } from './registry.ts'
import { meetsRule } from './rules.ts'
import { Watchers } from './watchers.ts'

export interface CacheOptions {
  /** How long an answer is believed without asking again. Default 30, at most 300. A change that is told of ends it at once. */
  readonly ttlSeconds?: number
  /** The same for "there is none". Default 5, at most 60; 0 remembers none. */
  readonly negativeTtlSeconds?: number
  /** Most keys, and most certificates, that are remembered. Default 10,000. */
  readonly maxEntries?: number
  /** Most unknown ids, and most unknown certificates, that are remembered. Default 10,000. */
  readonly maxNegativeEntries?: number
  /**
   * How much older than `ttlSeconds` an answer may be while the registry fails to give another. Default 0: then a registry
   * that is down answers 503. At most 300. Nothing that was told to be changed is ever served so.
   */
  readonly staleSeconds?: number
  /** Milliseconds that only grow. Default `performance.now`. */
  readonly now?: () => number
  /** For the dates of certificate rules. */
  readonly clock?: () => Date
}

export interface CacheCounts {
  readonly hits: number
  readonly misses: number
  /** Answers that were served although they were too old, because the registry failed. */
  readonly stale: number
  readonly entries: number
}

export interface Cache {
  readonly counts: CacheCounts
  close(): Promise<void>
}

/** What the operator may do goes past the cache. */
const ADMIN_MEMBERS = [
  'createPartner',
  'updatePartner',
  'suspendPartner',
  'restorePartner',
  'deletePartner',
  'issueKey',
  'rotateKey',
  'importKey',
  'revokeKey',
  'suspendKey',
  'restoreKey',
  'denyCertificate',
  'allowCertificate',
  'getPartner',
  'getKey',
  'listPartners',
  'listKeys',
  'listDenials',
  'listAudit',
  'getUse',
  'addUses',
] as const satisfies readonly Exclude<keyof RegistryAdmin, keyof Registry | 'close'>[]

/** More partners than this changed within one TTL: then everything is dropped rather than remembering which. */
const MAX_CHANGED_PARTNERS = 1000

/**
 * @param registry closed together with the cache, if it can be
 * @throws TypeError that names the option
 */
export function cached<R extends Registry>(registry: R, options: CacheOptions = {}): R & Cache {
  assertRegistry(registry, 'cached: registry')
  const cache = new RegistryCache(registry, options)
  const admin: Partial<Record<string, unknown>> = {}
  for (const name of ADMIN_MEMBERS) {
    const member = (registry as Partial<RegistryAdmin>)[name]
    if (typeof member === 'function') admin[name] = member.bind(registry)
  }
  return {
    ...admin,
    findKey: cache.findKey.bind(cache),
    findPartner: cache.findPartner.bind(cache),
    ...(registry.denied === undefined ? {} : { denied: cache.denied.bind(cache) }),
    ...(registry.watch === undefined ? {} : { watch: cache.watch.bind(cache) }),
    close: () => cache.close(),
    get counts() {
      return cache.counts
    },
  } as unknown as R & Cache
}

interface Entry<T> {
  readonly value: T
  /** On the clock of `now`. */
  readonly freshUntil: number
  /** Id of the partner that the answer is about, if it is about one. */
  readonly partnerId: string | undefined
  /** Of all changes; one of the same partner that has a higher number is newer than the answer. */
  readonly change: number
}

interface Shelf<T> {
  readonly known: BoundedMap<string, Entry<T>>
  readonly unknown: BoundedMap<string, Entry<T>>
  /** Questions that wait for their answer: whoever asks the same meanwhile waits with them. */
  readonly pending: Map<string, Promise<T>>
}

class RegistryCache {
  readonly #registry: Registry
  readonly #ttl: number
  readonly #negativeTtl: number
  readonly #stale: number
  readonly #now: () => number
  readonly #clock: () => Date
  readonly #watchers = new Watchers()
  readonly #watch: RegistryWatch | undefined
  readonly isLive: () => boolean = () => true
  readonly #shelves: {
    key: Shelf<KeySnapshot | undefined>
    partner: Shelf<Partner | 'ambiguous' | undefined>
    denied: Shelf<boolean>
  }
  /** Partners that changed, with the number of the change. */
  readonly #changedPartners = new Map<string, number>()
  #changes = 0
  /** Answers to questions that were asked before this number's change are not kept. */
  #barrier = 0
  #hits = 0
  #misses = 0
  #staleHits = 0

  constructor(registry: Registry, options: CacheOptions) {
    this.#registry = registry
    this.#ttl = seconds(options.ttlSeconds, 30, 'ttlSeconds', 0.001, 300)
    this.#negativeTtl = seconds(options.negativeTtlSeconds, 5, 'negativeTtlSeconds', 0, 60)
    this.#stale = seconds(options.staleSeconds, 0, 'staleSeconds', 0, 300)
    this.#now = options.now ?? (() => performance.now())
    this.#clock = options.clock ?? (() => new Date())
    const most = count(options.maxEntries, 10_000, 'maxEntries')
    const mostUnknown = count(options.maxNegativeEntries, 10_000, 'maxNegativeEntries')
    const shelf = <T>(): Shelf<T> => ({
      known: new BoundedMap(most),
      unknown: new BoundedMap(mostUnknown),
      pending: new Map(),
    })
    this.#shelves = { key: shelf(), partner: shelf(), denied: shelf() }
    const watch = registry.watch?.((change) => this.#forget(change))
    this.#watch = watch
    if (watch?.isLive !== undefined) this.isLive = watch.isLive.bind(watch)
  }

  get counts(): CacheCounts {
    const { key, partner, denied } = this.#shelves
    const entries = [key, partner, denied].reduce((sum, { known, unknown }) => sum + known.size + unknown.size, 0)
    return { hits: this.#hits, misses: this.#misses, stale: this.#staleHits, entries }
  }

  findKey(id: string, signal: AbortSignal): MaybePromise<KeySnapshot | undefined> {
    const shelf = this.#shelves.key
    const kept = this.#kept(shelf, id)
    if (kept !== undefined) return kept.value
    return this.#ask(
      shelf,
      id,
      () => this.#askKey(id, signal),
      (snapshot) => snapshot?.partner.id,
    )
  }

  /** What is to be remembered is looked at when it comes in, and is a copy that nobody else can change. */
  #askKey(id: string, signal: AbortSignal): MaybePromise<KeySnapshot | undefined> {
    const answer = this.#registry.findKey(id, signal)
    return isPromiseLike(answer) ? answer.then((found) => keepable(readSnapshot(found, id))) : answer
  }

  findPartner(names: CertificateNames, signal: AbortSignal): MaybePromise<Partner | 'ambiguous' | undefined> {
    const shelf = this.#shelves.partner
    const id = `${names.certificate} ${names.onlyAnchor ? 1 : 0} ${names.anchor ?? ''}`
    const kept = this.#kept(shelf, id)
    if (kept !== undefined && stillNames(kept.value, names, this.#clock())) return kept.value
    return this.#ask(
      shelf,
      id,
      () => this.#registry.findPartner(names, signal),
      (partner) => (typeof partner === 'object' ? partner.id : undefined),
    )
  }

  denied(names: CertificateNames, signal: AbortSignal): MaybePromise<boolean> {
    const shelf = this.#shelves.denied
    const kept = this.#kept(shelf, names.certificate)
    if (kept !== undefined) return kept.value
    return this.#ask(
      shelf,
      names.certificate,
      () => this.#registry.denied?.(names, signal) ?? false,
      () => undefined,
    )
  }

  watch(onChange: (change: RegistryChange) => void): RegistryWatch {
    return { ...this.#watchers.add(onChange), isLive: this.isLive }
  }

  async close(): Promise<void> {
    this.#watch?.close()
    this.#watchers.clear()
    this.#forgetEverything()
    await (this.#registry as Partial<RegistryAdmin>).close?.()
  }

  #kept<T>({ known, unknown }: Shelf<T>, id: string): Entry<T> | undefined {
    const entry = known.get(id) ?? unknown.get(id)
    if (entry === undefined || !this.isLive() || !this.#isFresh(entry, 0)) return undefined
    this.#hits++
    return entry
  }

  /** @param extra milliseconds that it may be older than fresh */
  #isFresh<T>({ partnerId, change, freshUntil }: Entry<T>, extra: number): boolean {
    const changed = this.#changedPartners
    if (changed.size > 0 && partnerId !== undefined && (changed.get(partnerId) ?? 0) > change) return false
    return this.#now() < freshUntil + extra
  }

  #ask<T>(
    shelf: Shelf<T>,
    id: string,
    question: () => MaybePromise<T>,
    partnerOf: (value: T) => string | undefined,
  ): MaybePromise<T> {
    const waiting = shelf.pending.get(id)
    if (waiting !== undefined) return waiting
    this.#misses++
    const asked = this.#changes
    let answer: MaybePromise<T>
    try {
      answer = question()
    } catch (error) {
      return this.#staleOr(shelf, id, error)
    }
    // What is at hand need not be kept.
    if (!isPromiseLike(answer)) return answer
    const work = Promise.resolve(answer).then(
      (value) => {
        this.#keep(shelf, id, value, asked, partnerOf(value), work)
        return value
      },
      (error: unknown) => {
        if (shelf.pending.get(id) === work) shelf.pending.delete(id)
        return this.#staleOr(shelf, id, error)
      },
    )
    shelf.pending.set(id, work)
    return work
  }

  #keep<T>(
    shelf: Shelf<T>,
    id: string,
    value: T,
    asked: number,
    partnerId: string | undefined,
    work: Promise<T>,
  ): void {
    // Dropped meanwhile: whoever asked before the change may have this answer, nobody after it.
    if (shelf.pending.get(id) !== work || asked < this.#barrier) return
    shelf.pending.delete(id)
    const negative = isNegative(value)
    const freshUntil = this.#now() + (negative ? this.#negativeTtl : this.#ttl)
    const entry: Entry<T> = { value, freshUntil, partnerId, change: asked }
    shelf[negative ? 'known' : 'unknown'].delete(id)
    if (!negative || this.#negativeTtl > 0) shelf[negative ? 'unknown' : 'known'].set(id, entry)
  }

  #staleOr<T>(shelf: Shelf<T>, id: string, error: unknown): T {
    const entry = this.#stale > 0 ? shelf.known.get(id) : undefined
    if (entry === undefined || !this.#isFresh(entry, this.#stale)) throw error
    this.#staleHits++
    return entry.value
  }

  #forget(change: RegistryChange): void {
    this.#changes++
    if (change === 'everything') this.#forgetEverything()
    else if ('keyId' in change) this.#forgetKey(change.keyId)
    else this.#forgetPartner(change.partnerId)
    // Last: whoever hears of it may ask at once.
    this.#watchers.tell(change)
  }

  #forgetKey(id: string): void {
    const { known, unknown, pending } = this.#shelves.key
    known.delete(id)
    unknown.delete(id)
    pending.delete(id)
  }

  #forgetPartner(id: string): void {
    if (this.#changedPartners.size >= MAX_CHANGED_PARTNERS) {
      this.#forgetEverything()
      return
    }
    this.#changedPartners.set(id, this.#changes)
    this.#shelves.key.pending.clear()
    // A partner's new rules may name a certificate that named nobody, or make it ambiguous.
    clear(this.#shelves.partner)
    this.#barrier = this.#changes
  }

  #forgetEverything(): void {
    for (const shelf of [this.#shelves.key, this.#shelves.partner, this.#shelves.denied]) clear(shelf as Shelf<unknown>)
    this.#changedPartners.clear()
    this.#barrier = this.#changes
  }
}

function keepable(found: KeySnapshot | undefined): KeySnapshot | undefined {
  return found && checkedSnapshot(deepFreeze(structuredClone(found.key)), deepFreeze(structuredClone(found.partner)))
}

/** A rule may have ended since the question was asked. */
function stillNames(partner: Partner | 'ambiguous' | undefined, names: CertificateNames, at: Date): boolean {
  return typeof partner !== 'object' || partner.rules.some((rule) => meetsRule(rule, names, at))
}

function isNegative(value: unknown): boolean {
  return value === undefined || value === null
}

function clear<T>({ known, unknown, pending }: Shelf<T>): void {
  known.clear()
  unknown.clear()
  pending.clear()
}

function seconds(value: number | undefined, fallback: number, name: string, min: number, max: number): number {
  const given = value ?? fallback
  if (typeof given !== 'number' || !(given >= min && given <= max))
    throw new TypeError(`cached: ${name}: from ${min} to ${max}`)
  return given * 1000
}

function count(value: number | undefined, fallback: number, name: string): number {
  const given = value ?? fallback
  if (!Number.isSafeInteger(given) || given < 2) throw new TypeError(`cached: ${name}: a whole number of at least 2`)
  return given
}
