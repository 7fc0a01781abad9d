import type { DuckDBConnection } from '@duckdb/node-api'
import { parquetColumns } from '../lake/parquet-columns.ts'
import type { SchemaColumn } from '../lake/silver-schema.ts'

/** Parquet files that have the same columns, of the same types: others DuckDB would read as the first one's. */
export interface AlikeFiles {
  readonly columns: readonly SchemaColumn[]
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
      for (const [path, columns] of await parquetColumns(connection, fresh.slice(from, from + filesAtOnce)))
        read.set(path, JSON.stringify(columns.toSorted(byName)))
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
      columns: JSON.parse(columns) as SchemaColumn[],
      paths: own
    }))
  }
}

const byName = (a: SchemaColumn, b: SchemaColumn): number => (a.name < b.name ? -1 : 1)
