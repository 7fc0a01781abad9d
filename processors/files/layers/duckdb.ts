import { join } from 'node:path'
import type { DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
import { duckdb } from '../../../runtime/process/packages.ts'
import { temporaryFolder } from '../../../runtime/files/temporary-folder.ts'

let shared: Promise<DuckDBInstance> | undefined

/** Does something with a connection to this process's DuckDB, which keeps little in memory and nothing afterwards. */
export async function withDuckDb<T>(work: (connection: DuckDBConnection) => Promise<T>): Promise<T> {
  // One for all: making one costs more than most files do.
  shared ??= duckdb.DuckDBInstance.create(':memory:', {
    threads: '1',
    memory_limit: '128MB',
    temp_directory: join(temporaryFolder(), 'spilled'),
    enable_external_file_cache: 'false',
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false'
  })
  const connection = await (await shared).connect()
  try {
    return await work(connection)
  } finally {
    connection.closeSync()
  }
}

/** An identifier as SQL takes it. */
export const sqlName = (name: string): string => `"${name.replaceAll('"', '""')}"`

/** A text as SQL takes it. */
export const sqlText = (text: string): string => `'${text.replaceAll("'", "''")}'`
