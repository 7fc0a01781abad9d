import { randomUUID } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { DuckDBConnection } from '@duckdb/node-api'
import { sqlText } from '../lake/duckdb.ts'
import { temporaryFolder } from '../../runtime/files/temporary-folder.ts'
import { fileContent } from '../../runtime/object-store/content.ts'
import type { ObjectStore } from '../../runtime/object-store/object-store.ts'
import { CourantError } from '../../runtime/errors.ts'
import { isRefusal, type QualityResult, storeQuality } from '../lake/quality.ts'
import { checkGold } from './gold-quality.ts'
import { type GoldTable, goldTables } from './models.ts'
import type { GoldState, PendingDay } from './state/gold-state.ts'
import { type Day, dayText } from './time.ts'

/** The object that holds a day of a Gold table. */
const goldFileName = (table: string, date: string): string => `gold/${table}/${date}/${table}.parquet`

/** What a round of writing did. */
export interface Written {
  /** What was checked of the days it came to. */
  readonly results: readonly QualityResult[]
  /** False when time ran out before it came to every day that changed. */
  readonly isThrough: boolean
}

/** Gold as Parquet files in the lake, a file per table and day; each holds the topic offsets it contains. */
export class GoldFiles {
  readonly #connection: DuckDBConnection
  readonly #store: ObjectStore
  readonly #state: GoldState
  /** Days that were not written when they were tried last: the others come first. */
  readonly #failed = new Set<string>()

  constructor(
    connection: DuckDBConnection,
    options: { readonly store: ObjectStore; readonly state: GoldState }
  ) {
    this.#connection = connection
    this.#store = options.store
    this.#state = options.state
  }

  /**
   * Writes the days that changed, newest first, from the attached database `gold`, until `maxMs` have passed. A day that
   * fails a check keeps the file it had, and is tried again.
   */
  async write({ maxMs }: { readonly maxMs: number }): Promise<Written> {
    const deadline = performance.now() + maxMs
    const results: QualityResult[] = []
    const placeOf = ({ subject, day }: PendingDay) => `${subject}/${day}`
    const pending = this.#state.pendingDays()
    const hasFailed = (place: PendingDay) => this.#failed.has(placeOf(place))
    const inTurn = [...pending.filter((place) => !hasFailed(place)), ...pending.filter(hasFailed)]
    for (const [at, place] of inTurn.entries()) {
      if (at > 0 && performance.now() >= deadline) return { results, isThrough: false }
      const isWritten = await this.#writeTables(place, results)
      if (isWritten) this.#state.clearPendingDay(place.subject, place.day)
      this.#failed[isWritten ? 'delete' : 'add'](placeOf(place))
    }
    return { results, isThrough: true }
  }

  /** Writes every day that changed; throws GOLD_REFUSED when one fails a check. */
  async writeAll(): Promise<void> {
    while (this.#state.pendingDays().length > 0) {
      const failed = (await this.write({ maxMs: Infinity })).results.find(isRefusal)
      if (failed)
        throw new CourantError(
          'GOLD_REFUSED',
          `${failed.table} of ${failed.ds} fails the check ${failed.check}: ${failed.observed} instead of ${failed.expected}`
        )
    }
  }

  /** False when a table's day failed a check, or somebody else replaced its file meanwhile. */
  async #writeTables({ subject, day }: PendingDay, results: QualityResult[]): Promise<boolean> {
    const written = []
    for (const table of goldTables.filter((one) => one.subject === subject))
      written.push(await this.#writeDay(table, { day, results }))
    return written.every(Boolean)
  }

  async #writeDay(
    table: GoldTable,
    { day, results }: { readonly day: Day; readonly results: QualityResult[] }
  ): Promise<boolean> {
    const date = dayText(day)
    const name = goldFileName(table.name, date)
    const rows = `FROM gold.main.${table.name} WHERE ${table.dateColumn} = DATE ${sqlText(date)}`
    const [count] = (await this.#connection.runAndReadAll(`SELECT count(*) ${rows}`)).getRowsJson()
    const existing = await this.#store.head(name)
    if (count?.[0] === '0') {
      if (existing) await this.#store.delete(name)
      return true
    }
    const file = join(temporaryFolder(), `${randomUUID()}.parquet`)
    try {
      const offsets = await this.#offsets()
      await this.#connection.run(
        `COPY (SELECT * ${rows} ORDER BY ALL) TO ${sqlText(file)}
         (FORMAT parquet, COMPRESSION zstd, KV_METADATA {offsets: ${sqlText(offsets)}})`
      )
      const rowsIn = Number(count?.[0])
      const found = await checkGold(this.#connection, { table, ds: date, file, rowsIn, now: new Date() })
      await storeQuality(this.#store, table.name, found)
      results.push(...found)
      if (found.some(isRefusal)) return false
      const condition = existing ? { ifMatch: existing.etag } : { ifNoneMatch: '*' as const }
      const contentType = 'application/vnd.apache.parquet'
      return (await this.#store.put(name, await fileContent(file), { ...condition, contentType })) !== null
    } finally {
      await rm(file, { force: true })
    }
  }

  /** What the database has read at least, as JSON: next offsets by topic and partition. */
  async #offsets(): Promise<string> {
    const rows = await this.#connection.runAndReadAll(
      `SELECT topic || '/' || partition AS place, next_offset::DOUBLE AS next FROM gold.lineage.offsets ORDER BY ALL`
    )
    const offsets = rows.getRowObjectsJson().map(({ place, next }) => [place, next] as const)
    return JSON.stringify(Object.fromEntries(offsets))
  }
}
