import { statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import type { DuckDBConnection } from '@duckdb/node-api'
import { applyStep } from '../../runtime/loop/apply-step.ts'
import type { Item, LogItem, Position, Rejected } from '../../runtime/pipeline.ts'
import { settingsFrom } from '../../runtime/settings.ts'
import { avroType } from '../../schemas/avro-type.ts'
import type { Change, RawChange } from '../../schemas/change.ts'
import { changeSchema, rawChangeSchema } from '../../schemas/envelope.ts'
import type { Table } from '../../schemas/table.ts'
import { cleanTable } from '../../processors/clean-table.ts'
import { mergeFiles } from '../../sinks/lake/merge-files.ts'
import { ParquetEncoder } from '../../sinks/lake/parquet-encoder.ts'
import { type CleanRow, silverColumns, silverRow } from '../../sinks/lake/silver-columns.ts'
import { dayOf } from '../../sinks/lake/part-names.ts'
import { FileColumns } from '../../sinks/warehouse/file-columns.ts'
import { createSilverViews } from '../../sinks/warehouse/silver-views.ts'
import { memoryDuckDb } from './memory-duckdb.ts'
import { temporaryFolder } from './stack.ts'

/**
 * A table's changes through all that comes after its reader, in this process: Avro as it lies in `changes`, cleaning, Avro
 * as it lies in `clean`, Silver's Parquet files and the views over them.
 */
export class Stages {
  readonly #table: Table
  readonly #folder: string
  readonly #connection: DuckDBConnection
  readonly #encoder: ParquetEncoder
  readonly #columns = new FileColumns()
  readonly #files: string[] = []
  #offset = 0
  readonly clean: LogItem<Change<CleanRow>>[] = []
  readonly rejected: Item<Rejected<RawChange>>[] = []

  static async of(t: TestContext, table: Table): Promise<Stages> {
    const encoder = await ParquetEncoder.open(table, settingsFrom({}))
    t.after(() => encoder.close())
    return new Stages(t, { table, encoder, connection: await memoryDuckDb(t) })
  }

  private constructor(
    t: TestContext,
    parts: { table: Table; encoder: ParquetEncoder; connection: DuckDBConnection }
  ) {
    this.#table = parts.table
    this.#encoder = parts.encoder
    this.#connection = parts.connection
    this.#folder = temporaryFolder(t)
  }

  /** Takes changes on; the views show them once it resolves. */
  async add(items: readonly Item<RawChange>[]): Promise<void> {
    const raw = avroType(rawChangeSchema(this.#table))
    const type = avroType(changeSchema(this.#table))
    const read = items.map((item) => ({
      ...item,
      value: raw.fromBuffer(raw.toBuffer(item.value)) as RawChange
    }))
    const { out, rejected, failures } = await applyStep(cleanTable(this.#table), read, {})
    const [failure] = failures
    if (failure) throw failure.error
    this.rejected.push(...(rejected as Item<Rejected<RawChange>>[]))
    const clean = out.map((item) => ({
      ...item,
      value: type.fromBuffer(type.toBuffer(item.value)) as Change<CleanRow>,
      topic: 'clean',
      partition: 0,
      offset: this.#offset++,
      position: '' as Position
    }))
    this.clean.push(...clean)
    await this.#store(clean)
    await this.#show()
  }

  async #show(): Promise<void> {
    const files = await this.#columns.alike(this.#connection, this.#files)
    await createSilverViews(this.#connection, { database: 'memory', table: this.#table, files })
  }

  /** Merges all files into one, as compaction does; the views show that one. */
  async compact(): Promise<void> {
    const schema = silverColumns(this.#table).map(({ name, sqlType }) => ({ name, type: sqlType }))
    const file = join(this.#folder, 'compacted.parquet')
    const inputs = this.#files.splice(0).map((path) => ({ file: path, size: statSync(path).size }))
    await mergeFiles({ table: this.#table, schema, connection: this.#connection }, inputs, {
      file,
      facts: {},
      maxRunBytes: 1e9
    })
    this.#files.push(file)
    await this.#show()
  }

  async rows(sql: string): Promise<Record<string, unknown>[]> {
    return (await this.#connection.runAndReadAll(sql)).getRowObjectsJson()
  }

  async #store(clean: readonly LogItem<Change<CleanRow>>[]): Promise<void> {
    const columns = silverColumns(this.#table)
    const rows = clean.map((item) => silverRow(this.#table, columns, item))
    for (const [ds, own] of Map.groupBy(rows, ({ at }) => dayOf(at.getTime()))) {
      const part = await this.#encoder.stage(own)
      const { source } = await part.encode(own, ds)
      await part.close()
      const path = join(this.#folder, `${this.#files.length}.parquet`)
      writeFileSync(path, source as Buffer)
      this.#files.push(path)
    }
  }
}
