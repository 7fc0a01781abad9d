import type { DuckDBConnection } from '@duckdb/node-api'
import type { Table } from '../../schemas/table.ts'
import { tableList } from '../../schemas/tables.ts'
import { topicsOf } from '../../topics/catalogue.ts'
import type { ObjectStore } from '../../runtime/object-store/object-store.ts'
import { FolderLedger } from '../lake/folder-ledger.ts'
import { type AlikeFiles, FileColumns } from './file-columns.ts'
import { writeSilverFiles } from './lineage-tables.ts'
import { QualityResults } from './quality-results.ts'
import { type LocalSilverFile, type MirrorOptions, SilverMirror } from './silver-mirror.ts'
import { createSilverViews } from './silver-views.ts'

/** A look that took longer is made once more. */
const longLookMs = 3000

/** What was found of a table. */
export interface SilverLook {
  readonly files: readonly LocalSilverFile[]
  /** The same, those together that have the same columns. */
  readonly alike: readonly AlikeFiles[]
  /** When the files were asked for: everything that was in the lake by then is in them. */
  readonly asOf: number
  /** The next offset of each partition that the files hold everything before. */
  readonly next: ReadonlyMap<number, number>
}

/** What analysts see of Silver: views over its files, which offsets each holds, and the results of quality checks. */
export class SilverCatalogue {
  readonly #store: ObjectStore
  readonly #mirror: SilverMirror
  readonly #quality: QualityResults
  readonly #looks = new Map<Table, SilverLook>()
  readonly #shown = new Map<Table, SilverLook>()
  readonly #columns = new Map<Table, FileColumns>()
  readonly #connection: DuckDBConnection
  #isQualityNew = true

  /** `connection` reads which columns files have, beside everything else. */
  constructor(store: ObjectStore, connection: DuckDBConnection, options: MirrorOptions) {
    this.#store = store
    this.#connection = connection
    this.#mirror = new SilverMirror(store, options)
    this.#quality = new QualityResults(store)
  }

  /** True when a database no longer shows what was found as it is. */
  get isNew(): boolean {
    return this.#isQualityNew || [...this.#looks.keys()].some((table) => this.#isNew(table))
  }

  /** Looks for what is new of a table; tables are looked at independently of each other. */
  async look(table: Table): Promise<void> {
    const begunAt = Date.now()
    const found = await this.#found(table)
    // Who opened thousands of new files looks once more, which costs little now: what it says would be old already.
    const look = Date.now() - begunAt > longLookMs ? await this.#found(table) : found
    this.#looks.set(table, look)
  }

  async #found(table: Table): Promise<SilverLook> {
    const asOf = Date.now()
    const ledger = new FolderLedger(this.#store, `silver/${table.name}`)
    // Asked before the files: these have all that was noted by then, and may have more.
    const next = await ledger.progress(topicsOf(table).clean.name)
    const files = await this.#mirror.files(table)
    const columns = this.#columns.get(table) ?? new FileColumns()
    this.#columns.set(table, columns)
    const paths = files.map(({ path }) => path)
    return { files, alike: await columns.alike(this.#connection, paths), asOf, next }
  }

  /** Looks for new results of quality checks. */
  async lookAtQuality(): Promise<void> {
    if (await this.#quality.update()) this.#isQualityNew = true
  }

  /** Writes what is new into a database, always the same one; all of it the first time. */
  async writeTo(connection: DuckDBConnection, database: string): Promise<void> {
    // Looks go on meanwhile.
    const looks = new Map(this.#looks)
    const fresh = [...looks.keys()].filter((table) => this.#isNew(table))
    for (const table of fresh)
      await createSilverViews(connection, { database, table, files: looks.get(table)?.alike ?? [] })
    if (fresh.length > 0) {
      const files = new Map([...looks].map(([table, look]) => [table, look.files]))
      await writeSilverFiles(connection, database, files)
    }
    if (this.#isQualityNew) await this.#quality.writeTo(connection, database)
    this.#isQualityNew = false
    for (const [table, look] of looks) this.#shown.set(table, look)
  }

  /** What the database that was written last shows; a table without is not looked at yet. */
  shown(): ReadonlyMap<Table, SilverLook> {
    for (const [table, look] of this.#looks) if (!this.#isNew(table)) this.#shown.set(table, look)
    return this.#shown
  }

  #isNew(table: Table): boolean {
    const [look, shown] = [this.#looks.get(table), this.#shown.get(table)]
    return look !== undefined && (!shown || pathsOf(look.files) !== pathsOf(shown.files))
  }
}

/** Every table that analysts have views of. */
export const shownTables: readonly Table[] = tableList

const pathsOf = (files: readonly LocalSilverFile[]): string => files.map(({ path }) => path).join('\n')
