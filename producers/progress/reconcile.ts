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

/**
 * Whether a run that has been read agrees with COUNT(*), taken before it and, if that differs, after it. The binding
 * drops a row that a driver flags in a block without a word, and only one row at a time is an error: false asks for
 * that. After it a difference is RUN_INCOMPLETE, unless the source itself changed in the meantime.
 */
export async function isReconciled(run: ReadRun): Promise<boolean> {
  const { connection, statements, scan, expectedRows, isRowByRow } = run
  await checkFilled(run)
  if (scan.rows === expectedRows) return true
  const now = await countRows(connection, statements)
  if (scan.rows === now) return true
  if (!isRowByRow) return false
  const isBetween = scan.rows > Math.min(expectedRows, now) && scan.rows < Math.max(expectedRows, now)
  if (isBetween) return true
  throw new CourantError(
    'RUN_INCOMPLETE',
    `Read ${scan.rows} rows one by one where the source counted ${expectedRows} before and ${now} after: the driver drops rows without an error. Nothing was merged; try another version of the driver`,
    { details: { rows: scan.rows, before: expectedRows, after: now } }
  )
}

/** Wide characters that fill their buffer are either just as long as they may be, or cut; the source knows. */
async function checkFilled({ connection, statements, scan }: ReadRun): Promise<void> {
  for (const [column, size] of scan.filled) {
    const [row] = await connection.query(statements.countLonger(column, size), 'the length of text')
    if (Number(row?.[0] ?? 0) > 0)
      throw widthExceeded({ table: 'the table', column: column.source.name, size })
  }
}
