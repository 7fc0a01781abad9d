import { randomUUID } from 'node:crypto'
import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { DuckDBConnection } from '@duckdb/node-api'
import { duckdb } from '../../runtime/process/packages.ts'
import { CourantError } from '../../runtime/errors.ts'
import { oneAtATime } from '../../runtime/loop/one-at-a-time.ts'
import type { Settings } from '../../runtime/settings.ts'
import type { Table } from '../../schemas/table.ts'
import { type Content, bytesContent } from '../../runtime/object-store/content.ts'
import { lakeConnection, sqlName, sqlText } from './duckdb.ts'
import type { PartEncoder } from './file-chain.ts'
import { type Ds, folderNumber } from './part-names.ts'
import { type SilverColumn, type SilverRow, silverColumns, silverOrder } from './silver-columns.ts'
import { temporaryError, temporaryFolder } from '../../runtime/files/temporary-folder.ts'

/** Rows of a DuckDB vector. */
const chunkRows = 2048

/** Of staged rows only: the folder of the file, as a number. */
const folderColumn = '_folder'

/** Facts that a Parquet file carries in its footer; see `parquet_kv_metadata` in DuckDB. */
export type FileFacts = Readonly<Record<string, string>>

/** Turns rows of one table into Parquet files, sorted and with statistics; one after the other. */
export class ParquetEncoder {
  readonly #connection: DuckDBConnection
  readonly #table: Table
  readonly #columns: readonly SilverColumn[]
  /** SQL that makes the columns of the file of the staged ones. */
  readonly #select: string
  readonly #inTurn = oneAtATime()
  #stagings = 0

  static async open(table: Table, settings: Settings): Promise<ParquetEncoder> {
    const connection = await lakeConnection(settings)
    return new ParquetEncoder(connection, table)
  }

  private constructor(connection: DuckDBConnection, table: Table) {
    this.#connection = connection
    this.#table = table
    this.#columns = silverColumns(table)
    this.#select = this.#columns
      .map(({ name, cast }) => `${cast(sqlName(name))} AS ${sqlName(name)}`)
      .join(', ')
  }

  /** Hands rows to DuckDB, once for all the files that are made of them. */
  async stage(rows: readonly SilverRow[]): Promise<PartEncoder<SilverRow['value']>> {
    const name = `staged_${++this.#stagings}`
    // Dropped, not truncated: a truncated table in memory keeps what it held.
    const close = () =>
      this.#inTurn(async () => void (await this.#connection.run(`DROP TABLE IF EXISTS ${name}`)))
    try {
      await this.#inTurn(() => this.#stage(name, rows))
    } catch (error) {
      await close()
      throw error
    }
    return { encode: (part, ds) => this.#inTurn(() => this.#encode(name, part, ds)), close }
  }

  async close(): Promise<void> {
    await this.#inTurn(async () => this.#connection.closeSync())
  }

  async #stage(name: string, rows: readonly SilverRow[]): Promise<void> {
    const types = [...this.#columns.map(({ staged }) => duckdb[staged]), duckdb.DOUBLE]
    const columns = this.#columns.map(({ name, staged }) => `${sqlName(name)} ${staged}`)
    await this.#connection.run(`CREATE TEMP TABLE ${name} (${columns.join(', ')}, ${folderColumn} DOUBLE)`)
    const appender = await this.#connection.createAppender(name)
    for (let from = 0; from < rows.length; from += chunkRows) {
      const page = rows.slice(from, from + chunkRows)
      const chunk = duckdb.DuckDBDataChunk.create(types, page.length)
      for (const at of this.#columns.keys())
        chunk.setColumnValues(
          at,
          page.map(({ value }) => value[at] ?? null)
        )
      chunk.setColumnValues(this.#columns.length, page.map(folderNumber))
      appender.appendDataChunk(chunk)
    }
    appender.closeSync()
  }

  async #encode(staged: string, rows: readonly SilverRow[], ds: Ds): Promise<Content> {
    const [first] = rows
    if (!first) throw new Error('A file needs a row')
    const file = join(temporaryFolder(), `${randomUUID()}.parquet`)
    try {
      const query = `SELECT ${this.#select} FROM ${staged} WHERE ${folderColumn} = ${folderNumber(first)}
        AND _partition = ${first.partition} AND _offset >= ${first.offset}`
      const facts = { ds, count: String(rows.length) }
      // Level 1 is as small as the default on sorted rows and a tenth faster; compaction writes these rows again.
      const copied = await this.#run(
        copyStatement(query, { file, order: silverOrder(this.#table), facts, level: 1 })
      )
      if (copied !== rows.length)
        throw new Error(`${copied} rows were written of ${rows.length} of Silver ${this.#table.name}`)
      return bytesContent(await readFile(file))
    } finally {
      await rm(file, { force: true })
    }
  }

  /** Gives how many rows were copied. */
  async #run(copy: string): Promise<number> {
    try {
      const [[count] = []] = (await this.#connection.runAndReadAll(copy)).getRows()
      return Number(count)
    } catch (error) {
      // DuckDB quotes the value that does not fit, so its own words must not be passed on.
      if (error instanceof Error && /^(Conversion|Out of Range|Invalid Input) Error/.test(error.message))
        throw new CourantError(
          'TARGET_REFUSED',
          `DuckDB cannot make the type of a Silver column out of a value of ${this.#table.name}; silver-columns.ts should have refused it`
        )
      throw temporaryError(error)
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
