import type { DuckDBConnection, DuckDBValue } from '@duckdb/node-api'
import { duckdb } from '../../runtime/process/packages.ts'
import type { Table } from '../../schemas/table.ts'
import { firstDayOf } from '../lake/part-names.ts'
import type { SilverFile } from '../lake/silver-files.ts'
import { appendRows, dateValue } from './append-rows.ts'

const types = () => {
  const { BIGINT, DATE, INTEGER, VARCHAR } = duckdb
  return [VARCHAR, DATE, VARCHAR, INTEGER, BIGINT, BIGINT]
}

/** Replaces `lineage.silver_files` of a database: which topic offsets each Silver file holds; ds of a month is its first day. */
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
  await appendRows(connection, { database, schema: 'lineage', table: 'silver_files', types: types() }, rows)
}

function rowsOf(table: string, { ds, name, offsets }: SilverFile): DuckDBValue[][] {
  return offsets.map(({ partition, first, last }) => [
    table,
    dateValue(firstDayOf(ds)),
    name,
    partition,
    BigInt(first),
    last === null ? null : BigInt(last)
  ])
}
