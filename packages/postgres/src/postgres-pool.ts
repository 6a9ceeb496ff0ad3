/** What is asked of `pg`: a `Pool`, handed in. How it connects and how many connections it has stays its owner's to say. @module */

// biome-ignore lint/suspicious/noExplicitAny: as Node's EventEmitter has it, or no client would fit
export type Listener = (...args: any[]) => void

export interface QueryResult {
  readonly rows: readonly Record<string, unknown>[]
  readonly rowCount: number | null
}

export interface PostgresPool {
  query(text: string, values?: unknown[]): Promise<QueryResult>
  connect(): Promise<PostgresConnection>
}

export interface PostgresConnection {
  query(text: string, values?: unknown[]): Promise<QueryResult>
  /** @param broken the connection is not given back but closed */
  release(broken?: boolean | Error): void
  on(event: string, listener: Listener): unknown
  removeListener(event: string, listener: Listener): unknown
}

/** All of it or nothing; what is thrown inside undoes it and comes out. */
export async function inTransaction<T>(
  pool: PostgresPool,
  work: (connection: PostgresConnection) => Promise<T>,
): Promise<T> {
  const connection = await pool.connect()
  let broken = false
  // Lost while it is ours: the query that waits rejects, and an event that nobody hears would end the process.
  const lost = (): void => {
    broken = true
  }
  connection.on('error', lost)
  try {
    await connection.query('BEGIN')
    const result = await work(connection)
    await connection.query('COMMIT')
    return result
  } catch (error) {
    await connection.query('ROLLBACK').catch(() => {
      broken = true
    })
    throw error
  } finally {
    connection.removeListener('error', lost)
    connection.release(broken)
  }
}
