/** The database of `sqliteRegistry`: its tables, and how a file is opened that may be one of ours. @module */
import { closeSync, existsSync, openSync } from 'node:fs'
import type { DatabaseSync } from 'node:sqlite'

/** `CsgR`: tells our files from other databases. */
const APPLICATION_ID = 0x43_73_67_52
const SCHEMA_VERSION = 1

const SCHEMA = `
  CREATE TABLE partners (
    id TEXT PRIMARY KEY,
    revision INTEGER NOT NULL,
    record TEXT NOT NULL
  ) WITHOUT ROWID, STRICT;
  CREATE TABLE keys (
    id TEXT PRIMARY KEY,
    partner_id TEXT NOT NULL REFERENCES partners ON DELETE CASCADE,
    revision INTEGER NOT NULL,
    record TEXT NOT NULL
  ) WITHOUT ROWID, STRICT;
  CREATE INDEX keys_by_partner ON keys (partner_id, id);
  CREATE TABLE rules (
    handle TEXT NOT NULL,
    partner_id TEXT NOT NULL REFERENCES partners ON DELETE CASCADE,
    PRIMARY KEY (handle, partner_id)
  ) WITHOUT ROWID, STRICT;
  CREATE INDEX rules_by_partner ON rules (partner_id);
  CREATE TABLE denials (
    handle TEXT PRIMARY KEY,
    record TEXT NOT NULL
  ) WITHOUT ROWID, STRICT;
  CREATE TABLE uses (
    key_id TEXT PRIMARY KEY REFERENCES keys ON DELETE CASCADE,
    uses INTEGER NOT NULL,
    last_used_at TEXT NOT NULL,
    last_certificate TEXT
  ) WITHOUT ROWID, STRICT;
  CREATE TABLE audit (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    partner_id TEXT,
    key_id TEXT,
    record TEXT NOT NULL
  ) STRICT;
  CREATE INDEX audit_by_partner ON audit (partner_id, id) WHERE partner_id IS NOT NULL;
  CREATE INDEX audit_by_key ON audit (key_id, id) WHERE key_id IS NOT NULL;
  CREATE TRIGGER audit_is_not_changed BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'audit records are never changed'); END;
  CREATE TRIGGER audit_is_not_deleted BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'audit records are never deleted'); END;
  CREATE TABLE changes (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    change TEXT NOT NULL
  ) STRICT;
  CREATE TABLE revisions (last INTEGER NOT NULL) STRICT;
  INSERT INTO revisions VALUES (0);
  PRAGMA application_id = ${APPLICATION_ID};
  PRAGMA user_version = ${SCHEMA_VERSION};
`

/** @throws TypeError if the file is missing or is not a registry */
export function openDatabase(path: string, missing: 'refuse' | 'create'): DatabaseSync {
  if (!existsSync(path)) {
    if (missing === 'refuse') throw new TypeError(`sqliteRegistry: ${path}: ENOENT`)
    // Before SQLite makes it readable for everybody.
    closeSync(openSync(path, 'a', 0o600))
  }
  const db = new (loadSqlite().DatabaseSync)(path, { timeout: 2000 })
  try {
    // Readers and a writer do not wait for each other; what is acknowledged survives a loss of power.
    db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL')
    prepareSchema(db)
    db.exec('PRAGMA busy_timeout = 0')
    return db
  } catch (error) {
    db.close()
    throw new TypeError(`sqliteRegistry: ${path}: ${(error as Error).message}`, { cause: error })
  }
}

function prepareSchema(db: DatabaseSync): void {
  db.exec('BEGIN IMMEDIATE')
  try {
    const { application_id } = db.prepare('PRAGMA application_id').get() as { application_id: number }
    const { user_version } = db.prepare('PRAGMA user_version').get() as { user_version: number }
    const { tables } = db.prepare('SELECT count(*) AS tables FROM sqlite_schema').get() as { tables: number }
    if (tables === 0) db.exec(SCHEMA)
    else if (application_id !== APPLICATION_ID) throw new Error('a database of something else')
    else if (user_version !== SCHEMA_VERSION)
      throw new Error(`made by another version of this registry (schema ${user_version})`)
    db.exec('COMMIT')
  } catch (error) {
    db.exec('ROLLBACK')
    throw error
  }
}

/** Not imported: on Node 22 that alone prints a warning, and whoever uses another registry need not read it. */
function loadSqlite(): typeof import('node:sqlite') {
  const sqlite = process.getBuiltinModule?.('node:sqlite')
  if (sqlite === undefined) throw new TypeError('sqliteRegistry: this runtime has no node:sqlite')
  return sqlite
}

export function isBusy(error: unknown): boolean {
  // SQLITE_BUSY, and the extended codes above it.
  return ((error as { errcode?: number }).errcode ?? 0) % 256 === 5
}
