/**
 * What a registry needs of a place where records lie: look-ups, pages, and one kind of write.
 *
 * All rules of partners and keys are in `createRegistry`, once; a store only keeps. Every write is one `commit` that names
 * the revision of each record it was made from, so two machines that change the same record cannot lose each other's work:
 * the second is told so, reads again and repeats.
 * @module
 */
import type { MaybePromise } from '../primitives/flow.ts'
import type { AuditFilter, AuditRecord } from './audit.ts'
import type { KeyRecord, Partner } from './records.ts'
import type { CertificateDenial, KeyCause, KeySnapshot, PageOf, RegistryChange, RegistryWatch } from './registry.ts'
import type { KeyUse } from './usage.ts'

/** A record with the number that grows whenever it is written. */
export interface Versioned<T> {
  readonly record: T
  readonly revision: number
}

/** `from: 0` writes a record that must not exist yet. `record: undefined` deletes; with a partner go its keys and their uses. */
export interface RecordWrite<T> {
  readonly id: string
  readonly from: number
  readonly record: T | undefined
}

/** All of it, or nothing. */
export interface Commit {
  /** Must be of this revision still, and stays as it is. */
  readonly expect?: { readonly partnerId: string; readonly revision: number }
  readonly partners: readonly RecordWrite<Partner>[]
  readonly keys: readonly RecordWrite<KeyRecord>[]
  readonly deny: readonly CertificateDenial[]
  readonly allow: readonly CertificateDenial[]
  readonly audit: Omit<AuditRecord, 'id'>
}

/** A page whose limit was checked. */
export interface BoundedPage {
  readonly after?: string
  readonly limit: number
}

export interface RegistryStorage {
  /** For messages. */
  readonly name: string

  /** One look-up, one snapshot: the key and its partner as of the same instant. */
  findKey(id: string, signal: AbortSignal): MaybePromise<KeySnapshot | undefined>
  /** Every partner that owns a rule with one of these handles (`ruleHandle`), live or not, each once. */
  findPartnersByRule(handles: readonly string[], signal: AbortSignal): MaybePromise<readonly Partner[]>
  /** Whether one of these handles (`denialHandle`) is denied. */
  isDenied(handles: readonly string[], signal: AbortSignal): MaybePromise<boolean>

  loadPartner(id: string): MaybePromise<Versioned<Partner> | undefined>
  loadKey(id: string): MaybePromise<Versioned<KeyRecord> | undefined>
  /** In order of id by code unit; `after` is the last id of the page before. */
  listPartners(page: BoundedPage): MaybePromise<PageOf<Partner>>
  listKeys(partnerId: string | undefined, page: BoundedPage): MaybePromise<PageOf<KeyRecord>>
  listDenials(): MaybePromise<readonly CertificateDenial[]>
  listAudit(filter: AuditFilter, page: BoundedPage): MaybePromise<PageOf<AuditRecord>>

  /** `false`: a record was not of the revision that the commit was made from, and nothing was written. */
  commit(commit: Commit): MaybePromise<boolean>

  /**
   * Revokes a key without a look-up before it, where the store can: a revocation is then told sooner. Left out: `loadKey` and
   * `commit`. `false`: there is no such key. One that was revoked before stays as it is. The store adds `partnerId` to the audit record.
   */
  revokeKey?(id: string, cause: KeyCause, audit: Omit<AuditRecord, 'id' | 'partnerId'>): MaybePromise<boolean>

  /** Adds to the counters of each key; order and retries must not lose a count that was acknowledged. */
  addUses(uses: readonly KeyUse[]): MaybePromise<void>
  loadUse(keyId: string): MaybePromise<KeyUse | undefined>

  /** Every change, the storage's own included. `'everything'` after anything that may have been missed. */
  watch?(onChange: (change: RegistryChange) => void): RegistryWatch
  close(): MaybePromise<void>
}
