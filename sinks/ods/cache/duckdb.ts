import { join } from 'node:path'
import type { DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
import { duckdb } from '../../../runtime/process/packages.ts'
import { CourantError } from '../../../runtime/errors.ts'
import { keepsNothing } from '../../lake/duckdb.ts'
import { isDiskFull, temporaryFolder } from '../../../runtime/files/temporary-folder.ts'

let shared: Promise<DuckDBInstance> | undefined

/** A connection to the DuckDB of this process that turns CSV into Parquet and back; it holds nothing itself. */
export async function cacheConnection(memoryMb: number): Promise<DuckDBConnection> {
  shared ??= create(memoryMb)
  return (await shared).connect()
}

async function create(memoryMb: number): Promise<DuckDBInstance> {
  return duckdb.DuckDBInstance.create(':memory:', {
    // Every column of a row group has blocks of its own: with 300 columns the number of threads decides on memory.
    threads: '1',
    memory_limit: `${memoryMb}MB`,
    temp_directory: join(temporaryFolder(), 'spilled-ods'),
    ...keepsNothing,
    autoinstall_known_extensions: 'false'
  })
}

/** DuckDB's and the file system's errors as ours; the statement names columns but no values. */
export function translateCacheError(error: unknown): unknown {
  if (error instanceof CourantError || !(error instanceof Error)) return error
  if (isDiskFull(error))
    return new CourantError(
      'TARGET_FULL',
      'The disc with the Parquet cache (COURANT_ODS_CACHE_DIR) is full: make room with `courant etl cache clean --days 7` and start again',
      { cause: error }
    )
  if (/No files found|ENOENT/i.test(error.message))
    return new CourantError(
      'OFFSET_FENCED',
      'Another process has removed this run from the Parquet cache, because it loads the table, too: let only one do so',
      { cause: error }
    )
  if (/Out of Memory/i.test(error.message))
    return new CourantError(
      'CONFIG_INVALID',
      'DuckDB needs more memory for a table as wide as this: raise COURANT_ODS_DUCKDB_MB',
      { cause: error }
    )
  return error
}
