import { randomUUID } from 'node:crypto'
import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { type DuckDBConnection, DuckDBDataChunk } from '@duckdb/node-api'
import { CourantError } from '../../runtime/errors.ts'
import type { Settings } from '../../runtime/settings.ts'
import type { Table } from '../../schemas/table.ts'
import { type Content, bytesContent } from '../../runtime/object-store/content.ts'
import { lakeConnection, sqlName, sqlText } from './duckdb.ts'
import { type SilverColumn, type SilverRow, silverColumns, silverOrder } from './silver-columns.ts'
import { temporaryFolder } from '../../runtime/temporary-folder.ts'

/** Rows of a DuckDB vector. */
const chunkRows = 2048

/** Facts that a Parquet file carries in its footer; see `parquet_kv_metadata` in DuckDB. */
export type FileFacts = Readonly<Record<string, string>>

/** Turns rows of one table into Parquet files, sorted and with statistics; one after the other. */
export class ParquetEncoder {
  readonly #connection: DuckDBConnection
  readonly #table: Table
  readonly #columns: readonly SilverColumn[]
  #last: Promise<unknown> = Promise.resolve()

  static async open(table: Table, settings: Settings): Promise<ParquetEncoder> {
    const connection = await lakeConnection(settings)
    return new ParquetEncoder(connection, table)
  }

  private constructor(connection: DuckDBConnection, table: Table) {
    this.#connection = connection
    this.#table = table
    this.#columns = silverColumns(table)
  }

  encode(rows: readonly SilverRow[], facts: FileFacts): Promise<Content> {
    const next = this.#last.then(() => this.#encode(rows, facts))
    this.#last = next.catch(() => undefined)
    return next
  }

  async #encode(rows: readonly SilverRow[], facts: FileFacts): Promise<Content> {
    const file = join(temporaryFolder(), `${randomUUID()}.parquet`)
    try {
      await this.#stage(rows)
      const columns = this.#columns.map(({ name, cast }) => `${cast(sqlName(name))} AS ${sqlName(name)}`)
      const query = `SELECT ${columns.join(', ')} FROM staged`
      // Level 1 is as small as the default on sorted rows and a tenth faster; compaction writes these rows again.
      await this.#run(copyStatement(query, { file, order: silverOrder(this.#table), facts, level: 1 }))
      return bytesContent(await readFile(file))
    } finally {
      // Dropped, not truncated: a truncated table in memory keeps what it held.
      await this.#connection.run('DROP TABLE IF EXISTS staged')
      await rm(file, { force: true })
    }
  }

  async close(): Promise<void> {
    await this.#last
    this.#connection.closeSync()
  }

  async #stage(rows: readonly SilverRow[]): Promise<void> {
    const types = this.#columns.map(({ staged }) => staged)
    const columns = this.#columns.map(({ name, staged }) => `${sqlName(name)} ${staged.toString()}`)
    await this.#connection.run(`CREATE TEMP TABLE staged (${columns.join(', ')})`)
    const appender = await this.#connection.createAppender('staged')
    for (let from = 0; from < rows.length; from += chunkRows) {
      const page = rows.slice(from, from + chunkRows)
      const chunk = DuckDBDataChunk.create(types, page.length)
      for (const at of types.keys())
        chunk.setColumnValues(
          at,
          page.map(({ value }) => value[at] ?? null)
        )
      appender.appendDataChunk(chunk)
    }
    appender.closeSync()
  }

  async #run(sql: string): Promise<void> {
    try {
      await this.#connection.run(sql)
    } catch (error) {
      // DuckDB quotes the value that does not fit, so its own words must not be passed on.
      if (error instanceof Error && /^(Conversion|Out of Range|Invalid Input) Error/.test(error.message))
        throw new CourantError(
          'TARGET_REFUSED',
          `DuckDB cannot make the type of a Silver column out of a value of ${this.#table.name}; silver-columns.ts should have refused it`
        )
      throw error
    }
  }
}

/** COPY of a query into a Parquet file: zstd, with statistics and facts, sorted by `order` unless it is empty. */
export function copyStatement(
  query: string,
  options: {
    readonly file: string
    readonly order: readonly string[]
    readonly facts: FileFacts
    readonly level: number
  }
): string {
  const { file, order, facts, level } = options
  const sorted = order.length > 0 ? `${query} ORDER BY ${order.map(sqlName).join(', ')}` : query
  const metadata = Object.entries(facts).map(([key, value]) => `${sqlText(key)}: ${sqlText(value)}`)
  // Row groups of 61,440 rows: half of DuckDB's usual, so that a lookup by key reads less.
  const format = `FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL ${level}, ROW_GROUP_SIZE 61440`
  const withFacts = metadata.length > 0 ? `, KV_METADATA {${metadata.join(', ')}}` : ''
  return `COPY (${sorted}) TO ${sqlText(file)} (${format}${withFacts})`
}
