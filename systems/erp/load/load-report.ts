import { CourantError } from '../../../runtime/errors.ts'
import type { RunMode } from '../../../schemas/erp/run-envelope.ts'
import type { RunEntry } from '../../../sinks/ods/run-log.ts'
import { clock } from './progress-bar.ts'

/** What became of one table's load, as `--output json` prints it. */
export interface LoadReport {
  readonly table: string
  readonly runId: string | null
  readonly mode: RunMode
  readonly status: 'succeeded' | 'failed' | 'skipped'
  readonly seconds: number
  readonly rowsRead: number
  readonly rowsInserted: number
  readonly rowsUpdated: number
  readonly rowsDeleted: number
  readonly rowsUnchanged: number
  /** Why it failed, or what an operator should see to although it did not. */
  readonly error: { readonly code: string; readonly message: string } | null
}

/** The report of a run that etl.ETL_Log has. */
export function reportOf(entry: RunEntry, error: unknown, elapsedMs: number): LoadReport {
  return {
    table: entry.tableName,
    runId: entry.runId,
    mode: entry.mode,
    status: entry.status === 'succeeded' ? 'succeeded' : 'failed',
    seconds: Math.round(elapsedMs / 100) / 10,
    rowsRead: entry.rowsRead ?? 0,
    rowsInserted: entry.rowsInserted ?? 0,
    rowsUpdated: entry.rowsUpdated ?? 0,
    rowsDeleted: entry.rowsDeleted ?? 0,
    rowsUnchanged: entry.rowsUnchanged ?? 0,
    error: error === null ? null : errorOf(error)
  }
}

/** The report of a table that was not tried, because a critical one had failed or the command was told to stop. */
export const skippedReport = (table: string, mode: RunMode): LoadReport => ({
  ...reportOf({ runId: '', tableName: table, mode, status: 'failed', startedAt: new Date() }, null, 0),
  runId: null,
  status: 'skipped'
})

/** Code and sentence of an error; an unknown one is a bug and keeps its message. */
export function errorOf(error: unknown): { readonly code: string; readonly message: string } {
  if (error instanceof CourantError) return { code: error.code, message: error.message }
  return { code: 'UNEXPECTED', message: error instanceof Error ? error.message : String(error) }
}

/** The lines people see of a load. */
export function sentenceOf(report: LoadReport): string {
  const { table, mode, status, seconds, error } = report
  const why = error ? `\n  ${error.message} (${error.code})` : ''
  if (status === 'skipped') return `${table}: skipped`
  if (status === 'failed') return `${table}: ${mode} load failed after ${clock(seconds)}${why}`
  const count = (value: number) => value.toLocaleString('en-US')
  const perSecond = seconds > 0 ? `, ${count(Math.round(report.rowsRead / seconds))} rows/s` : ''
  const changes = `${count(report.rowsInserted)} new, ${count(report.rowsUpdated)} changed, ${count(report.rowsDeleted)} deleted, ${count(report.rowsUnchanged)} as before`
  return `${table}: ${mode} load of ${count(report.rowsRead)} rows in ${seconds} s${perSecond} (${changes})${why}`
}
