import type { DuckDBConnection } from '@duckdb/node-api'
import { bytesContent } from '../../runtime/object-store/content.ts'
import type { ObjectStore } from '../../runtime/object-store/object-store.ts'
import type { Context } from '../../runtime/pipeline.ts'
import { exactSpan } from '../../schemas/clean-attribute.ts'
import type { Column, Table } from '../../schemas/table.ts'
import { sqlName, sqlText } from './duckdb.ts'
import { type Ds, dayOf, spanOf } from './part-names.ts'

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

/** One look at a file; gives a count, never a value. */
export interface Check {
  readonly check: string
  readonly severity: 'error' | 'warning'
  /** An aggregate over the rows of the file. */
  readonly sql: string
  readonly expected: string
  readonly isGood: (observed: number) => boolean
}

/** A file as it would be published, of which table and day, and when it is looked at. */
interface CheckedFile {
  readonly table: string
  readonly ds: Ds
  readonly file: string
  readonly now: Date
}

/** Runs a table's checks over one day's file; what they find are counts, never values. */
export async function checkQuality(
  connection: DuckDBConnection,
  input: QualityInput
): Promise<QualityResult[]> {
  const { table, rowsIn: rows } = input
  const checked = { ...input, table: table.name }
  const from = fromFile(input.file)
  const repeats = (columns: readonly string[]) => countRepeats(connection, { from, columns, rows })
  return [
    ...(await runChecks(connection, checked, checksOf(input))),
    resultOf(checked, none('unique_offset', 'error'), await repeats(['_partition', '_offset'])),
    resultOf(checked, none('unique_key_version', 'warning'), await repeats([...table.key, '_version']))
  ]
}

/** Runs checks over a file in one query. */
export async function runChecks(
  connection: DuckDBConnection,
  checked: CheckedFile,
  checks: readonly Check[]
): Promise<QualityResult[]> {
  const aggregates = checks.map(({ sql }, at) => `(${sql})::DOUBLE AS c${at}`)
  const [observed = {}] = (
    await connection.runAndReadAll(`SELECT ${aggregates.join(', ')} ${fromFile(checked.file)}`)
  ).getRowObjects()
  return checks.map((check, at) => resultOf(checked, check, Number(observed[`c${at}`] ?? 0)))
}

const fromFile = (file: string): string => `FROM read_parquet(${sqlText(file)})`

function resultOf(
  { table, ds, now }: CheckedFile,
  { check, severity, expected, isGood }: Omit<Check, 'sql'>,
  observed: number
): QualityResult {
  const passed = isGood(observed)
  return { table, ds, check, severity, passed, observed, expected, checkedAt: now.toISOString() }
}

/** True of what keeps a file from being published. */
export const isRefusal = ({ passed, severity }: QualityResult): boolean => !passed && severity === 'error'

/** Counts and tells what checks found; true when none of them keeps the file from being published. */
export function reportQuality(
  { metrics, log }: Pick<Context, 'metrics' | 'log'>,
  results: readonly QualityResult[]
): boolean {
  for (const { table, ds, check, passed, severity, observed, expected } of results) {
    if (passed) continue
    metrics.count('quality_failures_total', 1, { table, check, severity })
    const fields = { table, ds, check, observed, expected }
    if (severity === 'error')
      log.error(fields, 'a day of a table fails a check and its file is not published')
    else log.warn(fields, 'a day of a table looks odd')
  }
  return !results.some(isRefusal)
}

/** Rows that say again what another row says in these columns; a slice of the values at a time, to bound memory. */
async function countRepeats(
  connection: DuckDBConnection,
  {
    from,
    columns,
    rows
  }: { readonly from: string; readonly columns: readonly string[]; readonly rows: number }
): Promise<number> {
  const names = columns.map(sqlName).join(', ')
  const slices = Math.ceil(rows / 1_000_000)
  let repeats = 0
  for (let slice = 0; slice < slices; slice++) {
    const counts = `SELECT count(*) AS n ${from} WHERE hash(${names}) % ${slices} = ${slice} GROUP BY ${names} HAVING n > 1`
    const found = await connection.runAndReadAll(`SELECT coalesce(sum(n - 1), 0)::DOUBLE FROM (${counts})`)
    repeats += Number(found.getRows()[0]?.[0])
  }
  return repeats
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

/** Rows for which a condition is true, of which there must be none. */
export const countWhere = (
  check: string,
  condition: string,
  severity: Check['severity'] = 'error'
): Check => ({
  ...none(check, severity),
  sql: `count(*) FILTER (WHERE ${condition})`
})

function checksOf({ table, ds, rowsIn, now, freshSeconds }: QualityInput): Check[] {
  const { from, before } = spanOf(ds)
  return [
    rowBalance(rowsIn),
    ...table.columns
      .map(({ name, nullable }) => ({ name, isKey: table.key.includes(name), nullable }))
      .flatMap(notNull),
    countWhere('known_op', `_op IS NULL OR _op NOT IN ('c', 'u', 'd', 'r')`),
    countWhere(
      'changed_that_day',
      `_changed_at IS NULL OR epoch_us(_changed_at) < ${from * 1000} OR epoch_us(_changed_at) >= ${before * 1000}`
    ),
    ...table.columns
      .filter(({ type }) => type.kind === 'timestamp' || type.kind === 'local-timestamp')
      .map((column) => countWhere(`in_range:${column.name}`, outOfRange(column), 'warning')),
    ...(ds === dayOf(now.getTime()) ? [freshness(now, freshSeconds)] : [])
  ]
}

/** As many rows come out as went in. */
export const rowBalance = (rowsIn: number): Check => ({
  check: 'row_balance',
  severity: 'error',
  sql: 'count(*)',
  expected: String(rowsIn),
  isGood: (rows) => rows === rowsIn
})

// A delete has only its key columns.
function notNull({ name, isKey, nullable }: { name: string; isKey: boolean; nullable: boolean }): Check[] {
  if (nullable && !isKey) return []
  return [countWhere(`not_null:${name}`, `${sqlName(name)} IS NULL${isKey ? '' : ` AND _op <> 'd'`}`)]
}

// Cleaning lets through what the column's span has; what lies outside came in another way.
function outOfRange({ name, span = exactSpan }: Column): string {
  return `epoch_us(${sqlName(name)}) NOT BETWEEN ${span.from} AND ${span.before - 1}`
}

/** Seconds from the newest change, by event time, to now; of today only, since a day that is over gets no fresher. */
function freshness(now: Date, freshSeconds: number): Check {
  return {
    check: 'fresh',
    severity: 'warning',
    sql: `greatest(0, ${now.getTime() / 1000} - epoch(max(_changed_at)))`,
    expected: `<= ${freshSeconds}`,
    isGood: (seconds) => seconds <= freshSeconds
  }
}
