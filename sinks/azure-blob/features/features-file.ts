import { randomUUID } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { DuckDBConnection, DuckDBValue } from '@duckdb/node-api'
import { duckdb } from '../../../runtime/process/packages.ts'
import { type Content, fileContent } from '../../../runtime/object-store/content.ts'
import { sqlName, sqlText } from '../../lake/duckdb.ts'
import type { FeatureType } from './feature-columns.ts'
import { copyStatement, type FileFacts } from '../../lake/parquet-encoder.ts'
import { temporaryFolder } from '../../../runtime/files/temporary-folder.ts'
import { type FeatureRow, fileColumns, type RowVersion, versionIn } from './feature-rows.ts'

/** Rows of a DuckDB vector. */
const chunkRows = 2048

/** Reads and makes Parquet files of features; one caller at a time. */
export class FeaturesFile {
  readonly #connection: DuckDBConnection

  constructor(connection: DuckDBConnection) {
    this.#connection = connection
  }

  /** The versions that a file has of some applications, by key. */
  async versions(file: string, keys: readonly string[]): Promise<ReadonlyMap<string, RowVersion>> {
    const wanted = keys.map(sqlText).join(', ')
    const rows = await this.#connection.runAndReadAll(
      `SELECT * FROM read_parquet(${sqlText(file)}) WHERE application_key IN (${wanted})`
    )
    return new Map(rows.getRowObjects().map((row) => [String(row['application_key']), versionIn(row)]))
  }

  /** How many rows a file has. */
  async count(file: string): Promise<number> {
    const result = await this.#connection.runAndReadAll(`SELECT count(*) FROM read_parquet(${sqlText(file)})`)
    return Number(result.getRows()[0]?.[0])
  }

  /** The rows of a file with these in the place of those with the same key, or these alone; for `use` only. */
  async merged<T>(
    stored: string | null,
    { rows, facts }: { rows: readonly FeatureRow[]; facts: FileFacts },
    use: (file: string, content: Content) => Promise<T>
  ): Promise<T> {
    const file = join(temporaryFolder(), `${randomUUID()}.parquet`)
    try {
      await this.#stage(rows)
      const old =
        stored === null
          ? ''
          : `SELECT * FROM read_parquet(${sqlText(stored)}) WHERE application_key NOT IN (SELECT application_key FROM staged) UNION ALL BY NAME `
      // A file of another version may lack a column, or have one more.
      const columns = fileColumns.map(({ name }) => sqlName(name)).join(', ')
      const query = `SELECT ${columns} FROM (SELECT * FROM staged WHERE false UNION ALL BY NAME ${old}SELECT * FROM staged)`
      await this.#connection.run(copyStatement(query, { file, order: ['application_key'], facts, level: 3 }))
      return await use(file, await fileContent(file))
    } finally {
      await this.#connection.run('DROP TABLE IF EXISTS staged')
      await rm(file, { force: true })
    }
  }

  close(): void {
    this.#connection.closeSync()
  }

  async #stage(rows: readonly FeatureRow[]): Promise<void> {
    const columns = fileColumns.map(({ name, type }) => `${sqlName(name)} ${type}`)
    await this.#connection.run(`CREATE TEMP TABLE staged (${columns.join(', ')})`)
    const appender = await this.#connection.createAppender('staged')
    for (let from = 0; from < rows.length; from += chunkRows) {
      const page = rows.slice(from, from + chunkRows)
      const chunk = duckdb.DuckDBDataChunk.create(
        fileColumns.map(({ type }) => duckdb[type]),
        page.length
      )
      for (const [at, { name, type }] of fileColumns.entries())
        chunk.setColumnValues(
          at,
          page.map(({ values }) => valueOf(type, values[name] ?? null))
        )
      appender.appendDataChunk(chunk)
    }
    appender.closeSync()
  }
}

const valueOf = (type: FeatureType, value: string | number | boolean | null): DuckDBValue =>
  type === 'BIGINT' && value !== null ? BigInt(value) : value
