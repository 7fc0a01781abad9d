import type { DuckDBConnection } from '@duckdb/node-api'
import type { Table } from '../../schemas/table.ts'
import { sqlText } from '../lake/duckdb.ts'
import type { SilverFile } from '../lake/silver-files.ts'

/** Replaces `lineage.silver_files` of a database: which topic offsets each Silver file holds. */
export async function writeSilverFiles(
  connection: DuckDBConnection,
  database: string,
  filesByTable: ReadonlyMap<Table, readonly SilverFile[]>
): Promise<void> {
  await connection.run(`CREATE SCHEMA IF NOT EXISTS ${database}.lineage`)
  await connection.run(
    `CREATE OR REPLACE TABLE ${database}.lineage.silver_files (
       table_name VARCHAR, ds DATE, file VARCHAR, partition INTEGER, first_offset BIGINT, last_offset BIGINT)`
  )
  const rows = [...filesByTable].flatMap(([{ name }, files]) => files.flatMap((file) => rowsOf(name, file)))
  const rowsAtOnce = 1000
  for (let from = 0; from < rows.length; from += rowsAtOnce)
    await connection.run(
      `INSERT INTO ${database}.lineage.silver_files VALUES ${rows.slice(from, from + rowsAtOnce).join(', ')}`
    )
}

function rowsOf(table: string, { ds, name, offsets }: SilverFile): string[] {
  return offsets.map(
    ({ partition, first, last }) =>
      `(${[table, ds, name].map(sqlText).join(', ')}, ${partition}, ${first}, ${last ?? 'NULL'})`
  )
}
