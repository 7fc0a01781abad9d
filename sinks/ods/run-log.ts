import type { RunMode } from '../../schemas/erp/run-envelope.ts'
import { instantText } from './instant-text.ts'
import type { OdsSession } from './ods-database.ts'
import type { SqlValue } from './statement.ts'

/** What a run consists of; etl.ETL_Log has a row for each. */
export type RunStep = 'extract' | 'transform' | 'load' | 'merge'

/** A row of etl.ETL_Runs. Durations are of the steps: reading the source, making and caching rows, staging, merging. */
export interface RunEntry {
  readonly runId: string
  readonly tableName: string
  readonly mode: RunMode
  readonly status: 'running' | 'succeeded' | 'failed'
  readonly startedAt: Date
  readonly finishedAt?: Date
  readonly extractMs?: number
  readonly transformMs?: number
  readonly loadMs?: number
  readonly mergeMs?: number
  readonly rowsRead?: number
  readonly rowsInserted?: number
  readonly rowsUpdated?: number
  readonly rowsDeleted?: number
  readonly rowsUnchanged?: number
  /** Rows that are gone from the source and were kept, because there were too many of them. */
  readonly deletesRefused?: number
  readonly windowFrom?: string | null
  readonly windowTo?: string | null
  readonly runVersion?: number
  readonly errorCode?: string
  readonly errorMessage?: string
  /** Where a failed run failed. */
  readonly failedStep?: RunStep
}

/**
 * Writes what is known of a run now, in place of what was known before. A run that succeeded stays so, and one that
 * failed keeps its reason until it succeeds: that the next one began before its end is only what followed.
 */
export async function logRun(session: OdsSession, entry: RunEntry): Promise<void> {
  const values = columnsOf(entry)
  const names = Object.keys(values)
  const own = { runId: entry.runId, tableName: entry.tableName }
  const [known] = await session.query('log a run', {
    text: 'SELECT Status AS status FROM etl.ETL_Runs WHERE TableName = @tableName AND RunId = @runId',
    values: own
  })
  if (known && known['status'] !== 'running' && entry.status !== 'succeeded') return
  const text = known
    ? `UPDATE etl.ETL_Runs SET ${names.map((name) => `${name} = @${name}`).join(', ')} WHERE TableName = @tableName AND RunId = @runId`
    : `INSERT INTO etl.ETL_Runs (RunId, TableName, ${names.join(', ')}) VALUES (@runId, @tableName, ${names.map((name) => `@${name}`).join(', ')})`
  await session.query('log a run', { text, values: { ...own, ...values } })
}

/** Every column but the key: what is not known is NULL, so that a failure leaves no figures of an earlier attempt. */
function columnsOf(entry: RunEntry): Record<string, SqlValue> {
  return {
    Mode: entry.mode,
    Status: entry.status,
    StartedAt: dateText(entry.startedAt),
    FinishedAt: entry.finishedAt ? dateText(entry.finishedAt) : null,
    ExtractMs: whole(entry.extractMs),
    TransformMs: whole(entry.transformMs),
    LoadMs: whole(entry.loadMs),
    MergeMs: whole(entry.mergeMs),
    RowsRead: whole(entry.rowsRead),
    RowsInserted: whole(entry.rowsInserted),
    RowsUpdated: whole(entry.rowsUpdated),
    RowsDeleted: whole(entry.rowsDeleted),
    RowsUnchanged: whole(entry.rowsUnchanged),
    DeletesRefused: whole(entry.deletesRefused),
    WindowFrom: entry.windowFrom ?? null,
    WindowTo: entry.windowTo ?? null,
    RunVersion: whole(entry.runVersion),
    ErrorCode: entry.errorCode ?? null,
    ErrorMessage: entry.errorMessage?.slice(0, 2000) ?? null,
    FailedStep: entry.failedStep ?? null
  }
}

const whole = (value: number | undefined) => (value === undefined ? null : Math.round(value))
const dateText = (date: Date) => instantText(date.getTime() * 1000)

/** What became of a run of a table as the log has it; null while it is on its way. */
export async function fateOf(
  session: OdsSession,
  tableName: string,
  runId: string
): Promise<'merged' | 'given up' | null> {
  const [row] = await session.query('look for a run', {
    text: 'SELECT Status AS status FROM etl.ETL_Runs WHERE TableName = @tableName AND RunId = @runId',
    values: { tableName, runId }
  })
  if (row?.['status'] === 'succeeded') return 'merged'
  return row?.['status'] === 'failed' ? 'given up' : null
}

/** So many old runs go at a time, so that no load waits for them. */
const prunedAtOnce = 1000

/** Removes the oldest runs of a table that began before a time: found by an index, and few at a time. */
export async function pruneLog(session: OdsSession, tableName: string, before: Date): Promise<void> {
  const values = { key: tableName.toLowerCase(), before: dateText(before) }
  const old = await session.query('look for old runs', {
    text: `SELECT StartedAt AS startedat FROM etl.ETL_Runs WHERE TableKey = @key AND StartedAt < @before
ORDER BY StartedAt OFFSET 0 ROWS FETCH NEXT ${prunedAtOnce} ROWS ONLY`,
    values
  })
  const last = old.at(-1)?.['startedat']
  if (last === undefined) return
  const until = last instanceof Date ? instantText((last.getTime() + 1) * 1000) : (last as string)
  await session.query('remove old runs', {
    text: 'DELETE FROM etl.ETL_Runs WHERE TableKey = @key AND StartedAt <= @until AND StartedAt < @before',
    values: { ...values, until }
  })
}
