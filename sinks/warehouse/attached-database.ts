import type { DuckDBConnection } from '@duckdb/node-api'
import { sqlText } from '../lake/duckdb.ts'

/**
 * Runs an action with a database file attached under a name, made when it is not there. The file is whole and closed
 * when this resolves, so that it can be copied. It is written in the oldest format that has all we use, so that an
 * analyst's older DuckDB opens it.
 */
export async function withAttached<T>(
  connection: DuckDBConnection,
  { file, name }: { readonly file: string; readonly name: string },
  action: () => Promise<T>
): Promise<T> {
  await connection.run(`ATTACH ${sqlText(file)} AS ${name} (STORAGE_VERSION 'v1.0.0')`)
  try {
    const result = await action()
    await connection.run(`CHECKPOINT ${name}`)
    return result
  } finally {
    await connection.run(`DETACH ${name}`)
  }
}

/** Runs an action in one transaction. */
export async function inTransaction(
  connection: DuckDBConnection,
  action: () => Promise<void>
): Promise<void> {
  await connection.run('BEGIN')
  try {
    await action()
    await connection.run('COMMIT')
  } catch (error) {
    // A commit that fails has ended it already; the error to tell is the first one.
    await connection.run('ROLLBACK').catch(() => undefined)
    throw error
  }
}
