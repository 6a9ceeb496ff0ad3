/** A Countersign registry in PostgreSQL. @module */

export type { MigrationOptions } from './migrations.ts'
export { migratePostgres } from './migrations.ts'
export type { PostgresConnection, PostgresPool, QueryResult } from './postgres-pool.ts'
export type { PostgresRegistryOptions } from './postgres-registry.ts'
export { postgresRegistry } from './postgres-registry.ts'
