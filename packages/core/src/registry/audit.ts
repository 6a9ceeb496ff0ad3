/** The trail of who changed what, when and why. Records are added and never changed. @module */
import { parseRecord } from './kept-records.ts'
import { pageOf } from './partner-book.ts'
import type { PageOf } from './registry.ts'
import type { BoundedPage } from './storage.ts'

export type AuditAction =
  | 'partner-created'
  | 'partner-updated'
  | 'partner-suspended'
  | 'partner-restored'
  | 'partner-deleted'
  | 'key-issued'
  | 'key-imported'
  | 'key-rotated'
  | 'key-revoked'
  | 'key-suspended'
  | 'key-restored'
  | 'certificate-denied'
  | 'certificate-allowed'

export interface AuditRecord {
  /** In order of time within one registry; the token to page on from. */
  readonly id: string
  /** ISO 8601. */
  readonly at: string
  readonly action: AuditAction
  readonly by?: string
  readonly why?: string
  readonly partnerId?: string
  readonly keyId?: string
  /** What it was changed to, in the terms of the operation. No digest and no secret. */
  readonly detail?: Readonly<Record<string, unknown>>
}

export interface AuditFilter {
  readonly partnerId?: string
  readonly keyId?: string
}

/** Fixed width, so that the order of text is the order of time. */
export function auditId(count: number): string {
  return count.toString().padStart(16, '0')
}

/** An audit record from its number and its JSON, which does not hold its id. */
export function parseAuditRecord(number: number, text: unknown): AuditRecord {
  return Object.freeze({ id: auditId(number), ...parseRecord<Omit<AuditRecord, 'id'>>(text) })
}

export function selectAudit(
  records: readonly AuditRecord[],
  { partnerId, keyId }: AuditFilter,
  page: BoundedPage,
): PageOf<AuditRecord> {
  const wanted = records.filter(
    (record) =>
      (partnerId === undefined || record.partnerId === partnerId) && (keyId === undefined || record.keyId === keyId),
  )
  return pageOf(wanted, page)
}
