import type { DuckDBConnection } from '@duckdb/node-api'
import { sqlText } from '../lake/duckdb.ts'

/** Parquet files that have the same columns, of the same types: others DuckDB would read as the first one's. */
export interface AlikeFiles {
  /** Their names. */
  readonly columns: readonly string[]
  readonly paths: readonly string[]
}

/** DuckDB holds what it has read of all the files of a query, some 24 kB each. */
const filesAtOnce = 256

/** Which columns the files of a table have. Files never change, so each is opened once for that. */
export class FileColumns {
  /** Names and types of the columns, sorted, as JSON, of each file that was asked for last. */
  #known: ReadonlyMap<string, string> = new Map()

  /** Puts files together that are alike. */
  async alike(connection: DuckDBConnection, paths: readonly string[]): Promise<readonly AlikeFiles[]> {
    const fresh = paths.filter((path) => !this.#known.has(path))
    const read = new Map<string, string>()
    for (let from = 0; from < fresh.length; from += filesAtOnce)
      for (const [path, columns] of await readColumns(connection, fresh.slice(from, from + filesAtOnce)))
        read.set(path, columns)
    const columnsOf = (path: string): string => {
      const columns = this.#known.get(path) ?? read.get(path)
      if (columns === undefined) throw new Error(`DuckDB tells no columns of ${path}`)
      return columns
    }
    const groups = Map.groupBy(paths, columnsOf)
    this.#known = new Map(
      [...groups].flatMap(([columns, own]) => own.map((path) => [path, columns] as const))
    )
    return [...groups].map(([columns, own]) => ({
      columns: (JSON.parse(columns) as [name: string, type: string][]).map(([name]) => name),
      paths: own
    }))
  }
}

async function readColumns(
  connection: DuckDBConnection,
  paths: readonly string[]
): Promise<readonly (readonly [path: string, columns: string])[]> {
  const rows = await connection.runAndReadAll(
    `SELECT file_name, to_json(list([name, duckdb_type] ORDER BY name)) FROM parquet_schema([${paths.map(sqlText).join(', ')}])
     WHERE num_children IS NULL GROUP BY file_name`
  )
  return rows.getRows().map(([path, columns]) => [String(path), String(columns)] as const)
}
