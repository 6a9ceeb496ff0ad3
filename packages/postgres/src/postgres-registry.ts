/**
 * A registry in PostgreSQL: for many machines, with every change pushed to all of them over LISTEN/NOTIFY.
 *
 * `migratePostgres` makes the tables. Behind `cached(…)` a look-up of a known key does not ask PostgreSQL at all.
 * @module
 */
import { createHash } from 'node:crypto'
import {
  type AuditFilter,
  type AuditRecord,
  abortable,
  type BoundedPage,
  type CertificateDenial,
  type Commit,
  changesOf,
  createRegistry,
  denialHandle,
  type KeyRecord,
  type KeySnapshot,
  type KeyUse,
  type PageOf,
  type Partner,
  pageFrom,
  parseAuditRecord,
  parseRecord,
  type RecordWrite,
  type RegistryAdmin,
  type RegistryChange,
  type RegistryOptions,
  type RegistryStorage,
  type RegistryWatch,
  ruleHandle,
  type Versioned,
  Watchers,
} from '@countersign/core/registry'
import { type ChangeFeed, listen } from './change-feed.ts'
import { checkSchema } from './migrations.ts'
import { inTransaction, type PostgresConnection, type PostgresPool } from './postgres-pool.ts'

export interface PostgresRegistryOptions extends RegistryOptions {
  /** A `Pool` of `pg`. It stays yours to end. While somebody watches, one of its connections is held for LISTEN. */
  readonly pool: PostgresPool
  /** Schema that the tables are in. Default `countersign`. */
  readonly schema?: string
}

/** @throws TypeError for what is no pool, or a schema that is no plain name */
export function postgresRegistry(options: PostgresRegistryOptions): RegistryAdmin {
  const { pool, schema = 'countersign', ...rest } = options
  if (typeof pool?.query !== 'function' || typeof pool.connect !== 'function') {
    throw new TypeError('postgresRegistry: pool: a Pool of pg')
  }
  checkSchema(schema)
  return createRegistry(new PostgresStorage(pool, schema), rest)
}

class PostgresStorage implements RegistryStorage {
  readonly name = 'postgresRegistry'
  readonly #pool: PostgresPool
  readonly #schema: string
  readonly #channel: string
  readonly #watchers: Watchers = new Watchers()
  #feed: ChangeFeed | undefined
  #closed = false

  constructor(pool: PostgresPool, schema: string) {
    this.#pool = pool
    this.#schema = schema
    this.#channel = `${schema}_changes`
  }

  async findKey(id: string, signal: AbortSignal): Promise<KeySnapshot | undefined> {
    if (!isText(id)) return undefined
    const sql = `SELECT k.record AS key, p.record AS partner FROM ${this.#schema}.keys k JOIN ${this.#schema}.partners p ON p.id = k.partner_id WHERE k.id = $1`
    const [row] = await abortable(this.#rows(sql, id), signal)
    return row && { key: parseRecord<KeyRecord>(row.key), partner: parseRecord<Partner>(row.partner) }
  }

  async findPartnersByRule(handles: readonly string[], signal: AbortSignal): Promise<readonly Partner[]> {
    const sql = `SELECT record FROM ${this.#schema}.partners WHERE id IN (SELECT partner_id FROM ${this.#schema}.rules WHERE handle = ANY ($1))`
    const rows = await abortable(this.#rows(sql, handles.map(sha256)), signal)
    return rows.map(({ record }) => parseRecord<Partner>(record))
  }

  async isDenied(handles: readonly string[], signal: AbortSignal): Promise<boolean> {
    const sql = `SELECT 1 FROM ${this.#schema}.denials WHERE handle = ANY ($1) LIMIT 1`
    return (await abortable(this.#rows(sql, handles.map(sha256)), signal)).length > 0
  }

  async loadPartner(id: string): Promise<Versioned<Partner> | undefined> {
    return this.#load<Partner>('partners', id)
  }

  async loadKey(id: string): Promise<Versioned<KeyRecord> | undefined> {
    return this.#load<KeyRecord>('keys', id)
  }

  async listPartners({ after = '', limit }: BoundedPage): Promise<PageOf<Partner>> {
    const sql = `SELECT record FROM ${this.#schema}.partners WHERE id > $1 ORDER BY id LIMIT $2`
    return pageFrom(
      (await this.#rows(sql, after, limit + 1)).map(({ record }) => parseRecord<Partner>(record)),
      limit,
    )
  }

  async listKeys(partnerId: string | undefined, { after = '', limit }: BoundedPage): Promise<PageOf<KeyRecord>> {
    const rows =
      partnerId === undefined
        ? await this.#rows(
            `SELECT record FROM ${this.#schema}.keys WHERE id > $1 ORDER BY id LIMIT $2`,
            after,
            limit + 1,
          )
        : await this.#rows(
            `SELECT record FROM ${this.#schema}.keys WHERE partner_id = $1 AND id > $2 ORDER BY id LIMIT $3`,
            partnerId,
            after,
            limit + 1,
          )
    return pageFrom(
      rows.map(({ record }) => parseRecord<KeyRecord>(record)),
      limit,
    )
  }

  async listDenials(): Promise<readonly CertificateDenial[]> {
    const rows = await this.#rows(`SELECT record FROM ${this.#schema}.denials ORDER BY handle`)
    return rows.map(({ record }) => parseRecord<CertificateDenial>(record))
  }

  async listAudit({ partnerId, keyId }: AuditFilter, { after, limit }: BoundedPage): Promise<PageOf<AuditRecord>> {
    const values: unknown[] = [Number(after ?? 0), limit + 1]
    const conditions = ['id > $1']
    for (const [column, value] of [
      ['partner_id', partnerId],
      ['key_id', keyId],
    ] as const) {
      if (value !== undefined) conditions.push(`${column} = $${values.push(value)}`)
    }
    const sql = `SELECT id, record FROM ${this.#schema}.audit WHERE ${conditions.join(' AND ')} ORDER BY id LIMIT $2`
    const rows = await this.#rows(sql, ...values)
    const records = rows.map(({ id, record }) => parseAuditRecord(Number(id), record))
    return pageFrom(records, limit)
  }

  async commit(commit: Commit): Promise<boolean> {
    try {
      return await inTransaction(this.#pool, async (connection) => {
        this.#assertOpen()
        if (!(await this.#isCurrent(connection, commit))) throw CONFLICT
        await this.#apply(connection, commit)
        return true
      })
    } catch (error) {
      if (error === CONFLICT || isConflict(error)) return false
      throw error
    }
  }

  async addUses(uses: readonly KeyUse[]): Promise<void> {
    const columns = [
      uses.map(({ keyId }) => keyId),
      uses.map((use) => use.uses),
      uses.map(({ lastUsedAt }) => lastUsedAt),
      uses.map(({ lastCertificate }) => lastCertificate ?? null),
    ]
    // In order of key, or two batches could wait for each other.
    await this.#rows(
      `INSERT INTO ${this.#schema}.uses AS kept (key_id, uses, last_used_at, last_certificate)
       SELECT given.key_id, sum(given.uses), max(given.at), (array_agg(given.certificate ORDER BY given.at DESC))[1]
       FROM unnest($1::text[], $2::bigint[], $3::text[], $4::text[]) AS given (key_id, uses, at, certificate)
       WHERE EXISTS (SELECT 1 FROM ${this.#schema}.keys WHERE id = given.key_id)
       GROUP BY given.key_id ORDER BY given.key_id
       ON CONFLICT (key_id) DO UPDATE SET
         uses = kept.uses + excluded.uses,
         last_certificate = CASE WHEN excluded.last_used_at >= kept.last_used_at THEN excluded.last_certificate ELSE kept.last_certificate END,
         last_used_at = greatest(kept.last_used_at, excluded.last_used_at)`,
      ...columns,
    )
  }

  async loadUse(keyId: string): Promise<KeyUse | undefined> {
    if (!isText(keyId)) return undefined
    const [row] = await this.#rows(
      `SELECT uses, last_used_at, last_certificate FROM ${this.#schema}.uses WHERE key_id = $1`,
      keyId,
    )
    if (row === undefined) return undefined
    const use = { keyId, uses: Number(row.uses), lastUsedAt: row.last_used_at as string }
    return row.last_certificate === null ? use : { ...use, lastCertificate: row.last_certificate as string }
  }

  watch(onChange: (change: RegistryChange) => void): RegistryWatch {
    this.#feed ??= listen(this.#pool, this.#channel, (change) => this.#watchers.tell(change))
    const watch = this.#watchers.add(onChange)
    return {
      close: () => {
        watch.close()
        if (this.#watchers.size === 0) this.#stopListening()
      },
      isLive: () => this.#feed?.isLive() ?? false,
    }
  }

  close(): void {
    this.#closed = true
    this.#watchers.clear()
    this.#stopListening()
  }

  #stopListening(): void {
    this.#feed?.close()
    this.#feed = undefined
  }

  /** Locks what the commit was made from, partners first and ids in order, so that two commits never wait for each other. */
  async #isCurrent(connection: PostgresConnection, { expect, partners, keys }: Commit): Promise<boolean> {
    const revisionOf = async (table: 'partners' | 'keys', id: string, lock: string): Promise<number> => {
      const { rows } = await connection.query(`SELECT revision FROM ${this.#schema}.${table} WHERE id = $1 ${lock}`, [
        id,
      ])
      return Number(rows[0]?.revision ?? 0)
    }
    // Shared with other issuers; whoever deletes or replaces the partner waits.
    if (expect !== undefined && (await revisionOf('partners', expect.partnerId, 'FOR SHARE')) !== expect.revision)
      return false
    for (const { id, from } of inOrder(partners))
      if ((await revisionOf('partners', id, 'FOR UPDATE')) !== from) return false
    for (const { id, from } of inOrder(keys)) if ((await revisionOf('keys', id, 'FOR UPDATE')) !== from) return false
    return true
  }

  async #apply(connection: PostgresConnection, commit: Commit): Promise<void> {
    const { partners, keys, deny, allow, audit } = commit
    for (const write of partners) await this.#writePartner(connection, write)
    for (const write of keys) await this.#writeKey(connection, write)
    for (const denial of deny) {
      await connection.query(`INSERT INTO ${this.#schema}.denials VALUES ($1, $2) ON CONFLICT DO NOTHING`, [
        sha256(denialHandle(denial)),
        JSON.stringify(denial),
      ])
    }
    for (const denial of allow) {
      await connection.query(`DELETE FROM ${this.#schema}.denials WHERE handle = $1`, [sha256(denialHandle(denial))])
    }
    // One at a time from here to the end, so that the order of ids is the order in which records can be seen, and whoever
    // reads on from the last one misses none. NOTIFY would hold up commits here anyway.
    await connection.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [`${this.#schema}.audit`])
    await connection.query(
      `WITH told AS (INSERT INTO ${this.#schema}.audit (partner_id, key_id, record) VALUES ($1, $2, $3))
       SELECT pg_notify($4, change) FROM unnest($5::text[]) AS change`,
      [
        audit.partnerId ?? null,
        audit.keyId ?? null,
        JSON.stringify(audit),
        this.#channel,
        changesOf(commit).map((change) => JSON.stringify(change)),
      ],
    )
  }

  async #writePartner(connection: PostgresConnection, { id, from, record }: RecordWrite<Partner>): Promise<void> {
    if (record === undefined) {
      await connection.query(`DELETE FROM ${this.#schema}.partners WHERE id = $1`, [id])
      return
    }
    await connection.query(
      from === 0
        ? `INSERT INTO ${this.#schema}.partners VALUES ($1, nextval('${this.#schema}.revisions'), $2)`
        : `UPDATE ${this.#schema}.partners SET revision = nextval('${this.#schema}.revisions'), record = $2 WHERE id = $1`,
      [id, JSON.stringify(record)],
    )
    if (from !== 0) await connection.query(`DELETE FROM ${this.#schema}.rules WHERE partner_id = $1`, [id])
    if (record.rules.length > 0) {
      await connection.query(
        `INSERT INTO ${this.#schema}.rules SELECT DISTINCT unnest($2::bytea[]), $1 ON CONFLICT DO NOTHING`,
        [id, record.rules.map((rule) => sha256(ruleHandle(rule)))],
      )
    }
  }

  async #writeKey(connection: PostgresConnection, { id, from, record }: RecordWrite<KeyRecord>): Promise<void> {
    if (record === undefined) {
      await connection.query(`DELETE FROM ${this.#schema}.keys WHERE id = $1`, [id])
      return
    }
    await connection.query(
      from === 0
        ? `INSERT INTO ${this.#schema}.keys VALUES ($1, $3, nextval('${this.#schema}.revisions'), $2)`
        : `UPDATE ${this.#schema}.keys SET revision = nextval('${this.#schema}.revisions'), record = $2 WHERE id = $1 AND partner_id = $3`,
      [id, JSON.stringify(record), record.partnerId],
    )
  }

  async #load<T>(table: 'partners' | 'keys', id: string): Promise<Versioned<T> | undefined> {
    if (!isText(id)) return undefined
    const [row] = await this.#rows(`SELECT record, revision FROM ${this.#schema}.${table} WHERE id = $1`, id)
    return row && { record: parseRecord<T>(row.record), revision: Number(row.revision) }
  }

  async #rows(sql: string, ...values: unknown[]): Promise<readonly Record<string, unknown>[]> {
    this.#assertOpen()
    return (await this.#pool.query(sql, values)).rows
  }

  #assertOpen(): void {
    if (this.#closed) throw new Error('closed')
  }
}

const CONFLICT: unique symbol = Symbol('conflict')

/** Somebody else was first: a row that was to be new is there, or its partner is gone, or the two waited for each other. */
function isConflict(error: unknown): boolean {
  // unique_violation, foreign_key_violation, deadlock_detected, serialization_failure
  return ['23505', '23503', '40P01', '40001'].includes((error as { code?: string }).code ?? '')
}

function inOrder<T extends { readonly id: string }>(writes: readonly T[]): readonly T[] {
  return writes.toSorted((a, b) => (a.id < b.id ? -1 : 1))
}

/** PostgreSQL's text holds no NUL, and the protocol no half of a surrogate pair: there is no such id. */
function isText(id: string): boolean {
  return !id.includes('\0') && id.isWellFormed()
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
