/**
 * A registry in an SQLite file: the embedded default, for any number of keys on one machine.
 *
 * Uses `node:sqlite`. Look-ups answer at once; changes that come together are written together, each acknowledged only when
 * it is on the disk. Several processes may use one file: a change made by another is in the next look-up, and watchers hear of
 * it within a quarter of a second.
 * @module
 */
import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite'
import { type AuditFilter, type AuditRecord, parseAuditRecord } from '../registry/audit.ts'
import { changesOf } from '../registry/changes-of.ts'
import { createRegistry, type RegistryOptions } from '../registry/create-registry.ts'
import { denialHandle, ruleHandle } from '../registry/handles.ts'
import { pageFrom, parseRecord } from '../registry/kept-records.ts'
import type { KeyRecord, Partner } from '../registry/records.ts'
import type { CertificateDenial, KeySnapshot, PageOf, RegistryAdmin, RegistryChange } from '../registry/registry.ts'
import { RegistryError } from '../registry/registry-error.ts'
import type { BoundedPage, Commit, RecordWrite, RegistryStorage, Versioned } from '../registry/storage.ts'
import type { KeyUse } from '../registry/usage.ts'
import { Watchers } from '../registry/watchers.ts'
import { isBusy, openDatabase } from './sqlite-database.ts'

export interface SqliteRegistryOptions extends RegistryOptions {
  /** What to do if there is no such file. Default `refuse`: a mistyped path would be a registry in which no key is known. */
  readonly missing?: 'refuse' | 'create'
}

/** How often another process's changes are looked for while somebody watches: well within the second that a revocation has. */
const LOOK_EVERY_MILLISECONDS = 250

/** Another process holds the write lock for milliseconds. Waiting must not block the event loop, so SQLite itself does not wait. */
const BUSY_PATIENCE_MILLISECONDS = 10_000

/** A watcher that was away for longer than so many changes is told `'everything'`. */
const KEPT_CHANGES = 10_000

/** @throws TypeError if the file is missing or is not a registry */
export function sqliteRegistry(path: string, options: SqliteRegistryOptions = {}): RegistryAdmin {
  const { missing = 'refuse', ...rest } = options
  if (typeof path !== 'string' || path === '' || path.startsWith(':'))
    throw new TypeError('sqliteRegistry: the path of a file')
  if (missing !== 'refuse' && missing !== 'create') throw new TypeError(`sqliteRegistry: missing: 'refuse' or 'create'`)
  return createRegistry(new SqliteStorage(path, missing), rest)
}

interface Task {
  /** Runs inside a transaction that it shares with others. */
  readonly run: () => boolean
  readonly resolve: (done: boolean) => void
  readonly reject: (error: unknown) => void
}

class SqliteStorage implements RegistryStorage {
  readonly name: string
  readonly #db: DatabaseSync
  readonly #statements = new Map<string, StatementSync>()
  readonly #watchers = new Watchers()
  readonly #tasks: Task[] = []
  #writing: Promise<void> | undefined
  #lastChange = 0
  #dataVersion = 0
  #timer: NodeJS.Timeout | undefined
  #closed = false

  constructor(path: string, missing: 'refuse' | 'create') {
    this.name = `sqliteRegistry(${path})`
    this.#db = openDatabase(path, missing)
  }

  findKey(id: string): KeySnapshot | undefined {
    const row = this.#get(
      'SELECT k.record AS key, p.record AS partner FROM keys k JOIN partners p ON p.id = k.partner_id WHERE k.id = ?',
      id,
    )
    return row && { key: parseRecord<KeyRecord>(row.key), partner: parseRecord<Partner>(row.partner) }
  }

  findPartnersByRule(handles: readonly string[]): readonly Partner[] {
    return this.#all(
      'SELECT record FROM partners WHERE id IN (SELECT partner_id FROM rules WHERE handle IN (SELECT value FROM json_each(?)))',
      JSON.stringify(handles),
    ).map(({ record }) => parseRecord<Partner>(record))
  }

  isDenied(handles: readonly string[]): boolean {
    return (
      this.#get('SELECT 1 FROM denials WHERE handle IN (SELECT value FROM json_each(?))', JSON.stringify(handles)) !==
      undefined
    )
  }

  loadPartner(id: string): Versioned<Partner> | undefined {
    return versioned<Partner>(this.#get('SELECT record, revision FROM partners WHERE id = ?', id))
  }

  loadKey(id: string): Versioned<KeyRecord> | undefined {
    return versioned<KeyRecord>(this.#get('SELECT record, revision FROM keys WHERE id = ?', id))
  }

  listPartners({ after = '', limit }: BoundedPage): PageOf<Partner> {
    const rows = this.#all('SELECT record FROM partners WHERE id > ? ORDER BY id LIMIT ?', after, limit + 1)
    return pageFrom(recordsOf<Partner>(rows), limit)
  }

  listKeys(partnerId: string | undefined, { after = '', limit }: BoundedPage): PageOf<KeyRecord> {
    const rows =
      partnerId === undefined
        ? this.#all('SELECT record FROM keys WHERE id > ? ORDER BY id LIMIT ?', after, limit + 1)
        : this.#all(
            'SELECT record FROM keys WHERE partner_id = ? AND id > ? ORDER BY id LIMIT ?',
            partnerId,
            after,
            limit + 1,
          )
    return pageFrom(recordsOf<KeyRecord>(rows), limit)
  }

  listDenials(): readonly CertificateDenial[] {
    return recordsOf<CertificateDenial>(this.#all('SELECT record FROM denials ORDER BY handle'))
  }

  listAudit({ partnerId, keyId }: AuditFilter, { after, limit }: BoundedPage): PageOf<AuditRecord> {
    const conditions = ['id > ?']
    const values: SQLInputValue[] = [Number(after ?? 0)]
    if (partnerId !== undefined) {
      conditions.push('partner_id = ?')
      values.push(partnerId)
    }
    if (keyId !== undefined) {
      conditions.push('key_id = ?')
      values.push(keyId)
    }
    const rows = this.#all(
      `SELECT id, record FROM audit WHERE ${conditions.join(' AND ')} ORDER BY id LIMIT ?`,
      ...values,
      limit + 1,
    )
    const records = rows.map(({ id, record }) => parseAuditRecord(id as number, record))
    return pageFrom(records, limit)
  }

  commit(commit: Commit): Promise<boolean> {
    return this.#write(() => {
      if (!this.#isCurrent(commit)) return false
      this.#apply(commit)
      return true
    })
  }

  async addUses(uses: readonly KeyUse[]): Promise<void> {
    await this.#write(() => {
      for (const { keyId, uses: count, lastUsedAt, lastCertificate = null } of uses) {
        this.#run(
          `INSERT INTO uses SELECT ?, ?, ?, ? WHERE EXISTS (SELECT 1 FROM keys WHERE id = ?)
           ON CONFLICT (key_id) DO UPDATE SET
             uses = uses + excluded.uses,
             last_certificate = iif(excluded.last_used_at >= last_used_at, excluded.last_certificate, last_certificate),
             last_used_at = max(last_used_at, excluded.last_used_at)`,
          keyId,
          count,
          lastUsedAt,
          lastCertificate,
          keyId,
        )
      }
      return true
    })
  }

  loadUse(keyId: string): KeyUse | undefined {
    const row = this.#get('SELECT uses, last_used_at, last_certificate FROM uses WHERE key_id = ?', keyId)
    if (row === undefined) return undefined
    const use = { keyId, uses: row.uses as number, lastUsedAt: row.last_used_at as string }
    return row.last_certificate === null ? use : { ...use, lastCertificate: row.last_certificate as string }
  }

  watch(onChange: (change: RegistryChange) => void): { close(): void } {
    if (this.#watchers.size === 0) this.#startLooking()
    const watch = this.#watchers.add(onChange)
    return {
      close: () => {
        watch.close()
        if (this.#watchers.size === 0) clearInterval(this.#timer)
      },
    }
  }

  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    clearInterval(this.#timer)
    await this.#writing
    this.#watchers.clear()
    this.#db.close()
  }

  #isCurrent({ expect, partners, keys }: Commit): boolean {
    const revisionOf = (table: 'partners' | 'keys', id: string): number =>
      (this.#get(`SELECT revision FROM ${table} WHERE id = ?`, id)?.revision as number | undefined) ?? 0
    if (expect !== undefined && revisionOf('partners', expect.partnerId) !== expect.revision) return false
    return (
      partners.every(({ id, from }) => revisionOf('partners', id) === from) &&
      keys.every(({ id, from }) => revisionOf('keys', id) === from)
    )
  }

  #apply(commit: Commit): void {
    const { partners, keys, deny, allow, audit } = commit
    for (const write of partners) this.#writePartner(write)
    for (const write of keys) this.#writeKey(write)
    for (const denial of deny) {
      this.#run('INSERT OR REPLACE INTO denials VALUES (?, ?)', denialHandle(denial), JSON.stringify(denial))
    }
    for (const denial of allow) this.#run('DELETE FROM denials WHERE handle = ?', denialHandle(denial))
    this.#run(
      'INSERT INTO audit (partner_id, key_id, record) VALUES (?, ?, ?)',
      audit.partnerId ?? null,
      audit.keyId ?? null,
      JSON.stringify(audit),
    )
    for (const change of changesOf(commit)) this.#addChange(change)
  }

  #writePartner({ id, record }: RecordWrite<Partner>): void {
    if (record === undefined) {
      this.#run('DELETE FROM partners WHERE id = ?', id)
      return
    }
    this.#run(
      'INSERT INTO partners VALUES (?1, ?2, ?3) ON CONFLICT (id) DO UPDATE SET revision = ?2, record = ?3',
      id,
      this.#nextRevision(),
      JSON.stringify(record),
    )
    this.#run('DELETE FROM rules WHERE partner_id = ?', id)
    for (const rule of record.rules) this.#run('INSERT OR IGNORE INTO rules VALUES (?, ?)', ruleHandle(rule), id)
  }

  #writeKey({ id, record }: RecordWrite<KeyRecord>): void {
    if (record === undefined) {
      this.#run('DELETE FROM keys WHERE id = ?', id)
      return
    }
    this.#run(
      'INSERT INTO keys VALUES (?1, ?2, ?3, ?4) ON CONFLICT (id) DO UPDATE SET revision = ?3, record = ?4',
      id,
      record.partnerId,
      this.#nextRevision(),
      JSON.stringify(record),
    )
  }

  /** Never the same twice, so that a record that was deleted and made again is told from the first one. */
  #nextRevision(): number {
    return this.#get('UPDATE revisions SET last = last + 1 RETURNING last')?.last as number
  }

  #addChange(change: RegistryChange): void {
    this.#run('INSERT INTO changes (change) VALUES (?)', JSON.stringify(change))
  }

  #write(run: () => boolean): Promise<boolean> {
    if (this.#closed) return Promise.reject(new RegistryError('closed'))
    return new Promise((resolve, reject) => {
      this.#tasks.push({ run, resolve, reject })
      this.#writing ??= this.#writeTasks()
    })
  }

  async #writeTasks(): Promise<void> {
    // Whoever asks in the same turn of the event loop shares the transaction, and its one wait for the disk.
    await new Promise(setImmediate)
    while (this.#tasks.length > 0) {
      const batch = this.#tasks.splice(0)
      try {
        const results = await this.#transaction(() => batch.map(({ run }) => run()))
        for (const [at, { resolve }] of batch.entries()) resolve(results[at] === true)
      } catch (error) {
        for (const { reject } of batch) reject(error)
      }
    }
    this.#writing = undefined
    this.#tellChanges()
  }

  async #transaction<T>(work: () => T): Promise<T> {
    const deadline = performance.now() + BUSY_PATIENCE_MILLISECONDS
    for (let wait = 1; ; wait = Math.min(wait * 2, 50)) {
      try {
        this.#db.exec('BEGIN IMMEDIATE')
        break
      } catch (error) {
        if (!isBusy(error) || performance.now() > deadline) throw error
        await new Promise((resolve) => setTimeout(resolve, wait * (0.5 + Math.random())))
      }
    }
    try {
      const result = work()
      this.#run('DELETE FROM changes WHERE id <= (SELECT max(id) FROM changes) - ?', KEPT_CHANGES)
      this.#db.exec('COMMIT')
      return result
    } catch (error) {
      if (this.#db.isTransaction) this.#db.exec('ROLLBACK')
      throw error
    }
  }

  #startLooking(): void {
    this.#lastChange = this.#newestChange()
    this.#timer = setInterval(() => {
      try {
        // Changes only when another connection has written: cheaper than asking for its changes.
        const version = this.#get('PRAGMA data_version')?.data_version as number
        if (version === this.#dataVersion) return
        this.#dataVersion = version
        this.#tellChanges()
      } catch {
        // A database that cannot be read says so to whoever looks something up.
      }
    }, LOOK_EVERY_MILLISECONDS)
    this.#timer.unref()
  }

  #tellChanges(): void {
    if (this.#watchers.size === 0) return
    const rows = this.#all('SELECT id, change FROM changes WHERE id > ? ORDER BY id', this.#lastChange)
    const first = rows[0]?.id as number | undefined
    if (first === undefined) return
    const missed = first > this.#lastChange + 1
    this.#lastChange = rows.at(-1)?.id as number
    if (missed) this.#watchers.tell('everything')
    else for (const { change } of rows) this.#watchers.tell(parseRecord<RegistryChange>(change))
  }

  #newestChange(): number {
    return (this.#get('SELECT seq FROM sqlite_sequence WHERE name = ?', 'changes')?.seq as number | undefined) ?? 0
  }

  #get(sql: string, ...values: SQLInputValue[]): Record<string, unknown> | undefined {
    return this.#statement(sql).get(...values)
  }

  #all(sql: string, ...values: SQLInputValue[]): Record<string, unknown>[] {
    return this.#statement(sql).all(...values)
  }

  #run(sql: string, ...values: SQLInputValue[]): void {
    this.#statement(sql).run(...values)
  }

  #statement(sql: string): StatementSync {
    let statement = this.#statements.get(sql)
    if (statement === undefined) {
      statement = this.#db.prepare(sql)
      this.#statements.set(sql, statement)
    }
    return statement
  }
}

function versioned<T>(row: Record<string, unknown> | undefined): Versioned<T> | undefined {
  return row && { record: parseRecord<T>(row.record), revision: row.revision as number }
}

function recordsOf<T>(rows: readonly Record<string, unknown>[]): readonly T[] {
  return rows.map(({ record }) => parseRecord<T>(record))
}
