/** The tables, and how they came to be: numbered steps that are never changed once released, only followed by others. @module */
import { inTransaction, type PostgresPool } from './postgres-pool.ts'

export interface MigrationOptions {
  /** Schema that the tables are in. Default `countersign`. */
  readonly schema?: string
}

/** One process migrates at a time. The number is ours: `CsgR`. */
const LOCK = 0x43_73_67_52

/** Text is compared by code unit (`COLLATE "C"`), so that pages have the same order on every server. */
const MIGRATIONS: readonly ((schema: string) => string)[] = [
  (schema) => `
    CREATE TABLE ${schema}.partners (
      id text COLLATE "C" PRIMARY KEY,
      revision bigint NOT NULL,
      record text NOT NULL
    );
    CREATE TABLE ${schema}.keys (
      id text COLLATE "C" PRIMARY KEY,
      partner_id text COLLATE "C" NOT NULL REFERENCES ${schema}.partners ON DELETE CASCADE,
      revision bigint NOT NULL,
      record text NOT NULL
    );
    CREATE INDEX keys_by_partner ON ${schema}.keys (partner_id, id);
    CREATE TABLE ${schema}.rules (
      -- A value may be longer than an index row: its SHA-256 stands for it.
      handle bytea NOT NULL,
      partner_id text COLLATE "C" NOT NULL REFERENCES ${schema}.partners ON DELETE CASCADE,
      PRIMARY KEY (handle, partner_id)
    );
    CREATE INDEX rules_by_partner ON ${schema}.rules (partner_id);
    CREATE TABLE ${schema}.denials (
      handle bytea PRIMARY KEY,
      record text NOT NULL
    );
    CREATE TABLE ${schema}.uses (
      key_id text COLLATE "C" PRIMARY KEY REFERENCES ${schema}.keys ON DELETE CASCADE,
      uses bigint NOT NULL,
      last_used_at text COLLATE "C" NOT NULL,
      last_certificate text
    );
    CREATE TABLE ${schema}.audit (
      id bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
      partner_id text COLLATE "C",
      key_id text COLLATE "C",
      record text NOT NULL
    );
    CREATE INDEX audit_by_partner ON ${schema}.audit (partner_id, id) WHERE partner_id IS NOT NULL;
    CREATE INDEX audit_by_key ON ${schema}.audit (key_id, id) WHERE key_id IS NOT NULL;
    CREATE FUNCTION ${schema}.refuse() RETURNS trigger LANGUAGE plpgsql AS
      $$ BEGIN RAISE EXCEPTION 'audit records are never changed or deleted'; END $$;
    CREATE TRIGGER audit_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ${schema}.audit
      FOR EACH STATEMENT EXECUTE FUNCTION ${schema}.refuse();
    CREATE SEQUENCE ${schema}.revisions;
  `,
]

/**
 * Makes the schema, or brings it up to date. Run it at deployment, as a role that may create tables; the service itself needs
 * no such right.
 * @returns the version that the schema has now
 */
export async function migratePostgres(
  pool: PostgresPool,
  { schema = 'countersign' }: MigrationOptions = {},
): Promise<number> {
  checkSchema(schema)
  return inTransaction(pool, async (connection) => {
    await connection.query('SELECT pg_advisory_xact_lock($1)', [LOCK])
    await connection.query(`CREATE SCHEMA IF NOT EXISTS ${schema}`)
    await connection.query(
      `CREATE TABLE IF NOT EXISTS ${schema}.migrations (version integer PRIMARY KEY, applied_at timestamptz NOT NULL DEFAULT now())`,
    )
    const { rows } = await connection.query(`SELECT coalesce(max(version), 0) AS version FROM ${schema}.migrations`)
    const version = Number(rows[0]?.version)
    if (version > MIGRATIONS.length) throw new Error(`${schema} was made by a later version (${version})`)
    for (let next = version; next < MIGRATIONS.length; next++) {
      await connection.query((MIGRATIONS[next] as (schema: string) => string)(schema))
      await connection.query(`INSERT INTO ${schema}.migrations (version) VALUES ($1)`, [next + 1])
    }
    return MIGRATIONS.length
  })
}

/** It becomes part of SQL text, so it is a plain lower-case name and nothing else. @throws TypeError */
export function checkSchema(schema: string): void {
  if (typeof schema !== 'string' || !/^[a-z_][a-z0-9_]{0,40}$/.test(schema)) {
    throw new TypeError('schema: lower-case letters, digits and underscores, at most 41')
  }
}
