import type { DuckDBConnection, DuckDBValue } from '@duckdb/node-api'
import { duckdb } from '../../runtime/process/packages.ts'
import { sqlText } from '../lake/duckdb.ts'
import { firstDayOf } from '../lake/part-names.ts'
import type { QualityResult } from '../lake/quality.ts'
import { type ObjectStore, readText } from '../../runtime/object-store/object-store.ts'
import { appendRows, dateValue, instantValue } from './append-rows.ts'
import { inTransaction } from './attached-database.ts'

const types = () => {
  const { BOOLEAN, DATE, DOUBLE, TIMESTAMPTZ, VARCHAR } = duckdb
  return [VARCHAR, DATE, VARCHAR, VARCHAR, BOOLEAN, DOUBLE, VARCHAR, TIMESTAMPTZ, BOOLEAN]
}

/** Days read at once: those of years would take hundreds of MB. */
const daysAtOnce = 1000

/** The newest quality results of every table and day, Silver and Gold, read and written again only where they changed. */
export class QualityResults {
  readonly #store: ObjectStore
  readonly #versions = new Map<string, string>()
  /** Results that were read and not written, by the name of their object. */
  readonly #fresh = new Map<string, readonly QualityResult[]>()

  constructor(store: ObjectStore) {
    this.#store = store
  }

  /** Looks for results that are not written, a part of them at once, and says whether there are any. */
  async update(): Promise<boolean> {
    for await (const { name, version } of this.#store.list('quality/')) {
      if (this.#versions.get(name) === version || this.#fresh.size >= daysAtOnce) continue
      const text = await readText(this.#store, name)
      if (text === null) continue
      this.#versions.set(name, version)
      this.#fresh.set(name, JSON.parse(text) as QualityResult[])
    }
    return this.#fresh.size > 0
  }

  /** Brings `quality.checks` of a database, always the same one, up to what was read. */
  async writeTo(connection: DuckDBConnection, database: string): Promise<void> {
    const table = `${database}.quality.checks`
    await connection.run(`CREATE SCHEMA IF NOT EXISTS ${database}.quality`)
    await connection.run(
      `CREATE TABLE IF NOT EXISTS ${table} (
         table_name VARCHAR, ds DATE, check_name VARCHAR, severity VARCHAR, passed BOOLEAN, observed DOUBLE,
         expected VARCHAR, checked_at TIMESTAMPTZ, is_month BOOLEAN DEFAULT false)`
    )
    // Of a database from before months of history were files.
    await connection.run(`ALTER TABLE ${table} ADD COLUMN IF NOT EXISTS is_month BOOLEAN DEFAULT false`)
    if (this.#fresh.size === 0) return
    const days = [...this.#fresh.values()].flatMap(([first]) => (first ? [placeOf(first)] : []))
    await inTransaction(connection, async () => {
      await connection.run(
        `DELETE FROM ${table} WHERE (table_name, ds, is_month) IN (VALUES ${days.join(', ')})`
      )
      const rows = [...this.#fresh.values()].flatMap((results) => results.map(rowOf))
      await appendRows(connection, { database, schema: 'quality', table: 'checks', types: types() }, rows)
    })
    this.#fresh.clear()
  }
}

const isMonth = (ds: string): boolean => firstDayOf(ds) !== ds

const placeOf = ({ table, ds }: QualityResult): string =>
  `(${sqlText(table)}, DATE ${sqlText(firstDayOf(ds))}, ${isMonth(ds)})`

function rowOf(result: QualityResult): DuckDBValue[] {
  const { table, ds, check, severity, passed, observed, expected, checkedAt } = result
  const at = instantValue(checkedAt)
  return [table, dateValue(firstDayOf(ds)), check, severity, passed, observed, expected, at, isMonth(ds)]
}
