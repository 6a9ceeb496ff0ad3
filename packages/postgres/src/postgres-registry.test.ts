import { randomBytes } from 'node:crypto'
import { type RegistrySubject, registerRegistryCases, registryCases } from '@countersign/conformance'
import pg from 'pg'
import { afterAll, describe, expect, it } from 'vitest'
import { findPostgres } from '../../../tools/postgres-server.ts'
import { startTcpRelay } from '../../../tools/tcp-relay.ts'
import { migratePostgres } from './migrations.ts'
import type { PostgresPool } from './postgres-pool.ts'
import { postgresRegistry } from './postgres-registry.ts'

const server = await findPostgres()
afterAll(() => server?.stop())

/** As docs/registries.md recommends it, but for not waiting for the disk. */
function openPool(url: string): pg.Pool {
  const options = '-c synchronous_commit=off'
  const pool = new pg.Pool({ connectionString: url, max: 5, connectionTimeoutMillis: 2000, keepAlive: true, options })
  pool.on('error', () => undefined)
  return pool
}

function subject(url: string): RegistrySubject {
  return {
    name: 'postgresRegistry',
    // `npm run test:registries` has the twenty seconds that it takes.
    features: [
      'durable',
      'shared',
      'outage',
      ...(process.env.COUNTERSIGN_REGISTRIES === 'full' ? (['scale'] as const) : []),
    ],
    async create() {
      const relay = await startTcpRelay({ host: new URL(url).hostname, port: Number(new URL(url).port || 5432) })
      const through = new URL(url)
      through.host = `127.0.0.1:${relay.port}`
      const schema = `countersign_test_${randomBytes(8).toString('hex')}`
      const direct = openPool(url)
      await migratePostgres(direct, { schema })
      const pools: pg.Pool[] = []
      return {
        open(options) {
          const pool = openPool(through.href)
          pools.push(pool)
          return postgresRegistry({ pool, schema, ...options })
        },
        interrupt: () => relay.cut(),
        restore: () => relay.mend(),
        async dispose() {
          await Promise.all(pools.map((pool) => pool.end()))
          await relay.close()
          await direct.query(`DROP SCHEMA ${schema} CASCADE`)
          await direct.end()
        },
      }
    },
  }
}

describe.skipIf(server === undefined)('postgresRegistry (needs postgres)', () => {
  registerRegistryCases(it, registryCases, subject(server?.url ?? ''))

  it('keeps an audit trail that even its owner cannot change', async () => {
    const schema = `countersign_test_${randomBytes(8).toString('hex')}`
    const pool = openPool(server?.url ?? '')
    try {
      await migratePostgres(pool, { schema })
      const registry = postgresRegistry({ pool, schema })
      await registry.createPartner({ id: 'acme' })
      for (const sql of [
        `UPDATE ${schema}.audit SET record = ''`,
        `DELETE FROM ${schema}.audit`,
        `TRUNCATE ${schema}.audit`,
      ]) {
        await expect(pool.query(sql), sql).rejects.toThrow(/never changed/)
      }
      expect((await registry.listAudit({})).items).toHaveLength(1)
    } finally {
      await pool.query(`DROP SCHEMA ${schema} CASCADE`)
      await pool.end()
    }
  })
})

describe.skipIf(server === undefined)('migratePostgres (needs postgres)', () => {
  it('may be run again, and by several at once', async () => {
    const schema = `countersign_test_${randomBytes(8).toString('hex')}`
    const pool = openPool(server?.url ?? '')
    try {
      expect(await Promise.all([1, 2, 3].map(() => migratePostgres(pool, { schema })))).toEqual([1, 1, 1])
      expect(await migratePostgres(pool, { schema })).toBe(1)
      await pool.query(`INSERT INTO ${schema}.migrations (version) VALUES (99)`)
      await expect(migratePostgres(pool, { schema })).rejects.toThrow(/later version/)
    } finally {
      await pool.query(`DROP SCHEMA IF EXISTS ${schema} CASCADE`)
      await pool.end()
    }
  })
})

describe('postgresRegistry', () => {
  it('refuses what is no pool and what is no plain schema name', () => {
    const pool = { query() {}, connect() {} } as unknown as PostgresPool
    for (const wrong of [undefined, null, {}, 'postgres://']) {
      expect(() => postgresRegistry({ pool: wrong as unknown as PostgresPool })).toThrow(/pool/)
    }
    for (const schema of ['', 'A', 'a b', 'a"; DROP', 'x'.repeat(60)]) {
      expect(() => postgresRegistry({ pool, schema })).toThrow(/schema/)
    }
  })
})
