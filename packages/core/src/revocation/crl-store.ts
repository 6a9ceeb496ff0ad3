/**
 * The CRLs that one provider has from its sources, files or URLs: what may replace what, what is in force, and what an
 * operator is told. A list that cannot be read, that its issuer did not sign, or that is older than one that was in force
 * changes nothing but what is reported.
 * @module
 */
import { type Flow, type MaybePromise, runFlow, settle } from '../primitives/flow.ts'
import type { Crl } from './crl.ts'
import { CrlJudge } from './crl-judge.ts'
import { CrlSet, issuerKey, lineageOf, newestFirst } from './crl-set.ts'
import { checkCrlSignature } from './crl-signature.ts'
import type { ProviderHealth } from './revocation-health.ts'
import type { RevocationHost, RevocationNotice, RevocationQuery, RevocationSubject } from './revocation-provider.ts'
import type { RevocationStatus } from './revocation-status.ts'

export interface CrlStoreOptions {
  readonly name: string
  readonly maxAgeSeconds?: number | undefined
  /** Default: a quarter of a list's lifetime, at most a day. */
  readonly warnSeconds?: number | undefined
}

/** Lists of a day warn six hours ahead, lists of a month a day. */
const WARN_SHARE = 0.25
const MAX_WARN_MILLISECONDS = 86_400_000

/** Lists shrink as certificates expire, a few at a time. Beyond these somebody should look (CVE-2021-29653). */
const LOST_ENTRIES = 10
const LOST_SHARE = 0.25

/** How long after its end a list is kept that its source no longer has: it still names what was revoked. */
const RETIRED_MILLISECONDS = 30 * 86_400_000

interface Held {
  readonly crl: Crl
  readonly source: string
  /** Lists of one lineage replace each other: same issuer, key and scope, and both complete or both deltas. */
  readonly lineage: string
  /** Signed by a configured CA. `undefined`: none of that name is configured, so it is told when a path brings one. */
  authentic: boolean | undefined
  /** The source no longer has it, or has a newer one that has still to prove itself. */
  readonly retired: boolean
  warned: 'nothing' | 'expiring' | 'stale'
}

export class CrlStore {
  readonly #options: CrlStoreOptions
  readonly #judge: CrlJudge
  readonly #hosts = new Set<RevocationHost>()
  readonly #errors = new Map<string, string>()
  /** Sources that are gone, of which lists still count. */
  readonly #gone = new Set<string>()
  #held: readonly Held[] = []

  constructor(options: CrlStoreOptions) {
    this.#options = options
    this.#judge = new CrlJudge({ by: options.name, maxAgeSeconds: options.maxAgeSeconds })
  }

  /** The first host tells which of the lists are signed by a configured CA, before anybody asks. */
  attach(host: RevocationHost): void {
    this.#hosts.add(host)
    void runFlow(this.#verifyHeld())
  }

  status(subject: RevocationSubject, query: RevocationQuery): MaybePromise<RevocationStatus> {
    return this.#judge.status(subject, query)
  }

  /** What a source has at the start, before there is anything to compare it with. */
  begin(source: string, crls: readonly Crl[]): void {
    this.#swap([...this.#held, ...crls.map((crl) => hold(crl, source, undefined))])
  }

  /** What a source has now instead. True if it is in force. */
  offer(source: string, crls: readonly Crl[]): MaybePromise<boolean> {
    return runFlow(this.#offer(source, crls))
  }

  /** The source could not be read, or what it has not parsed. */
  fail(source: string, cause: string): void {
    this.#errors.set(source, cause)
    this.#notify({ type: 'degraded', source, cause })
  }

  /** The source is gone. Its lists are valid statements of their issuers all the same, until they end. */
  retire(source: string, cause: string): void {
    this.#gone.add(source)
    this.fail(source, cause)
    this.#swap(this.#held.map((held) => (held.source === source ? { ...held, retired: true } : held)))
  }

  /** Tells of lists that end or have ended, once each, and forgets retired ones. To be called every second or so. */
  tick(): void {
    const now = this.#now()
    let ended = false
    for (const held of this.#inForce()) {
      const { crl, source } = held
      const { nextUpdate } = crl
      if (nextUpdate === undefined) continue
      const issuer = String(crl.issuer)
      if (now > nextUpdate && held.warned !== 'stale') {
        held.warned = 'stale'
        ended = true
        this.#notify({ type: 'degraded', source, issuer, cause: 'crl-expired' })
      } else if (now > nextUpdate - this.#warnMilliseconds(crl) && held.warned === 'nothing') {
        held.warned = 'expiring'
        this.#notify({ type: 'expiring', source, issuer, nextUpdate: new Date(nextUpdate) })
      }
    }
    const kept = this.#held.filter((held) => !this.#isObsolete(held, now))
    if (kept.length < this.#held.length) this.#swap(kept)
    if (ended) this.#changed()
  }

  health(): readonly ProviderHealth[] {
    const now = this.#now()
    const listed = new Set<string>()
    const entries = this.#inForce().map((held): ProviderHealth => {
      const { crl, source, authentic } = held
      listed.add(source)
      const error = authentic === false ? 'crl-signature' : (crl.unknownCriticalExtension ?? this.#errors.get(source))
      const isUnusable = authentic === false || crl.unknownCriticalExtension !== undefined
      return {
        provider: this.#options.name,
        source,
        issuer: String(crl.issuer),
        state: isUnusable ? 'failed' : this.#stateOf(crl, now),
        thisUpdate: new Date(crl.thisUpdate),
        entries: crl.entries.count,
        ageSeconds: Math.max(0, Math.round((now - crl.thisUpdate) / 1000)),
        ...(crl.number === undefined ? {} : { number: crl.number.toString(16) }),
        ...(crl.nextUpdate === undefined ? {} : { nextUpdate: new Date(crl.nextUpdate) }),
        ...(error === undefined ? {} : { lastError: error }),
      }
    })
    for (const [source, lastError] of this.#errors) {
      if (!listed.has(source))
        entries.push({ provider: this.#options.name, source, issuer: '', state: 'failed', lastError })
    }
    return entries
  }

  *#offer(source: string, crls: readonly Crl[]): Flow<boolean> {
    const before = this.#held.filter((held) => held.source === source)
    const offered: Held[] = []
    for (const crl of crls) {
      const next = hold(crl, source, yield* this.#isAuthentic(crl))
      if (next.authentic === false) return this.#refuse(source, crl, 'crl-signature')
      if (before.some((held) => isTrusted(held) && isNewer(held, next)))
        return this.#refuse(source, crl, 'crl-rolled-back')
      offered.push(next)
    }
    // Only a list that is known to be its CA's replaces one; beside any other the old one stays, and the newest authentic counts.
    const isReplaced = (held: Held): boolean =>
      offered.some(({ lineage, authentic }) => lineage === held.lineage && (authentic === true || !isTrusted(held)))
    const dropped = before.filter((held) => held.authentic !== false && !isReplaced(held))
    const others = this.#held.filter((held) => held.source !== source && !(held.retired && isReplaced(held)))
    this.#errors.delete(source)
    this.#gone.delete(source)
    this.#swap([...others, ...dropped.map((held) => ({ ...held, retired: true })), ...offered])
    for (const { crl, lineage, retired } of dropped) {
      if (retired || offered.some((each) => each.lineage === lineage)) continue
      const cause = 'the source no longer has this list'
      this.#notify({ type: 'degraded', source, issuer: String(crl.issuer), cause })
    }
    for (const next of offered) {
      this.#warnOfLoss(next, before)
      this.#notify(reloaded(next))
    }
    this.#changed()
    return true
  }

  /** It is in force, for its CA says so; but CAs have lost what they had revoked. */
  #warnOfLoss({ crl, source, lineage }: Held, before: readonly Held[]): void {
    const entries = crl.entries.count
    for (const old of before) {
      const lost = old.crl.entries.count - entries
      if (old.lineage !== lineage || lost <= Math.max(LOST_ENTRIES, LOST_SHARE * old.crl.entries.count)) continue
      const cause = `it has ${entries} entries where there were ${old.crl.entries.count}`
      this.#notify({ type: 'degraded', source, issuer: String(crl.issuer), cause })
    }
  }

  #refuse(source: string, crl: Crl, cause: string): false {
    this.#errors.set(source, cause)
    this.#notify({ type: 'degraded', source, issuer: String(crl.issuer), cause })
    return false
  }

  *#verifyHeld(): Flow<void> {
    for (const held of this.#held) {
      held.authentic ??= yield* this.#isAuthentic(held.crl)
      if (held.authentic === false) this.#refuse(held.source, held.crl, 'crl-signature')
    }
  }

  /** By any CA of that name that is configured. */
  *#isAuthentic(crl: Crl): Flow<boolean | undefined> {
    let known = false
    for (const host of this.#hosts) {
      for (const issuer of host.issuers()) {
        if (!issuer.subject.equals(crl.issuer)) continue
        if (issuer.keyUsage?.has('cRLSign') !== false) {
          const fault = yield* settle(checkCrlSignature(crl, issuer.publicKey, host))
          if (fault === undefined) return true
        }
        known = true
      }
    }
    return known ? false : undefined
  }

  /** Of each lineage the newest; of those that may be forged the newest that is not, where there is one. */
  #inForce(): readonly Held[] {
    const newest = new Map<string, Held>()
    for (const held of this.#held) {
      const known = newest.get(held.lineage)
      const isBetter =
        known === undefined || (isTrusted(held) === isTrusted(known) ? isNewer(held, known) : isTrusted(held))
      if (isBetter) newest.set(held.lineage, held)
    }
    return [...newest.values()]
  }

  #isObsolete(held: Held, now: number): boolean {
    if (!held.retired) return false
    const { nextUpdate, thisUpdate } = held.crl
    if (now > (nextUpdate ?? thisUpdate) + RETIRED_MILLISECONDS) return true
    return this.#held.some((other) => !other.retired && isTrusted(other) && isNewer(other, held))
  }

  #swap(held: readonly Held[]): void {
    this.#held = held
    for (const source of this.#gone) {
      if (held.some((each) => each.source === source)) continue
      this.#gone.delete(source)
      this.#errors.delete(source)
    }
    this.#judge.replace(new CrlSet(held.map(({ crl }) => crl)))
  }

  #stateOf(crl: Crl, now: number): ProviderHealth['state'] {
    const { maxAgeSeconds } = this.#options
    const end = Math.min(
      crl.nextUpdate ?? (maxAgeSeconds === undefined ? crl.thisUpdate : Number.POSITIVE_INFINITY),
      maxAgeSeconds === undefined ? Number.POSITIVE_INFINITY : crl.thisUpdate + 1000 * maxAgeSeconds,
    )
    if (now > end || now < crl.thisUpdate) return 'stale'
    return now > end - this.#warnMilliseconds(crl) ? 'expiring' : 'current'
  }

  #warnMilliseconds({ thisUpdate, nextUpdate = thisUpdate }: Crl): number {
    const { warnSeconds } = this.#options
    return warnSeconds === undefined
      ? Math.min(MAX_WARN_MILLISECONDS, WARN_SHARE * (nextUpdate - thisUpdate))
      : 1000 * warnSeconds
  }

  #now(): number {
    for (const host of this.#hosts) return host.clock().getTime()
    return Date.now()
  }

  #notify(notice: RevocationNotice): void {
    for (const host of this.#hosts) host.notify(notice)
  }

  #changed(): void {
    for (const host of this.#hosts) host.changed()
  }
}

function hold(crl: Crl, source: string, authentic: boolean | undefined): Held {
  const lineage = `${crl.deltaBase === undefined ? 'complete' : 'delta'}|${issuerKey(crl.issuer)}|${lineageOf(crl)}`
  return { crl, source, lineage, authentic, retired: false, warned: 'nothing' }
}

/** Known to be its CA's, from the start or since it was used. */
function isTrusted({ crl, authentic }: Held): boolean {
  return authentic === true || (authentic === undefined && crl.signatures.has(undefined))
}

function isNewer(one: Held, other: Held): boolean {
  return one.lineage === other.lineage && newestFirst(one.crl, other.crl) < 0
}

function reloaded({ crl, source }: Held): RevocationNotice {
  return {
    type: 'reloaded',
    source,
    issuer: String(crl.issuer),
    entries: crl.entries.count,
    ...(crl.number === undefined ? {} : { number: crl.number.toString(16) }),
    ...(crl.nextUpdate === undefined ? {} : { nextUpdate: new Date(crl.nextUpdate) }),
  }
}
