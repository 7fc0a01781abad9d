import type {
  DuckDBConnection,
  DuckDBDateValue,
  DuckDBTimestampTZValue,
  DuckDBType,
  DuckDBValue
} from '@duckdb/node-api'
import { duckdb } from '../../runtime/process/packages.ts'
import { dayNumber } from '../lake/part-names.ts'

// DuckDB fills its vectors with this many rows.
const chunkRows = 2048

/** A table of a database; of the connection's own where none is named. */
export interface AppendTarget {
  readonly table: string
  readonly schema?: string
  readonly database?: string
  /** Of its columns, in order. */
  readonly types: readonly DuckDBType[]
}

/** Adds rows, each with its values in the order of the columns: as text they would cost thirty times as much to parse. */
export async function appendRows(
  connection: DuckDBConnection,
  { table, schema, database, types }: AppendTarget,
  rows: readonly (readonly DuckDBValue[])[]
): Promise<void> {
  if (rows.length === 0) return
  const appender = await connection.createAppender(table, schema, database)
  for (let from = 0; from < rows.length; from += chunkRows) {
    const page = rows.slice(from, from + chunkRows)
    const chunk = duckdb.DuckDBDataChunk.create(types)
    chunk.setColumns(types.map((_, column) => page.map((row) => row[column] ?? null)))
    appender.appendDataChunk(chunk)
  }
  appender.closeSync()
}

/** A day written YYYY-MM-DD, as DuckDB has it. */
export function dateValue(day: string): DuckDBDateValue {
  return new duckdb.DuckDBDateValue(dayNumber({ at: new Date(day) }))
}

/** An instant in ISO 8601, as DuckDB has it. */
export function instantValue(instant: string): DuckDBTimestampTZValue {
  return new duckdb.DuckDBTimestampTZValue(BigInt(Date.parse(instant)) * 1000n)
}
