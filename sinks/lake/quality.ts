import type { DuckDBConnection } from '@duckdb/node-api'
import type { Table } from '../../schemas/table.ts'
import { bytesContent } from '../object-store/content.ts'
import type { ObjectStore } from '../object-store/object-store.ts'
import { sqlName, sqlText } from './duckdb.ts'
import type { Ds } from './part-names.ts'

/** One check of one day of one table, as it is stored and loaded into the warehouse. */
export interface QualityResult {
  readonly table: string
  readonly ds: Ds
  /** Such as `row_balance` or `not_null:email`. */
  readonly check: string
  /** An error keeps a file from being published; a warning does not. */
  readonly severity: 'error' | 'warning'
  readonly passed: boolean
  readonly observed: number
  readonly expected: string
  /** ISO 8601. */
  readonly checkedAt: string
}

export interface QualityInput {
  readonly table: Table
  readonly ds: Ds
  /** A local Parquet file: the day as it would be published. */
  readonly file: string
  /** Rows that the files it was made of say they have. */
  readonly rowsIn: number
  readonly now: Date
  readonly freshSeconds: number
}

interface Check {
  readonly check: string
  readonly severity: 'error' | 'warning'
  /** An aggregate over the rows of the file. */
  readonly sql: string
  readonly expected: string
  readonly isGood: (observed: number) => boolean
}

/** Runs a table's checks over one day's file; what they find are counts, never values. */
export async function checkQuality(
  connection: DuckDBConnection,
  input: QualityInput
): Promise<QualityResult[]> {
  const checks = checksOf(input)
  const rows = `FROM read_parquet(${sqlText(input.file)})`
  const aggregates = checks.map(({ sql }, at) => `(${sql})::DOUBLE AS c${at}`)
  // Duplicates need a grouping of their own; both groupings spill to disk when a day is large.
  const repeats = (columns: readonly string[]) =>
    `coalesce((SELECT sum(n - 1) FROM (SELECT count(*) AS n ${rows} GROUP BY ${columns.map(sqlName).join(', ')} HAVING n > 1)), 0)::DOUBLE`
  const sql = `SELECT ${aggregates.join(', ')}, ${repeats(['_partition', '_offset'])} AS offsets, ${repeats([...input.table.key, '_version'])} AS versions ${rows}`
  const [observed = {}] = (await connection.runAndReadAll(sql)).getRowObjects()
  const at = input.now.toISOString()
  const result = (
    { check, severity, expected, isGood }: Omit<Check, 'sql'>,
    value: unknown
  ): QualityResult => {
    const number = Number(value ?? 0)
    return {
      table: input.table.name,
      ds: input.ds,
      check,
      severity,
      passed: isGood(number),
      observed: number,
      expected,
      checkedAt: at
    }
  }
  return [
    ...checks.map((check, n) => result(check, observed[`c${n}`])),
    result(none('unique_offset', 'error'), observed['offsets']),
    result(none('unique_key_version', 'warning'), observed['versions'])
  ]
}

/** Where the results of a day are kept: a JSON array of QualityResult. */
export function qualityName(table: string, ds: Ds): string {
  return `quality/${table}/${ds}.json`
}

/** Keeps the newest results of a day. */
export async function storeQuality(
  store: ObjectStore,
  table: string,
  results: readonly QualityResult[]
): Promise<void> {
  const [first] = results
  if (!first) return
  const content = bytesContent(`[\n${results.map((result) => JSON.stringify(result)).join(',\n')}\n]\n`)
  await store.put(qualityName(table, first.ds), content, { contentType: 'application/json' })
}

const none = (check: string, severity: Check['severity']): Omit<Check, 'sql'> => ({
  check,
  severity,
  expected: '0',
  isGood: (observed) => observed === 0
})

const countWhere = (check: string, condition: string, severity: Check['severity'] = 'error'): Check => ({
  ...none(check, severity),
  sql: `count(*) FILTER (WHERE ${condition})`
})

function checksOf({ table, ds, rowsIn, now, freshSeconds }: QualityInput): Check[] {
  return [
    {
      check: 'row_balance',
      severity: 'error',
      sql: 'count(*)',
      expected: String(rowsIn),
      isGood: (rows) => rows === rowsIn
    },
    ...table.columns
      .map(({ name, nullable }) => ({ name, isKey: table.key.includes(name), nullable }))
      .flatMap(notNull),
    countWhere('known_op', `_op IS NULL OR _op NOT IN ('c', 'u', 'd', 'r')`),
    countWhere(
      'changed_that_day',
      `_changed_at IS NULL OR CAST(timezone('UTC', _changed_at) AS DATE) <> DATE ${sqlText(ds)}`
    ),
    ...table.columns
      .filter(({ type }) => type.kind === 'timestamp')
      .map(({ name }) => countWhere(`in_range:${name}`, outOfRange(name), 'warning')),
    freshness(ds, now, freshSeconds)
  ]
}

// A delete has only its key columns.
function notNull({ name, isKey, nullable }: { name: string; isKey: boolean; nullable: boolean }): Check[] {
  if (nullable && !isKey) return []
  return [countWhere(`not_null:${name}`, `${sqlName(name)} IS NULL${isKey ? '' : ` AND _op <> 'd'`}`)]
}

// Something may be planned for the future, so only what no calendar holds is out of range.
function outOfRange(name: string): string {
  return `${sqlName(name)} NOT BETWEEN TIMESTAMPTZ '1970-01-01 00:00:00+00' AND TIMESTAMPTZ '2100-01-01 00:00:00+00'`
}

/** Seconds from the newest change, by event time, to now or to the end of a day that is over. */
function freshness(ds: Ds, now: Date, freshSeconds: number): Check {
  const endMs = Math.min(now.getTime(), Date.parse(ds) + 86_400_000)
  return {
    check: 'fresh',
    severity: 'warning',
    sql: `greatest(0, ${endMs / 1000} - epoch(max(_changed_at)))`,
    expected: `<= ${freshSeconds}`,
    isGood: (seconds) => seconds <= freshSeconds
  }
}
