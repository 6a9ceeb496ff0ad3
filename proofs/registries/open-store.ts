/** The registries of these proofs, opened by name: with the settings that docs/registries.md recommends. @module */
import { fileRegistry, sqliteRegistry } from '@countersign/core/node'
import type { RegistryAdmin } from '@countersign/core/registry'
import { migratePostgres, postgresRegistry } from '@countersign/postgres'
import { redisRegistry } from '@countersign/redis'
import pg from 'pg'
import { createClient } from 'redis'

export type StoreKind = 'file' | 'sqlite' | 'redis' | 'postgres'

export interface Store {
  readonly registry: RegistryAdmin
  close(): Promise<void>
}

/** @param where a path, or a URL; @param space key prefix or schema, so that runs do not meet */
export async function openStore(kind: StoreKind, where: string, space: string): Promise<Store> {
  switch (kind) {
    case 'file':
      return local(fileRegistry(where, { missing: 'create' }))
    case 'sqlite':
      return local(sqliteRegistry(where, { missing: 'create' }))
    case 'redis': {
      const client = createClient({
        url: where,
        socket: { reconnectStrategy: (tries) => Math.min(50 * 2 ** tries, 1000) },
      })
      client.on('error', () => undefined)
      await client.connect()
      const registry = redisRegistry({ client, keyPrefix: `{${space}}:` })
      return {
        registry,
        close: async () => {
          await registry.close()
          client.destroy()
        },
      }
    }
    case 'postgres': {
      const pool = new pg.Pool({ connectionString: where, max: 5, connectionTimeoutMillis: 2000, keepAlive: true })
      pool.on('error', () => undefined)
      await migratePostgres(pool, { schema: space })
      const registry = postgresRegistry({ pool, schema: space })
      return {
        registry,
        close: async () => {
          await registry.close()
          await pool.end()
        },
      }
    }
  }
}

function local(registry: RegistryAdmin): Store {
  return { registry, close: () => registry.close() }
}
