/**
 * Partners, keys and denials in the memory of one process, and the one way to change them.
 *
 * Plain Maps. At a million keys a look-up costs about a microsecond, and no structure that was measured against them was
 * worth its code.
 * @module
 */
import { ABSENT_ID, ABSENT_ID_AGAIN } from './absent-id.ts'
import { changesOf } from './changes-of.ts'
import { denialHandle, ruleHandle } from './handles.ts'
import { pageFrom } from './kept-records.ts'
import { checkedSnapshot } from './record-shape.ts'
import type { KeyRecord, Partner } from './records.ts'
import type { CertificateDenial, KeySnapshot, PageOf, RegistryChange } from './registry.ts'
import type { BoundedPage, Commit, Versioned } from './storage.ts'
import { Watchers } from './watchers.ts'

/** What a book holds, as JSON could carry it. */
export interface BookState {
  readonly partners: readonly Partner[]
  readonly keys: readonly KeyRecord[]
  readonly denials: readonly CertificateDenial[]
}

interface PartnerEntry {
  record: Partner
  revision: number
  readonly keys: Set<string>
}

/** More changes than this at once are told as `'everything'`. */
const MAX_TOLD = 100

const ABSENT: ReadonlyMap<string, undefined> = new Map([[ABSENT_ID, undefined]])

export class PartnerBook {
  readonly #partners = new Map<string, PartnerEntry>()
  /** What a look-up answers, made anew when the key or its partner changes: a request fetches it and nothing else. */
  readonly #keys = new Map<string, KeySnapshot>()
  readonly #keyRevisions = new Map<string, number>()
  /** By rule handle. */
  readonly #owners = new Map<string, Set<PartnerEntry>>()
  readonly #denials = new Map<string, CertificateDenial>()
  readonly #watchers = new Watchers()
  /** Of the last write. Never used twice, so that a record that was deleted and made again is told from the first one. */
  #revision = 0

  get state(): BookState {
    return {
      partners: [...this.#partners.values()].map(({ record }) => record),
      keys: [...this.#keys.values()].map(({ key }) => key),
      denials: this.listDenials(),
    }
  }

  /** Takes the place of all there is. Records that say the same stay as they are, revision included. Tells what changed. */
  load({ partners, keys, denials }: BookState): void {
    const changes: RegistryChange[] = []
    const keptPartners = new Set(partners.map(({ id }) => id))
    const keptKeys = new Set(keys.map(({ id }) => id))
    for (const id of [...this.#keys.keys()]) {
      if (keptKeys.has(id)) continue
      this.#deleteKey(id)
      changes.push({ keyId: id })
    }
    for (const id of [...this.#partners.keys()]) {
      if (keptPartners.has(id)) continue
      this.#deletePartner(id)
      changes.push({ partnerId: id })
    }
    for (const record of partners) {
      if (saysTheSame(this.#partners.get(record.id)?.record, record)) continue
      this.#putPartner(record)
      changes.push({ partnerId: record.id })
    }
    for (const record of keys) {
      const known = this.#keys.get(record.id)
      if (saysTheSame(known?.key, record)) continue
      if (known !== undefined && known.key.partnerId !== record.partnerId) this.#deleteKey(record.id)
      this.#putKey(record)
      changes.push({ keyId: record.id })
    }
    const denied = new Map(denials.map((denial) => [denialHandle(denial), denial]))
    const sameDenials =
      denied.size === this.#denials.size && [...denied.keys()].every((handle) => this.#denials.has(handle))
    this.#denials.clear()
    for (const [handle, denial] of denied) this.#denials.set(handle, denial)
    if (!sameDenials || changes.length > MAX_TOLD) this.#watchers.tell('everything')
    else for (const change of changes) this.#watchers.tell(change)
  }

  /** Where there is none another id is looked up and compared, so that the time is that of one that there is. */
  findKey(id: string): KeySnapshot | undefined {
    return this.#keys.get(id) ?? ABSENT.get(ABSENT_ID_AGAIN)
  }

  findPartnersByRule(handles: readonly string[]): readonly Partner[] {
    const found = new Set<Partner>()
    for (const handle of handles) for (const { record } of this.#owners.get(handle) ?? []) found.add(record)
    return [...found]
  }

  isDenied(handles: readonly string[]): boolean {
    return this.#denials.size > 0 && handles.some((handle) => this.#denials.has(handle))
  }

  hasKey(id: string): boolean {
    return this.#keys.has(id)
  }

  readPartner(id: string): Versioned<Partner> | undefined {
    return versioned(this.#partners.get(id))
  }

  readKey(id: string): Versioned<KeyRecord> | undefined {
    const snapshot = this.#keys.get(id)
    return snapshot && { record: snapshot.key, revision: this.#keyRevisions.get(id) as number }
  }

  listPartners(page: BoundedPage): PageOf<Partner> {
    return pageOf(
      [...this.#partners.values()].map(({ record }) => record),
      page,
    )
  }

  listKeys(partnerId: string | undefined, page: BoundedPage): PageOf<KeyRecord> {
    const ids = partnerId === undefined ? this.#keys.keys() : (this.#partners.get(partnerId)?.keys ?? [])
    return pageOf(
      [...ids].map((id) => (this.#keys.get(id) as KeySnapshot).key),
      page,
    )
  }

  listDenials(): readonly CertificateDenial[] {
    return [...this.#denials.values()]
  }

  /** Whether the commit was made from what is there; if so, it is done and told. */
  apply(commit: Commit): boolean {
    if (!this.#isCurrent(commit)) return false
    for (const { id, record } of commit.partners) {
      if (record === undefined) this.#deletePartner(id)
      else this.#putPartner(record)
    }
    for (const { id, record } of commit.keys) {
      if (record === undefined) this.#deleteKey(id)
      else this.#putKey(record)
    }
    for (const denial of commit.deny) this.#denials.set(denialHandle(denial), denial)
    for (const denial of commit.allow) this.#denials.delete(denialHandle(denial))
    for (const change of changesOf(commit)) this.#watchers.tell(change)
    return true
  }

  watch(onChange: (change: RegistryChange) => void): { close(): void } {
    return this.#watchers.add(onChange)
  }

  forgetWatchers(): void {
    this.#watchers.clear()
  }

  #isCurrent({ expect, partners, keys }: Commit): boolean {
    if (expect !== undefined && this.#partners.get(expect.partnerId)?.revision !== expect.revision) return false
    return (
      partners.every(({ id, from }) => (this.#partners.get(id)?.revision ?? 0) === from) &&
      keys.every(({ id, from }) => (this.#keyRevisions.get(id) ?? 0) === from)
    )
  }

  #putPartner(record: Partner): void {
    let entry = this.#partners.get(record.id)
    if (entry === undefined) {
      entry = { record, revision: 0, keys: new Set() }
      this.#partners.set(record.id, entry)
    }
    this.#removeRules(entry)
    entry.record = record
    entry.revision = ++this.#revision
    for (const id of entry.keys) this.#keys.set(id, checkedSnapshot((this.#keys.get(id) as KeySnapshot).key, record))
    for (const rule of record.rules) {
      const handle = ruleHandle(rule)
      const owners = this.#owners.get(handle)
      if (owners === undefined) this.#owners.set(handle, new Set([entry]))
      else owners.add(entry)
    }
  }

  #deletePartner(id: string): void {
    const entry = this.#partners.get(id)
    if (entry === undefined) return
    for (const keyId of entry.keys) this.#deleteKey(keyId)
    this.#removeRules(entry)
    this.#partners.delete(id)
  }

  #removeRules(entry: PartnerEntry): void {
    for (const rule of entry.record.rules) {
      const handle = ruleHandle(rule)
      const owners = this.#owners.get(handle)
      owners?.delete(entry)
      if (owners?.size === 0) this.#owners.delete(handle)
    }
  }

  #putKey(record: KeyRecord): void {
    const owner = this.#partners.get(record.partnerId)
    if (owner === undefined) throw new Error(`key ${record.id} belongs to no partner`)
    owner.keys.add(record.id)
    this.#keys.set(record.id, checkedSnapshot(record, owner.record))
    this.#keyRevisions.set(record.id, ++this.#revision)
  }

  #deleteKey(id: string): void {
    const snapshot = this.#keys.get(id)
    if (snapshot === undefined) return
    this.#partners.get(snapshot.partner.id)?.keys.delete(id)
    this.#keys.delete(id)
    this.#keyRevisions.delete(id)
  }
}

/** Sorted by code unit: the order is the same on every machine and in every store. */
export function pageOf<T extends { readonly id: string }>(
  records: readonly T[],
  { after, limit }: BoundedPage,
): PageOf<T> {
  const rest = records.filter(({ id }) => after === undefined || id > after).sort((a, b) => (a.id < b.id ? -1 : 1))
  return pageFrom(rest, limit)
}

/** A copy: the entry itself changes with the next commit. */
function versioned<T>(entry: Versioned<T> | undefined): Versioned<T> | undefined {
  return entry && { record: entry.record, revision: entry.revision }
}

function saysTheSame(known: object | undefined, read: object): boolean {
  return known !== undefined && JSON.stringify(known) === JSON.stringify(read)
}
