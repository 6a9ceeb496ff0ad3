/**
 * A registry in Redis: for many machines, with every change pushed to all of them.
 *
 * Redis keeps what it is told to keep: give it persistence (`appendonly yes`) and `maxmemory-policy noeviction`, or keys that
 * were issued are gone one day. Behind `cached(…)` a look-up of a known key does not ask Redis at all.
 * @module
 */
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
  type KeyCause,
  type KeyRecord,
  type KeySnapshot,
  type KeyUse,
  type PageOf,
  type Partner,
  pageFrom,
  parseAuditRecord,
  parseRecord,
  type RegistryAdmin,
  type RegistryChange,
  type RegistryOptions,
  type RegistryStorage,
  type RegistryWatch,
  ruleHandle,
  type Versioned,
  Watchers,
} from '@countersign/core/registry'
import { type Connection, connectionOf, type RedisClient, type Subscription } from './redis-client.ts'
import {
  ADD_USES,
  COMMIT,
  FIND_KEY,
  FIND_PARTNERS,
  LIST,
  LIST_AUDIT,
  LOAD,
  type Script,
  SETTLE_KEY,
} from './scripts.ts'

export interface RedisRegistryOptions extends RegistryOptions {
  /**
   * A connected client of `redis` or `ioredis`. It stays yours to close. For watching, one more connection is made with its
   * `duplicate()`.
   */
  readonly client: RedisClient
  /** What the names of all keys and of the channel begin with. Default `{countersign}:`; the braces keep them in one slot of a cluster. */
  readonly keyPrefix?: string
}

/** @throws TypeError for a client that is of neither library */
export function redisRegistry(options: RedisRegistryOptions): RegistryAdmin {
  const { client, keyPrefix = '{countersign}:', ...rest } = options
  if (typeof keyPrefix !== 'string' || keyPrefix === '') throw new TypeError('redisRegistry: keyPrefix: text')
  return createRegistry(new RedisStorage(connectionOf(client), keyPrefix), rest)
}

/** Instead of a number, for what is told before it is a commit. */
const UNNUMBERED = '-'

class RedisStorage implements RegistryStorage {
  readonly name = 'redisRegistry'
  readonly #connection: Connection
  readonly #prefix: string
  readonly #channel: string
  readonly #watchers: Watchers = new Watchers()
  #subscription: Subscription | undefined
  #lastCommit: number | undefined
  #closed = false

  constructor(connection: Connection, prefix: string) {
    this.#connection = connection
    this.#prefix = prefix
    this.#channel = `${prefix}changes`
  }

  async findKey(id: string, signal: AbortSignal): Promise<KeySnapshot | undefined> {
    const found = (await abortable(this.#run(FIND_KEY, id), signal)) as readonly [string, string, string | null] | null
    if (found === null) return undefined
    const [key, partner, revocation] = found
    const record = parseRecord<KeyRecord>(key)
    return { key: revocation === null ? record : revoked(record, revocation), partner: parseRecord<Partner>(partner) }
  }

  async findPartnersByRule(handles: readonly string[], signal: AbortSignal): Promise<readonly Partner[]> {
    const found = (await abortable(this.#run(FIND_PARTNERS, ...handles), signal)) as readonly string[]
    return found.map((record) => parseRecord<Partner>(record))
  }

  async isDenied(handles: readonly string[], signal: AbortSignal): Promise<boolean> {
    const found = (await abortable(this.#send('HMGET', this.#key('denials'), ...handles), signal)) as readonly unknown[]
    return found.some((record) => record !== null)
  }

  async loadPartner(id: string): Promise<Versioned<Partner> | undefined> {
    return this.#load<Partner>(`partner:${id}`)
  }

  async loadKey(id: string): Promise<Versioned<KeyRecord> | undefined> {
    return this.#load<KeyRecord>(`key:${id}`)
  }

  async listPartners(page: BoundedPage): Promise<PageOf<Partner>> {
    return this.#list<Partner>('partners', 'partner:', page)
  }

  async listKeys(partnerId: string | undefined, page: BoundedPage): Promise<PageOf<KeyRecord>> {
    return this.#list<KeyRecord>(partnerId === undefined ? 'keys' : `keys-of:${partnerId}`, 'key:', page)
  }

  async listDenials(): Promise<readonly CertificateDenial[]> {
    const records = (await this.#send('HVALS', this.#key('denials'))) as readonly string[]
    return records.map((record) => parseRecord<CertificateDenial>(record))
  }

  async listAudit({ partnerId, keyId }: AuditFilter, { after, limit }: BoundedPage): Promise<PageOf<AuditRecord>> {
    const index =
      keyId !== undefined ? `audit-of-key:${keyId}` : partnerId !== undefined ? `audit-of-partner:${partnerId}` : ''
    const flat = (await this.#run(
      LIST_AUDIT,
      index,
      String(Number(after ?? 0)),
      String(limit + 1),
    )) as readonly string[]
    const records: AuditRecord[] = []
    for (let at = 0; at < flat.length; at += 2) records.push(parseAuditRecord(Number(flat[at]), flat[at + 1]))
    const last = records[limit - 1]
    const items = records.slice(0, limit).filter((record) => partnerId === undefined || record.partnerId === partnerId)
    return records.length > limit && last !== undefined ? { items, next: last.id } : { items }
  }

  async commit(commit: Commit): Promise<boolean> {
    const { expect, partners, keys, deny, allow, audit } = commit
    const written = {
      expect: expect && { id: expect.partnerId, revision: expect.revision },
      partners: partners.map(({ id, from, record }) => ({
        id,
        from,
        record: record && JSON.stringify(record),
        handles: record?.rules.map(ruleHandle),
      })),
      keys: keys.map(({ id, from, record }) => ({
        id,
        from,
        record: record && JSON.stringify(record),
        partner: record?.partnerId,
      })),
      deny: deny.map((denial) => ({ handle: denialHandle(denial), record: JSON.stringify(denial) })),
      allow: allow.map(denialHandle),
      audit: { record: JSON.stringify(audit), partner: audit.partnerId, key: audit.keyId },
      changes: changesOf(commit).map(formatChange).join(' '),
    }
    return (await this.#run(COMMIT, JSON.stringify(written))) === 1
  }

  /** Written down, told, and then put into the books: `scripts.ts` says why in this order. */
  async revokeKey(id: string, cause: KeyCause, audit: Omit<AuditRecord, 'id' | 'partnerId'>): Promise<boolean> {
    await Promise.all([
      this.#send('HSETNX', this.#key('revoking'), id, `${cause} ${JSON.stringify(audit)}`),
      this.#send('PUBLISH', this.#channel, `${UNNUMBERED} ${formatChange({ keyId: id })}`),
    ])
    return (await this.#run(SETTLE_KEY, id)) === 1
  }

  async addUses(uses: readonly KeyUse[]): Promise<void> {
    if (uses.length > 0) await this.#run(ADD_USES, JSON.stringify(uses))
  }

  async loadUse(keyId: string): Promise<KeyUse | undefined> {
    const fields = ['uses', 'lastUsedAt', 'lastCertificate']
    const [uses, lastUsedAt, lastCertificate] = (await this.#send('HMGET', this.#key(`use:${keyId}`), ...fields)) as (
      | string
      | null
    )[]
    if (!uses || !lastUsedAt) return undefined
    const use = { keyId, uses: Number(uses), lastUsedAt }
    return lastCertificate ? { ...use, lastCertificate } : use
  }

  watch(onChange: (change: RegistryChange) => void): RegistryWatch {
    this.#subscription ??= this.#subscribe()
    const watch = this.#watchers.add(onChange)
    return {
      close: () => {
        watch.close()
        if (this.#watchers.size === 0) this.#unsubscribe()
      },
      isLive: () => this.#subscription?.isLive() ?? false,
    }
  }

  close(): void {
    this.#closed = true
    this.#watchers.clear()
    this.#unsubscribe()
  }

  #subscribe(): Subscription {
    return this.#connection.subscribe(
      this.#channel,
      (message) => this.#hear(message),
      () => {
        this.#lastCommit = undefined
        this.#watchers.tell('everything')
      },
    )
  }

  #hear(message: string): void {
    const space = message.indexOf(' ')
    if (this.#isNext(message.slice(0, space))) {
      for (const change of message.slice(space + 1).split(' ')) this.#watchers.tell(parseChange(change))
    } else this.#watchers.tell('everything')
  }

  /** Commits are numbered without a gap: where one is missing, nobody knows what it changed. */
  #isNext(number: string): boolean {
    if (number === UNNUMBERED) return true
    const last = this.#lastCommit
    this.#lastCommit = Number(number)
    return last === undefined || this.#lastCommit === last + 1
  }

  #unsubscribe(): void {
    this.#subscription?.close()
    this.#subscription = undefined
    this.#lastCommit = undefined
  }

  async #load<T>(name: string): Promise<Versioned<T> | undefined> {
    const [record, revision] = (await this.#run(LOAD, name)) as (string | null)[]
    return record ? { record: parseRecord<T>(record), revision: Number(revision) } : undefined
  }

  async #list<T extends { readonly id: string }>(
    ids: string,
    kind: string,
    { after = '', limit }: BoundedPage,
  ): Promise<PageOf<T>> {
    const records = (await this.#run(LIST, ids, kind, after, String(limit + 1))) as readonly string[]
    const found = records.map((record) => parseRecord<T>(record))
    return pageFrom(found, limit)
  }

  #key(name: string): string {
    return this.#prefix + name
  }

  async #send(command: string, ...args: string[]): Promise<unknown> {
    if (this.#closed) throw new Error('closed')
    // Not queued until Redis is back: a request would wait for its timeout instead of being told at once.
    if (!this.#connection.isReady()) throw new Error('not connected')
    return this.#connection.send(command, ...args)
  }

  /** By its digest; in full once after Redis has forgotten it. */
  async #run({ text, digest }: Script, ...args: string[]): Promise<unknown> {
    try {
      return await this.#send('EVALSHA', digest, '0', this.#prefix, ...args)
    } catch (error) {
      if (!(error instanceof Error) || !error.message.startsWith('NOSCRIPT')) throw error
      return this.#send('EVAL', text, '0', this.#prefix, ...args)
    }
  }
}

/** @param revocation as it was written down: `<cause> <JSON of the audit record>` */
function revoked(record: KeyRecord, revocation: string): KeyRecord {
  const cause = revocation.slice(0, revocation.indexOf(' ')) as KeyCause
  return record.status === 'revoked' ? record : Object.freeze({ ...record, status: 'revoked', cause })
}

/** Neither ids of partners nor of keys hold a space. */
function formatChange(change: RegistryChange): string {
  if (change === 'everything') return '*'
  return 'keyId' in change ? `key:${change.keyId}` : `partner:${change.partnerId}`
}

/** What is not understood may have been anything. */
function parseChange(text: string): RegistryChange {
  if (text.startsWith('key:')) return { keyId: text.slice(4) }
  return text.startsWith('partner:') ? { partnerId: text.slice(8) } : 'everything'
}
