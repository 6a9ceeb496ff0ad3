/**
 * Partners, keys and denials in memory: the store of `memoryRegistry`, and what `fileRegistry` keeps of its file.
 *
 * Plain Maps. At a million keys a look-up costs about a microsecond, and no structure that was measured against them was
 * worth its code.
 * @module
 */
import type { AuditFilter, AuditRecord } from './audit.ts'
import { denialHandle, ruleHandle } from './handles.ts'
import type { KeyRecord, Partner } from './records.ts'
import type { CertificateDenial, KeySnapshot, PageOf, RegistryChange } from './registry.ts'
import type { BoundedPage, Commit, RegistryStorage, Versioned } from './storage.ts'
import type { KeyUse } from './usage.ts'

/** Everything there is, as JSON could carry it. */
export interface BookState {
  readonly partners: readonly Versioned<Partner>[]
  readonly keys: readonly Versioned<KeyRecord>[]
  readonly denials: readonly CertificateDenial[]
  readonly audit: readonly AuditRecord[]
  readonly uses: readonly KeyUse[]
}

interface PartnerEntry {
  record: Partner
  revision: number
  readonly keys: Map<string, KeyEntry>
}

interface KeyEntry {
  record: KeyRecord
  revision: number
  readonly owner: PartnerEntry
}

export class PartnerBook implements RegistryStorage {
  readonly name: string
  readonly #partners = new Map<string, PartnerEntry>()
  readonly #keys = new Map<string, KeyEntry>()
  readonly #owners = new Map<string, Set<PartnerEntry>>()
  readonly #denials = new Map<string, CertificateDenial>()
  readonly #audit: AuditRecord[] = []
  readonly #uses = new Map<string, KeyUse>()
  readonly #watchers = new Set<(change: RegistryChange) => void>()

  constructor(name: string, state?: BookState) {
    this.name = name
    if (state === undefined) return
    for (const { record, revision } of state.partners) this.#putPartner(record, revision)
    for (const { record, revision } of state.keys) this.#putKey(record, revision)
    for (const denial of state.denials) this.#denials.set(denialHandle(denial), denial)
    this.#audit.push(...state.audit)
    for (const use of state.uses) this.#uses.set(use.keyId, use)
  }

  get state(): BookState {
    return {
      partners: [...this.#partners.values()].map((entry) => versioned(entry)),
      keys: [...this.#keys.values()].map((entry) => versioned(entry)),
      denials: [...this.#denials.values()],
      audit: [...this.#audit],
      uses: [...this.#uses.values()],
    }
  }

  findKey(id: string): KeySnapshot | undefined {
    const entry = this.#keys.get(id)
    return entry && { key: entry.record, partner: entry.owner.record }
  }

  findPartnersByRule(handles: readonly string[]): readonly Partner[] {
    const found = new Set<Partner>()
    for (const handle of handles) for (const { record } of this.#owners.get(handle) ?? []) found.add(record)
    return [...found]
  }

  isDenied(handles: readonly string[]): boolean {
    return this.#denials.size > 0 && handles.some((handle) => this.#denials.has(handle))
  }

  loadPartner(id: string): Versioned<Partner> | undefined {
    return versioned(this.#partners.get(id))
  }

  loadKey(id: string): Versioned<KeyRecord> | undefined {
    return versioned(this.#keys.get(id))
  }

  listPartners(page: BoundedPage): PageOf<Partner> {
    return pageOf(
      [...this.#partners.values()].map(({ record }) => record),
      page,
    )
  }

  listKeys(partnerId: string | undefined, page: BoundedPage): PageOf<KeyRecord> {
    const entries =
      partnerId === undefined ? this.#keys : (this.#partners.get(partnerId)?.keys ?? new Map<string, KeyEntry>())
    return pageOf(
      [...entries.values()].map(({ record }) => record),
      page,
    )
  }

  listDenials(): readonly CertificateDenial[] {
    return [...this.#denials.values()]
  }

  listAudit({ partnerId, keyId }: AuditFilter, page: BoundedPage): PageOf<AuditRecord> {
    const wanted = this.#audit.filter(
      (record) =>
        (partnerId === undefined || record.partnerId === partnerId) && (keyId === undefined || record.keyId === keyId),
    )
    return pageOf(wanted, page)
  }

  commit(commit: Commit): boolean {
    if (!this.#isCurrent(commit)) return false
    for (const { id, from, record } of commit.partners) {
      if (record === undefined) this.#deletePartner(id)
      else this.#putPartner(record, from + 1)
    }
    for (const { id, from, record } of commit.keys) {
      if (record === undefined) this.#deleteKey(id)
      else this.#putKey(record, from + 1)
    }
    for (const denial of commit.deny) this.#denials.set(denialHandle(denial), denial)
    for (const denial of commit.allow) this.#denials.delete(denialHandle(denial))
    this.#audit.push(Object.freeze({ id: auditId(this.#audit.length + 1), ...commit.audit }))
    this.#tell(commit)
    return true
  }

  addUses(uses: readonly KeyUse[]): void {
    for (const use of uses) {
      if (this.#keys.has(use.keyId)) this.#uses.set(use.keyId, addUse(this.#uses.get(use.keyId), use))
    }
  }

  loadUse(keyId: string): KeyUse | undefined {
    return this.#uses.get(keyId)
  }

  watch(onChange: (change: RegistryChange) => void): { close(): void } {
    // A wrapper of its own, so that the same function may watch twice.
    const watcher = (change: RegistryChange): void => onChange(change)
    this.#watchers.add(watcher)
    return { close: () => this.#watchers.delete(watcher) }
  }

  /** Tells every watcher, one that throws notwithstanding. */
  notify(change: RegistryChange): void {
    for (const watcher of this.#watchers) {
      try {
        watcher(change)
      } catch (error) {
        queueMicrotask(() => {
          throw error
        })
      }
    }
  }

  close(): void {
    this.#watchers.clear()
  }

  #isCurrent({ expect, partners, keys }: Commit): boolean {
    if (expect !== undefined && this.#partners.get(expect.partnerId)?.revision !== expect.revision) return false
    return (
      partners.every(({ id, from }) => (this.#partners.get(id)?.revision ?? 0) === from) &&
      keys.every(({ id, from }) => (this.#keys.get(id)?.revision ?? 0) === from)
    )
  }

  #tell({ partners, keys, deny, allow }: Commit): void {
    if (deny.length > 0 || allow.length > 0) this.notify('everything')
    for (const { id } of partners) this.notify({ partnerId: id })
    for (const { id } of keys) this.notify({ keyId: id })
  }

  #putPartner(record: Partner, revision: number): void {
    let entry = this.#partners.get(record.id)
    if (entry === undefined) {
      entry = { record, revision, keys: new Map() }
      this.#partners.set(record.id, entry)
    } else {
      this.#removeRules(entry)
      entry.record = record
      entry.revision = revision
    }
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
    for (const keyId of entry.keys.keys()) {
      this.#keys.delete(keyId)
      this.#uses.delete(keyId)
    }
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

  #putKey(record: KeyRecord, revision: number): void {
    const entry = this.#keys.get(record.id)
    if (entry !== undefined) {
      entry.record = record
      entry.revision = revision
      return
    }
    const owner = this.#partners.get(record.partnerId)
    if (owner === undefined) throw new Error(`key ${record.id} has no partner`)
    const made: KeyEntry = { record, revision, owner }
    owner.keys.set(record.id, made)
    this.#keys.set(record.id, made)
  }

  #deleteKey(id: string): void {
    const entry = this.#keys.get(id)
    entry?.owner.keys.delete(id)
    this.#keys.delete(id)
    this.#uses.delete(id)
  }
}

/** A copy: the entry itself changes with the next commit. */
function versioned<T>(entry: Versioned<T>): Versioned<T>
function versioned<T>(entry: Versioned<T> | undefined): Versioned<T> | undefined
function versioned<T>(entry: Versioned<T> | undefined): Versioned<T> | undefined {
  return entry && { record: entry.record, revision: entry.revision }
}

/** Fixed width, so that order of text is order of time. */
export function auditId(count: number): string {
  return count.toString().padStart(16, '0')
}

export function addUse(known: KeyUse | undefined, use: KeyUse): KeyUse {
  if (known === undefined) return use
  const latest = use.lastUsedAt >= known.lastUsedAt ? use : known
  return { ...latest, uses: known.uses + use.uses }
}

/** Sorted by code unit: the order is the same on every machine and in every store. */
function pageOf<T extends { readonly id: string }>(records: readonly T[], { after, limit }: BoundedPage): PageOf<T> {
  const rest = records.filter(({ id }) => after === undefined || id > after).sort((a, b) => (a.id < b.id ? -1 : 1))
  const items = rest.slice(0, limit)
  const last = items.at(-1)
  return rest.length > limit && last !== undefined ? { items, next: last.id } : { items }
}
