import type { TestContext } from 'node:test'
import type { DuckDBConnection } from '@duckdb/node-api'
import { openDuckDb } from '../../sinks/gold/model-engine.ts'
import { temporaryFolder } from './stack.ts'

/** A connection to a DuckDB in memory, as Gold opens it, until the test is over. */
export async function memoryDuckDb(t: TestContext): Promise<DuckDBConnection> {
  const instance = await openDuckDb(temporaryFolder(t))
  const connection = await instance.connect()
  t.after(() => {
    connection.closeSync()
    instance.closeSync()
  })
  return connection
}
