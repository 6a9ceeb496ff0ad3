/**
 * A registry in one JSON file that people can read and edit: a few thousand keys, on one machine.
 *
 * Every acknowledged change is on the disk. The file is replaced as a whole, so readers see one state or the next; a change
 * that another process or a person makes is seen within half a second. Beside it lie the audit trail (`.audit.jsonl`, only
 * ever added to), the counters of uses (`.uses.json`), and while somebody writes a lock (`.lock`).
 * @module
 */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { open, readFile } from 'node:fs/promises'
import { type AuditFilter, type AuditRecord, auditId, selectAudit } from '../registry/audit.ts'
import { createRegistry, type RegistryOptions } from '../registry/create-registry.ts'
import { type BookState, PartnerBook } from '../registry/partner-book.ts'
import type { KeyRecord, Partner } from '../registry/records.ts'
import type { PageOf, RegistryAdmin } from '../registry/registry.ts'
import { RegistryError } from '../registry/registry-error.ts'
import type { BoundedPage, Commit, RegistryStorage, Versioned } from '../registry/storage.ts'
import { addUse, type KeyUse } from '../registry/usage.ts'
import { replaceFile } from './atomic-file.ts'
import { lockFile } from './file-lock.ts'
import { type AuditMark, formatRegistryFile, parseRegistryFile } from './registry-file.ts'
import { type FileWatch, fileState, type WatchedPaths, watchFiles } from './watch-files.ts'

export interface FileRegistryOptions extends RegistryOptions {
  /** What to do if there is no such file. Default `refuse`: a mistyped path would be a registry in which no key is known. */
  readonly missing?: 'refuse' | 'create'
  /** Told when the file cannot be read or does not parse; the state before it stays in force. Default: a process warning. */
  readonly onFault?: (fault: FileRegistryFault) => void
}

export interface FileRegistryFault {
  readonly path: string
  /** Names the place; holds nothing of a digest. */
  readonly cause: string
}

/** @throws TypeError if the file is missing or does not parse */
export function fileRegistry(path: string, options: FileRegistryOptions = {}): RegistryAdmin {
  const { missing = 'refuse', onFault = warn, ...rest } = options
  if (typeof path !== 'string' || path === '') throw new TypeError('fileRegistry: the path of a file')
  if (missing !== 'refuse' && missing !== 'create') throw new TypeError(`fileRegistry: missing: 'refuse' or 'create'`)
  return createRegistry(new FileStorage(path, missing, onFault), rest)
}

interface Pending {
  readonly commit: Commit
  readonly resolve: (done: boolean) => void
  readonly reject: (error: unknown) => void
}

class FileStorage extends PartnerBook implements RegistryStorage {
  readonly name: string
  readonly #path: string
  readonly #onFault: (fault: FileRegistryFault) => void
  readonly #watched: WatchedPaths
  readonly #watch: FileWatch
  readonly #pending: Pending[] = []
  /** SHA-256 of the text that this state was read from, or was written as; `undefined` while there is no file yet. */
  #digest: string | undefined
  /** Of the file when it was last read or written, to tell cheaply that somebody may have changed it. */
  #facts: string
  #audit: AuditMark = { records: 0, bytes: 0 }
  /** There has been a file: that it is gone is a fault from then on. */
  #exists = false
  #work: Promise<void> = Promise.resolve()
  #closed = false

  constructor(path: string, missing: 'refuse' | 'create', onFault: (fault: FileRegistryFault) => void) {
    super()
    this.name = `fileRegistry(${path})`
    this.#path = path
    this.#onFault = onFault
    this.#watched = { paths: [path] }
    const seen = fileState(this.#watched)
    this.#facts = seen.facts
    try {
      this.#take(readFileSync(path, 'utf8'))
    } catch (error) {
      if (missing === 'refuse' || (error as NodeJS.ErrnoException).code !== 'ENOENT') {
        throw new TypeError(`fileRegistry: ${path}: ${causeOf(error)}`, { cause: error })
      }
    }
    this.#watch = watchFiles(this.#watched, seen, () => void this.#enqueue(() => this.#reload()))
  }

  /** Operations begin with what is in the file now; look-ups for requests do not wait for a disk. */
  async loadPartner(id: string): Promise<Versioned<Partner> | undefined> {
    await this.#refresh()
    return this.readPartner(id)
  }

  async loadKey(id: string): Promise<Versioned<KeyRecord> | undefined> {
    await this.#refresh()
    return this.readKey(id)
  }

  /** Commits that come while one is being written are written together. */
  commit(commit: Commit): Promise<boolean> {
    if (this.#closed) throw new RegistryError('closed')
    return new Promise((resolve, reject) => {
      this.#pending.push({ commit, resolve, reject })
      if (this.#pending.length === 1) void this.#enqueue(() => this.#writePending())
    })
  }

  async listAudit(filter: AuditFilter, page: BoundedPage): Promise<PageOf<AuditRecord>> {
    const { bytes } = this.#audit
    const text = bytes === 0 ? '' : (await readFile(this.#auditPath)).subarray(0, bytes).toString('utf8')
    const records = text.split('\n').flatMap((line) => (line === '' ? [] : (JSON.parse(line) as AuditRecord)))
    return selectAudit(records, filter, page)
  }

  addUses(uses: readonly KeyUse[]): Promise<void> {
    return this.#enqueue(async () => {
      const lock = await lockFile(this.#lockPath)
      try {
        // A key that another process issued counts, too.
        await this.#readAgain()
        const kept = new Map((await this.#readUses()).map((use) => [use.keyId, use]))
        for (const use of uses) if (this.hasKey(use.keyId)) kept.set(use.keyId, addUse(kept.get(use.keyId), use))
        const lines = [...kept.values()].filter(({ keyId }) => this.hasKey(keyId)).map((use) => JSON.stringify(use))
        await replaceFile(this.#usesPath, `[\n${lines.join(',\n')}\n]\n`)
      } finally {
        await lock.release()
      }
    })
  }

  async loadUse(keyId: string): Promise<KeyUse | undefined> {
    return this.hasKey(keyId) ? (await this.#readUses()).find((use) => use.keyId === keyId) : undefined
  }

  /** After what is being written is on the disk. */
  async close(): Promise<void> {
    this.#closed = true
    this.#watch.close()
    await this.#work
    this.forgetWatchers()
  }

  get #auditPath(): string {
    return `${this.#path}.audit.jsonl`
  }

  get #usesPath(): string {
    return `${this.#path}.uses.json`
  }

  get #lockPath(): string {
    return `${this.#path}.lock`
  }

  /** Reads and writes of this process come one after the other. */
  #enqueue<T>(task: () => Promise<T>): Promise<T> {
    const done = this.#work.then(task)
    this.#work = done.then(
      () => undefined,
      () => undefined,
    )
    return done
  }

  async #writePending(): Promise<void> {
    const batch = this.#pending.splice(0)
    try {
      const results = await this.#write(batch.map(({ commit }) => commit))
      for (const [at, { resolve }] of batch.entries()) resolve(results[at] === true)
    } catch (error) {
      // What was applied here is not on the disk, so it is undone.
      this.#digest = undefined
      await this.#reload()
      for (const { reject } of batch) reject(error)
    }
  }

  async #write(commits: readonly Commit[]): Promise<readonly boolean[]> {
    const lock = await lockFile(this.#lockPath)
    try {
      await this.#readAgain()
      const results = commits.map((commit) => this.apply(commit))
      const applied = commits.filter((_, at) => results[at])
      if (applied.length > 0) {
        const audit = await this.#appendAudit(applied)
        const text = formatRegistryFile({ book: this.state, audit })
        if (!(await lock.isHeld())) throw new Error(`${this.#lockPath}: another process took this lock over`)
        await replaceFile(this.#path, text)
        this.#audit = audit
        this.#digest = digestOf(text)
        this.#exists = true
        this.#facts = fileState(this.#watched).facts
      }
      return results
    } finally {
      await lock.release()
    }
  }

  /** Before the file itself is replaced: what a crash leaves behind the mark was never acknowledged, and the next writer cuts it off. */
  async #appendAudit(commits: readonly Commit[]): Promise<AuditMark> {
    let { records } = this.#audit
    const lines = commits.map(({ audit }) => `${JSON.stringify({ id: auditId(++records), ...audit })}\n`).join('')
    const file = await open(this.#auditPath, 'a+', 0o600)
    try {
      const { size } = await file.stat()
      if (size < this.#audit.bytes) this.#onFault({ path: this.#auditPath, cause: 'the audit trail was cut short' })
      else if (size > this.#audit.bytes) await file.truncate(this.#audit.bytes)
      await file.appendFile(lines)
      await file.sync()
      return { records, bytes: (await file.stat()).size }
    } finally {
      await file.close()
    }
  }

  async #refresh(): Promise<void> {
    if (fileState(this.#watched).facts === this.#facts) return
    // A file that cannot be read is told by the watch, and refused by the commit.
    await this.#enqueue(() => this.#readAgain()).catch(() => undefined)
  }

  async #reload(): Promise<void> {
    try {
      await this.#readAgain()
    } catch (error) {
      this.#onFault({ path: this.#path, cause: causeOf(error) })
    }
  }

  async #readAgain(): Promise<void> {
    const { facts } = fileState(this.#watched)
    const text = await readFile(this.#path, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT' && !this.#exists) return undefined
      throw error
    })
    if (text === undefined) this.load(EMPTY)
    else if (digestOf(text) !== this.#digest) this.#take(text)
    this.#facts = facts
  }

  #take(text: string): void {
    const { book, audit } = parseRegistryFile(text)
    this.load(book)
    this.#audit = audit
    this.#digest = digestOf(text)
    this.#exists = true
  }

  async #readUses(): Promise<readonly KeyUse[]> {
    try {
      return JSON.parse(await readFile(this.#usesPath, 'utf8')) as readonly KeyUse[]
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
      // Counters are no reason to refuse anybody.
      this.#onFault({ path: this.#usesPath, cause: causeOf(error) })
      return []
    }
  }
}

const EMPTY: BookState = { partners: [], keys: [], denials: [] }

function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

function warn({ path, cause }: FileRegistryFault): void {
  process.emitWarning(`${path}: ${cause}; the state before it stays in force`, { code: 'COUNTERSIGN_REGISTRY' })
}

function causeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? (error as Error).message
}
