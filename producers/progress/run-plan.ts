import { CourantError } from '../../runtime/errors.ts'
import type { Settings } from '../../runtime/settings.ts'
import type { EtlColumn, EtlTable } from '../../schemas/erp/metadata.ts'
import type { RunMode } from '../../schemas/erp/run-envelope.ts'
import { readSourceTable, sourceClock } from './catalogue.ts'
import { fetchSizeFor } from './fetch-size.ts'
import type { OdbcCell, OdbcColumn } from './odbc.ts'
import type { OdbcConnection } from './odbc-connection.ts'
import { covers, shapeOf } from './run-shape.ts'
import { type Selection, selectColumns } from './selected-columns.ts'
import { connectionSettings, readingSettings } from './settings.ts'
import { setBackUs, utcMicros } from './source-clock.ts'
import { Statements } from './statements.ts'
import { changedFrom, clockMicros } from './window.ts'

/** What is asked of a run. */
export interface RunRequest {
  readonly table: EtlTable
  readonly columns: readonly EtlColumn[]
  readonly mode: RunMode
  /** LastSuccessTs of the table; null when it was never loaded, which makes every run a full one. */
  readonly lastSuccessAt: string | null
  /** The version of that run; null when there was none, or it is not known. */
  readonly lastVersion?: number | null
  /** What that run read of each row; null when it is not known. */
  readonly lastShape?: string | null
}

/** All that is known of a run before its first row. */
export interface RunPlan {
  /** `full` whenever every row is read: also where rows have to be read again for a column more or another key. */
  readonly mode: RunMode
  readonly selection: Selection
  readonly statements: Statements
  readonly described: readonly OdbcColumn[]
  readonly fetchSize: number
  readonly windowFrom: string | null
  readonly windowTo: string
  /** When the source's clock showed that, in microseconds since the epoch. */
  readonly clockUs: number
  /** COUNT(*) before the first row, for the progress and the reconciliation. */
  readonly expectedRows: number
  /** What is read of each row. */
  readonly shape: string
  /** Columns that are not read, each with the type that is not known. */
  readonly unread: readonly string[]
}

/** Looks at the source and decides how a run reads it; refuses what could not be merged. */
export async function planRun(
  connection: OdbcConnection,
  settings: Settings,
  request: RunRequest
): Promise<RunPlan> {
  const { table, columns, lastSuccessAt } = request
  const source = await readSourceTable(connection, table.tableName)
  const selection = selectColumns(table, source, columns)
  const shape = shapeOf(selection)
  const isFull =
    request.mode === 'full' ||
    !table.hasTimestamps ||
    lastSuccessAt === null ||
    !covers(request.lastShape ?? null, shape)
  const windowTo = await sourceClock(connection)
  const localUs = clockMicros(windowTo)
  const clockUs = utcMicros(localUs, Date.now() * 1000, settings.text(connectionSettings.timeZone))
  const aheadUs =
    lastSuccessAt && request.lastVersion ? clockMicros(lastSuccessAt) - request.lastVersion : null
  const windowFrom = isFull ? null : changedFrom(table, lastSuccessAt, setBackUs(aheadUs, localUs - clockUs))
  const isDate = table.dateModifPrecision === 'date'
  const statements = new Statements({ schema: connection.schema, name: source.name }, selection, {
    changedFrom: windowFrom,
    isDate
  })
  const { columns: described } = await connection.query(statements.describe, `the columns of ${source.name}`)
  return {
    mode: isFull ? 'full' : request.mode,
    selection,
    statements,
    described,
    fetchSize: fetchSizeFor(described, settings.number(readingSettings.blockBytes)),
    windowFrom,
    windowTo,
    clockUs,
    shape,
    unread: source.unread,
    expectedRows: await checkedCount(connection, statements, table)
  }
}

/** COUNT(*) of a run's rows; KEY_INVALID with how many have no key or share one. */
async function checkedCount(
  connection: OdbcConnection,
  statements: Statements,
  table: EtlTable
): Promise<number> {
  const [row] = await connection.query(statements.keySummary, `the keys of ${table.tableName}`)
  const [rows, keys, unknown] = (row ?? []).map(numberOf)
  if (rows === undefined || keys === undefined) return 0
  const problems = [
    unknown ? `${unknown} rows have an unknown value (?) in their key` : '',
    keys < rows ? `${rows - keys} rows share their key with another (letter case makes no difference)` : ''
  ].filter(Boolean)
  if (problems.length === 0) return rows
  throw new CourantError(
    'KEY_INVALID',
    `Table '${table.tableName}' cannot be merged by ${table.primaryKey.join(', ')}: ${problems.join('; ')}. Correct the rows at the source, or PrimaryKeyCols in config.ETL_Tables`,
    { details: { table: table.tableName, rows, keys, unknown } }
  )
}

/** COUNT(*) of a run's rows as it is now. */
export async function countRows(connection: OdbcConnection, statements: Statements): Promise<number> {
  const [row] = await connection.query(statements.count, 'the count of rows')
  return numberOf(row?.[0] ?? null)
}

const numberOf = (cell: OdbcCell): number => (cell === null ? 0 : Number(cell))
