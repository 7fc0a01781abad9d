import { CourantError } from '../../runtime/errors.ts'
import type { OdbcConnection } from './odbc-connection.ts'
import { countRows, type RunPlan } from './run-plan.ts'
import type { TableScan } from './table-scan.ts'
import { widthExceeded } from './translate-error.ts'

interface ReadRun extends Pick<RunPlan, 'statements' | 'expectedRows'> {
  readonly connection: OdbcConnection
  readonly scan: TableScan
  readonly isRowByRow: boolean
}

/** Rows that a live table may be off by beyond its counts, whichever is more: so many, or this share of it. */
const churnRows = 100
const churnShare = 0.05

/**
 * Whether a run that has been read agrees with COUNT(*), taken before it and, if that differs, after it. The binding
 * drops a row that a driver flags in a block without a word, and only one row at a time is an error: false asks for
 * that. Read so, a table whose count stood still and is another is RUN_INCOMPLETE; one that changed meanwhile is whole
 * as far as a scan in the order of the key can be: it has every row that was there all the time.
 */
export async function isReconciled(run: ReadRun): Promise<boolean> {
  const { connection, statements, scan, expectedRows, isRowByRow } = run
  await checkFilled(run)
  if (scan.rows === expectedRows) return true
  const now = await countRows(connection, statements)
  if (scan.rows === now) return true
  if (!isRowByRow) return false
  const counts = [expectedRows, now, await countRows(connection, statements)]
  if (isExplained(scan.rows, counts)) return true
  const isLive = counts.some((count) => count !== expectedRows)
  const reason = isLive
    ? 'the table changes too fast to be compared with its count, or the driver drops rows without an error. Nothing was merged; load it when less is written to it'
    : 'the driver drops rows without an error. Nothing was merged; try another version of the driver'
  throw new CourantError(
    'RUN_INCOMPLETE',
    `Read ${scan.rows} rows one by one where the source counted ${expectedRows} before and ${now} after: ${reason}`,
    { details: { rows: scan.rows, before: expectedRows, after: now } }
  )
}

/** Whether what was inserted and deleted during the scan explains how many rows it found. */
export function isExplained(rows: number, counts: readonly number[]): boolean {
  const [least, most] = [Math.min(...counts), Math.max(...counts)]
  // A count that stands still while rows are missing is no live table.
  if (least === most) return false
  const churn = Math.max(churnRows, most * churnShare)
  return rows >= least - churn && rows <= most + churn
}

/** Wide characters that fill their buffer are either just as long as they may be, or cut; the source knows. */
async function checkFilled({ connection, statements, scan }: ReadRun): Promise<void> {
  for (const [column, size] of scan.filled) {
    const [row] = await connection.query(statements.countLonger(column, size), 'the length of text')
    if (Number(row?.[0] ?? 0) > 0)
      throw widthExceeded({ table: 'the table', column: column.source.name, size })
  }
}
