import { claim, storeOffset } from './stored-offsets.ts'
import { instantText } from './instant-text.ts'
import type { OdsDatabase, OdsSession } from './ods-database.ts'
import { perGeneration } from '../../topics/generations.ts'
import { odsTopics } from './stored-topics.ts'

/** A run that is not in the ODS, as the log has it. */
export interface StandingRun {
  readonly runId: string
  readonly mode: string
  readonly status: string
  readonly startedAt: string
  readonly errorCode: string
  readonly error: string
}

/** The runs of a table since its last success, the newest first: those under way and those that failed. */
export async function standingRuns(session: OdsSession, tableName: string): Promise<readonly StandingRun[]> {
  const rows = await session.query('read the runs of a table', {
    text: `SELECT RunId AS runid, Mode AS mode, Status AS status, StartedAt AS startedat, ErrorCode AS errorcode, ErrorMessage AS errormessage
FROM etl.ETL_Runs WHERE TableKey = @key AND Status <> 'succeeded'
AND StartedAt > COALESCE((SELECT MAX(StartedAt) FROM etl.ETL_Runs WHERE TableKey = @key AND Status = 'succeeded'), '0001-01-01')
ORDER BY StartedAt DESC`,
    values: { key: tableName.toLowerCase() }
  })
  const text = (value: unknown) =>
    value instanceof Date ? value.toISOString() : typeof value === 'string' ? value : ''
  return rows.map((row) => ({
    runId: text(row['runid']),
    mode: text(row['mode']),
    status: text(row['status']),
    startedAt: text(row['startedat']),
    errorCode: text(row['errorcode']),
    error: text(row['errormessage'])
  }))
}

/** A table's topic, and how its sink reads it. */
export interface TablePlace {
  readonly tableName: string
  readonly group: string
  readonly topic: string
}

/** The offset that the sink goes on at, as its log has it; null when nothing was stored. */
export async function nextOffsetOf(
  database: OdsDatabase,
  { group, topic }: TablePlace
): Promise<number | null> {
  const offsets = database.dialect.ownTable('etl', 'Offsets')
  const [row] = await database.query('read an offset', {
    text: `SELECT NextOffset AS nextoffset FROM ${offsets} WHERE ConsumerGroup = @group AND Topic = @topic AND PartitionId = 0`,
    values: { group, topic }
  })
  const next = row?.['nextoffset'] ?? null
  return next === null ? null : Number(next) % perGeneration
}

/**
 * Passes everything of a table's topic up to an offset of its log: what lies before it is never merged. Nothing is lost
 * by it, because the next run begins where the last success ended.
 */
export async function passUpTo(database: OdsDatabase, place: TablePlace, offset: number): Promise<void> {
  const { tableName, group, topic } = place
  const generation = (await odsTopics(database, group).load(topic))?.generation ?? 0
  await database.transaction('pass what stands', async (session) => {
    await session.query('lock its offsets', database.dialect.lock(`offsets of ${tableName}`))
    const partition = { group, topic, partition: 0 }
    const { epoch } = await claim(session, partition)
    await storeOffset(session, { ...partition, epoch, nextOffset: offset + generation * perGeneration })
    await session.query('log that runs were passed', {
      text: `UPDATE etl.ETL_Runs SET Status = 'failed', FailedStep = 'extract', FinishedAt = @at, ErrorCode = 'RUN_INCOMPLETE', ErrorMessage = @reason WHERE TableKey = @key AND Status = 'running'`,
      values: {
        key: tableName.toLowerCase(),
        at: instantText(Date.now() * 1000),
        reason: 'Passed by courant etl skip; the next run begins where the last success ended'
      }
    })
  })
}
