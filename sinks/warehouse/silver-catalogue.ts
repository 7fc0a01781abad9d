import type { DuckDBConnection } from '@duckdb/node-api'
import type { Table } from '../../schemas/table.ts'
import { tableList } from '../../schemas/tables.ts'
import type { ObjectStore } from '../../runtime/object-store/object-store.ts'
import { FileColumns } from './file-columns.ts'
import { writeSilverFiles } from './lineage-tables.ts'
import { QualityResults } from './quality-results.ts'
import { type LocalSilverFile, SilverMirror } from './silver-mirror.ts'
import { createSilverViews } from './silver-views.ts'

/** What analysts see of Silver: views over its files, which offsets each holds, and the results of quality checks. */
export class SilverCatalogue {
  readonly #mirror: SilverMirror
  readonly #quality: QualityResults
  readonly #files = new Map<Table, readonly LocalSilverFile[]>()
  readonly #columns = new Map<Table, FileColumns>()
  /** Whose views a database does not show as they are. */
  readonly #newTables = new Set<Table>()
  #isQualityNew = true

  constructor(store: ObjectStore, options: { readonly folder: string; readonly graceMs: number }) {
    this.#mirror = new SilverMirror(store, options)
    this.#quality = new QualityResults(store)
  }

  /** Looks for what is new in the lake; true when a database no longer shows it as it is. */
  async update(): Promise<boolean> {
    for (const table of tableList) {
      const files = await this.#mirror.files(table)
      const known = this.#files.get(table)
      if (!known || pathsOf(files) !== pathsOf(known)) this.#newTables.add(table)
      this.#files.set(table, files)
    }
    if (await this.#quality.update()) this.#isQualityNew = true
    return this.#newTables.size > 0 || this.#isQualityNew
  }

  /** Writes what is new into a database, always the same one; all of it the first time. */
  async writeTo(connection: DuckDBConnection, database: string): Promise<void> {
    for (const table of this.#newTables) {
      const paths = (this.#files.get(table) ?? []).map(({ path }) => path)
      const columns = this.#columns.get(table) ?? new FileColumns()
      this.#columns.set(table, columns)
      const files = await columns.alike(connection, paths)
      await createSilverViews(connection, { database, table, files })
    }
    if (this.#newTables.size > 0) await writeSilverFiles(connection, database, this.#files)
    if (this.#isQualityNew) await this.#quality.writeTo(connection, database)
    this.#newTables.clear()
    this.#isQualityNew = false
  }
}

const pathsOf = (files: readonly LocalSilverFile[]): string => files.map(({ path }) => path).join('\n')
