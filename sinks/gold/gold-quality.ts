import type { DuckDBConnection } from '@duckdb/node-api'
import { type Check, countWhere, type QualityResult, rowBalance, runChecks } from '../lake/quality.ts'
import type { GoldTable } from './models.ts'

export interface GoldFile {
  readonly table: GoldTable
  /** The day, YYYY-MM-DD. */
  readonly ds: string
  /** A local Parquet file: the day as it would be published. */
  readonly file: string
  /** Rows that the database has of that day. */
  readonly rowsIn: number
  readonly now: Date
}

/** Checks a day of a Gold table before its file is published. */
export function checkGold(connection: DuckDBConnection, input: GoldFile): Promise<QualityResult[]> {
  const { table } = input
  return runChecks(connection, { ...input, table: table.name }, checksOf(input))
}

function checksOf({ table, rowsIn }: GoldFile): Check[] {
  const columns = Object.entries(table.columns)
  const key = table.key.join(', ')
  return [
    rowBalance(rowsIn),
    { ...countWhere('unique_key', 'true'), sql: `count(*) - count(DISTINCT (${key}))` },
    ...columns
      .filter(([name]) => name !== table.contentColumn)
      .map(([name]) => countWhere(`not_null:${name}`, `${name} IS NULL`)),
    ...columns.flatMap(([name, [type, , most]]) => {
      if (type !== 'BIGINT' && !type.startsWith('DECIMAL')) return []
      return [
        countWhere(`in_range:${name}`, `${name} < 0${most === undefined ? '' : ` OR ${name} > ${most}`}`)
      ]
    })
  ]
}
