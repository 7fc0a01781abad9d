import { join } from 'node:path'
import type { DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
import { duckdb } from '../../runtime/process/packages.ts'
import type { Settings } from '../../runtime/settings.ts'
import { duckdbMb } from './lake-settings.ts'
import { temporaryFolder } from '../../runtime/files/temporary-folder.ts'

/**
 * Options by which DuckDB keeps no memory it does not need: the allocator keeps what was freed by thread, and Node runs
 * statements on several; and of Parquet files, which we read once each, it would keep the content.
 */
export const keepsNothing = {
  enable_external_file_cache: 'false',
  allocator_flush_threshold: '1MB',
  allocator_bulk_deallocation_flush_threshold: '1MB'
} as const

let shared: Promise<DuckDBInstance> | undefined

/**
 * A connection to the one DuckDB of this process that writes and reads the lake's files: its memory limit is for all
 * tables together. It holds nothing between two files.
 */
export async function lakeConnection(settings: Settings): Promise<DuckDBConnection> {
  shared ??= duckdb.DuckDBInstance.create(':memory:', {
    // One thread: the work of the lake is spread over tables, and CPU per row matters more than latency.
    threads: '1',
    memory_limit: `${settings.number(duckdbMb)}MB`,
    temp_directory: join(temporaryFolder(), 'spilled'),
    ...keepsNothing,
    autoinstall_known_extensions: 'false'
  })
  const connection = await (await shared).connect()
  await connection.run(`SET TimeZone = 'UTC'`)
  return connection
}

/** An identifier as SQL takes it. */
export function sqlName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}

/** A text as SQL takes it. */
export function sqlText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`
}
