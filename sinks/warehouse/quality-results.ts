import {
  BOOLEAN,
  DATE,
  DOUBLE,
  type DuckDBConnection,
  type DuckDBValue,
  TIMESTAMPTZ,
  VARCHAR
} from '@duckdb/node-api'
import type { QualityResult } from '../lake/quality.ts'
import { type ObjectStore, readText } from '../../runtime/object-store/object-store.ts'
import { appendRows, dateValue, instantValue } from './append-rows.ts'

const types = [VARCHAR, DATE, VARCHAR, VARCHAR, BOOLEAN, DOUBLE, VARCHAR, TIMESTAMPTZ]

/** The newest quality results of every table and day, Silver and Gold, read again only where they changed. */
export class QualityResults {
  readonly #store: ObjectStore
  readonly #known = new Map<
    string,
    { readonly version: string; readonly results: readonly QualityResult[] }
  >()

  constructor(store: ObjectStore) {
    this.#store = store
  }

  /** Looks for new results and says whether there were any. */
  async update(): Promise<boolean> {
    let isChanged = false
    for await (const { name, version } of this.#store.list('quality/')) {
      if (this.#known.get(name)?.version === version) continue
      const text = await readText(this.#store, name)
      if (text === null) continue
      this.#known.set(name, { version, results: JSON.parse(text) as QualityResult[] })
      isChanged = true
    }
    return isChanged
  }

  /** Replaces `quality.checks` of a database. */
  async writeTo(connection: DuckDBConnection, database: string): Promise<void> {
    await connection.run(`CREATE SCHEMA IF NOT EXISTS ${database}.quality`)
    await connection.run(
      `CREATE OR REPLACE TABLE ${database}.quality.checks (
         table_name VARCHAR, ds DATE, check_name VARCHAR, severity VARCHAR, passed BOOLEAN, observed DOUBLE,
         expected VARCHAR, checked_at TIMESTAMPTZ)`
    )
    const rows = [...this.#known.values()].flatMap(({ results }) => results.map(rowOf))
    await appendRows(connection, { database, schema: 'quality', table: 'checks', types }, rows)
  }
}

function rowOf(result: QualityResult): DuckDBValue[] {
  const { table, ds, check, severity, passed, observed, expected, checkedAt } = result
  return [table, dateValue(ds), check, severity, passed, observed, expected, instantValue(checkedAt)]
}
