import { DuckDBInstance } from '@duckdb/node-api'

/** What a query gives in a DuckDB of its own, or on a database file, as an analyst would ask it. */
export async function duckdbRows(query: string, database?: string): Promise<Record<string, unknown>[]> {
  const duckdb = await (database === undefined
    ? DuckDBInstance.create()
    : DuckDBInstance.create(database, { access_mode: 'READ_ONLY' }))
  try {
    const connection = await duckdb.connect()
    return (await connection.runAndReadAll(query)).getRowObjects()
  } finally {
    duckdb.closeSync()
  }
}

/** A list of files as the functions that read files take it. */
export const fileList = (files: readonly string[]): string =>
  `[${files.map((file) => `'${file.replaceAll("'", "''")}'`).join(', ')}]`
