import type { QueryResultRow } from 'pg'
import type { CvRequest, CvResult } from '../../schemas/types/cv.ts'

/** A transaction of the job database. */
export interface Session {
  query(text: string, values?: unknown[]): Promise<{ rows: QueryResultRow[]; rowCount: number | null }>
}

/** How far a partition is in the tables. */
export interface JobOffset {
  readonly topic: string
  readonly partition: number
  readonly nextOffset: number
}

/** Rows of accepted CVs, within a transaction; those that are known stay as they are. */
export async function insertPending(session: Session, requests: readonly CvRequest[]): Promise<void> {
  for (const request of requests)
    await session.query(
      `INSERT INTO cv.jobs (job_id, priority, state, accepted_at, file_name, object, sha256, has_callback, callback)
       VALUES ($1, $2, 'pending', ${micros(3)}, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING`,
      requestValues(request)
    )
}

/** How jobs ended, within a transaction; the first end of a job stays, and a cancelled one has ended. */
export async function storeResults(session: Session, results: readonly CvResult[]): Promise<void> {
  for (const result of results)
    await session.query(
      `INSERT INTO cv.jobs AS job (job_id, priority, state, accepted_at, file_name, sha256, has_callback, started_at, ended_at, parser, result, error, callback)
       VALUES ($1, $2, $3, ${micros(4)}, $5, $6, $7, ${micros(8)}, ${micros(9)}, $10, $11, $12, $13)
       ON CONFLICT (job_id) DO UPDATE
         SET state = excluded.state, started_at = coalesce(job.started_at, excluded.started_at),
             ended_at = excluded.ended_at, parser = excluded.parser, result = excluded.result, error = excluded.error
         WHERE job.state IN ('pending', 'running')`,
      [
        result.job_id,
        result.priority,
        result.status,
        result.accepted_at,
        result.file_name,
        result.sha256,
        result.callback !== null,
        result.started_at,
        result.ended_at,
        result.parser,
        result.data,
        result.error && JSON.stringify(result.error),
        result.callback && JSON.stringify(result.callback)
      ]
    )
}

/** Notes how far a partition is, within the transaction of its rows; never goes back. */
export async function storeOffsets(
  session: Session,
  group: string,
  offsets: readonly JobOffset[]
): Promise<void> {
  for (const { topic, partition, nextOffset } of offsets)
    await session.query(
      `INSERT INTO cv.offsets AS at (consumer_group, topic, partition_id, next_offset) VALUES ($1, $2, $3, $4)
       ON CONFLICT (consumer_group, topic, partition_id) DO UPDATE SET next_offset = greatest(at.next_offset, excluded.next_offset)`,
      [group, topic, partition, nextOffset]
    )
}

export const requestValues = (request: CvRequest): unknown[] => [
  request.job_id,
  request.priority,
  request.accepted_at,
  request.file_name,
  request.object,
  request.sha256,
  request.callback !== null,
  request.callback && JSON.stringify(request.callback)
]

/** A parameter of microseconds since the epoch as a timestamp, exactly. */
export const micros = (parameter: number) =>
  `timestamptz 'epoch' + $${parameter}::bigint * interval '1 microsecond'`
