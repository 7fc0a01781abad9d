import type { DuckDBConnection } from '@duckdb/node-api'
import type { Table } from '../../schemas/table.ts'
import { tableList } from '../../schemas/tables.ts'
import type { ObjectStore } from '../../runtime/object-store/object-store.ts'
import { writeSilverFiles } from './lineage-tables.ts'
import { QualityResults } from './quality-results.ts'
import { type LocalSilverFile, SilverMirror } from './silver-mirror.ts'
import { createSilverViews } from './silver-views.ts'

/** What analysts see of Silver: views over its files, which offsets each holds, and the results of quality checks. */
export class SilverCatalogue {
  readonly #mirror: SilverMirror
  readonly #quality: QualityResults
  readonly #files = new Map<Table, readonly LocalSilverFile[]>()
  #isWritten = false

  constructor(store: ObjectStore, options: { readonly folder: string; readonly graceMs: number }) {
    this.#mirror = new SilverMirror(store, options)
    this.#quality = new QualityResults(store)
  }

  /** Looks for what is new in the lake; true when a database no longer shows it as it is. */
  async update(): Promise<boolean> {
    for (const table of tableList) {
      const files = await this.#mirror.files(table)
      if (pathsOf(files) !== pathsOf(this.#files.get(table) ?? [])) this.#isWritten = false
      this.#files.set(table, files)
    }
    if (await this.#quality.update()) this.#isWritten = false
    return !this.#isWritten
  }

  /** Writes all of it into a database. */
  async writeTo(connection: DuckDBConnection, database: string): Promise<void> {
    for (const [table, files] of this.#files)
      await createSilverViews(connection, { database, table, paths: files.map(({ path }) => path) })
    await writeSilverFiles(connection, database, this.#files)
    await this.#quality.writeTo(connection, database)
    this.#isWritten = true
  }
}

const pathsOf = (files: readonly LocalSilverFile[]): string => files.map(({ path }) => path).join('\n')
