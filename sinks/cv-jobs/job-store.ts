import { readFileSync } from 'node:fs'
import type { Pool, PoolClient, QueryResultRow } from 'pg'
import { pg } from '../../runtime/process/packages.ts'
import { CourantError } from '../../runtime/errors.ts'
import { postgresTls } from '../../runtime/postgres-tls.ts'
import type { Settings } from '../../runtime/settings.ts'
import type { CallbackAttempt, CvJobs, JobView } from '../../schemas/cv/cv-jobs.ts'
import type { CvCallback, CvRequest } from '../../schemas/types/cv.ts'
import { jobError } from './job-errors.ts'
import { insertPending, type JobOffset, micros, requestValues, type Session } from './job-statements.ts'
import { cvDatabaseUrl } from './settings.ts'

/** The jobs of the CV service in PostgreSQL: what their state is, how they ended, which callbacks were tried. */
export class JobStore implements CvJobs {
  readonly #pool: Pool

  /** Makes the tables where they are not; safe when several processes open at once. */
  static async open(settings: Settings): Promise<JobStore> {
    const store = new JobStore(settings)
    try {
      await store.transaction('make its tables', async (session) => {
        await session.query('SELECT pg_advisory_xact_lock(4711022)')
        await session.query(readFileSync(new URL('schema.sql', import.meta.url), 'utf8'))
      })
      return store
    } catch (error) {
      await store.close()
      throw error
    }
  }

  private constructor(settings: Settings) {
    const text = settings.text(cvDatabaseUrl)
    if (text === '') throw new CourantError('CONFIG_INVALID', `Set ${cvDatabaseUrl.env} for the CV service`)
    const url = new URL(text)
    const mode = url.searchParams.get('sslmode')
    url.searchParams.delete('sslmode')
    this.#pool = new pg.Pool({
      connectionString: url.href,
      ssl: postgresTls(settings, mode),
      max: 6,
      idleTimeoutMillis: 10_000,
      connectionTimeoutMillis: 5_000,
      query_timeout: 30_000,
      statement_timeout: 25_000
    })
    // One that is lost while idle is replaced by the pool; one in use fails its statement.
    this.#pool.on('error', () => undefined)
    this.#pool.on('connect', (client) => client.on('error', () => undefined))
  }

  /** Runs statements in one transaction; rolled back when the work rejects. */
  async transaction<T>(doing: string, work: (session: Session) => Promise<T>): Promise<T> {
    let client: PoolClient | undefined
    let failure: unknown
    try {
      client = await this.#pool.connect()
      await client.query('BEGIN')
      const result = await work(client)
      await client.query('COMMIT')
      return result
    } catch (error) {
      failure = error
      throw jobError(error, doing)
    } finally {
      // After an error the connection is thrown away, and with it the transaction it may be in.
      client?.release(failure !== undefined)
    }
  }

  /**
   * A worker takes a job in hand. False once it ended or was cancelled: it is not begun again. It may be running: then
   * its worker has died, or others have its partition now, and whose result comes first counts. `isAgain` when this
   * process is at it already: that is no other start.
   */
  async begin(
    request: CvRequest,
    { isAgain = false }: { readonly isAgain?: boolean } = {}
  ): Promise<{ readonly starts: number } | null> {
    const { rows } = await this.#query<{ starts: number }>(
      'begin a job',
      `INSERT INTO cv.jobs AS job (job_id, priority, state, accepted_at, started_at, starts, file_name, object, sha256, has_callback, callback)
       VALUES ($1, $2, 'running', ${micros(3)}, clock_timestamp(), 1, $4, $5, $6, $7, $8)
       ON CONFLICT (job_id) DO UPDATE
         SET state = 'running', started_at = coalesce(job.started_at, clock_timestamp()), starts = job.starts + $9
         WHERE job.state IN ('pending', 'running')
       RETURNING starts`,
      [...requestValues(request), isAgain ? 0 : 1]
    )
    return rows[0] ?? null
  }

  /** Notes an accepted job that the sink may not have read yet. */
  accepted(request: CvRequest): Promise<void> {
    return this.transaction('note a job', (session) => insertPending(session, [request]))
  }

  /** What the same parser read from the same bytes before; null when it has not. */
  async known(sha256: string, parser: string): Promise<unknown> {
    const { rows } = await this.#query<{ result: unknown }>(
      'look for a result',
      `SELECT result FROM cv.jobs WHERE state = 'done' AND sha256 = $1 AND parser = $2 LIMIT 1`,
      [sha256, parser]
    )
    return rows[0]?.result ?? null
  }

  /** Everything a client may ask of a job; null when it is not here (yet). */
  async view(jobId: string): Promise<JobView | null> {
    const { rows } = await this.#query<JobRow>(
      'show a job',
      `SELECT job.*, CASE WHEN state = 'pending' THEN (
         SELECT count(*)::int FROM cv.jobs other WHERE other.state = 'pending' AND other.priority = job.priority
           AND (other.accepted_at, other.job_id) <= (job.accepted_at, job.job_id)) END AS position
       FROM cv.jobs job WHERE job_id = $1`,
      [jobId]
    )
    return rows[0] ? viewOf(rows[0]) : null
  }

  /** Cancels a job that has not started. */
  async cancel(jobId: string): Promise<boolean> {
    const { rowCount } = await this.#query(
      'cancel a job',
      `UPDATE cv.jobs SET state = 'cancelled', ended_at = clock_timestamp() WHERE job_id = $1 AND state = 'pending'`,
      [jobId]
    )
    return rowCount === 1
  }

  /**
   * Forgets what is known of a job that ended; its id stays, so that nothing that comes again brings it back. How many
   * attempts to tell its caller were forgotten; null when it has not ended or is unknown.
   */
  async erase(jobId: string): Promise<{ readonly attempts: number } | null> {
    return this.transaction('erase a job', async (session) => {
      const erased = await session.query(
        `UPDATE cv.jobs SET state = 'erased', file_name = '', sha256 = '', object = NULL, result = NULL, error = NULL, callback = NULL
         WHERE job_id = $1 AND state IN ('done', 'failed', 'cancelled')`,
        [jobId]
      )
      if (erased.rowCount === 0) return null
      const { rowCount } = await session.query('DELETE FROM cv.callback_attempts WHERE job_id = $1', [jobId])
      return { attempts: rowCount ?? 0 }
    })
  }

  /** Jobs whose CV was read to have this e-mail address, whatever its case. */
  async ofEmail(email: string): Promise<readonly string[]> {
    const { rows } = await this.#query<{ job_id: string }>(
      'look for a person',
      `SELECT job_id FROM cv.jobs WHERE lower(result->'personal_info'->>'email') = lower($1) ORDER BY accepted_at`,
      [email.trim()]
    )
    return rows.map(({ job_id: id }) => id)
  }

  /** Where the end of a job is told; null when nobody asked. */
  async callback(jobId: string): Promise<CvCallback | null> {
    const { rows } = await this.#query<{ callback: CvCallback | null }>(
      'look for a callback',
      'SELECT callback FROM cv.jobs WHERE job_id = $1',
      [jobId]
    )
    return rows[0]?.callback ?? null
  }

  /** Seconds a job of the lane takes from its place at the head, by the last hundred; null when none has ended. */
  async secondsPerJob(priority: string): Promise<number | null> {
    const { rows } = await this.#query<{ seconds: number | null }>(
      'measure a lane',
      `SELECT extract(epoch FROM max(ended_at) - min(started_at))::float8 / nullif(count(*), 0) AS seconds
       FROM (SELECT started_at, ended_at FROM cv.jobs WHERE priority = $1 AND ended_at IS NOT NULL AND started_at IS NOT NULL
             ORDER BY ended_at DESC LIMIT 100) lately`,
      [priority]
    )
    return rows[0]?.seconds ?? null
  }

  /** How many of a lane have not started. */
  async pending(priority: string): Promise<number> {
    const { rows } = await this.#query<{ count: number }>(
      'count a lane',
      `SELECT count(*)::int AS count FROM cv.jobs WHERE state = 'pending' AND priority = $1`,
      [priority]
    )
    return rows[0]?.count ?? 0
  }

  /** Notes an attempt; one that was noted stays. */
  async attempted(jobId: string, { attempt, at, status, problem }: CallbackAttempt): Promise<void> {
    await this.#query(
      'note a callback',
      `INSERT INTO cv.callback_attempts (job_id, attempt, at, status, problem) VALUES ($1, $2, $3, $4, $5)
       ON CONFLICT DO NOTHING`,
      [jobId, attempt, at, status, problem]
    )
  }

  async attempts(jobId: string): Promise<readonly CallbackAttempt[]> {
    const { rows } = await this.#query<CallbackAttempt & QueryResultRow>(
      'list callbacks',
      'SELECT attempt, at, status, problem FROM cv.callback_attempts WHERE job_id = $1 ORDER BY attempt',
      [jobId]
    )
    return rows
  }

  async offsets(group: string, topic: string): Promise<readonly JobOffset[]> {
    const { rows } = await this.#query<{ partition_id: number; next_offset: string }>(
      'read offsets',
      'SELECT partition_id, next_offset FROM cv.offsets WHERE consumer_group = $1 AND topic = $2',
      [group, topic]
    )
    return rows.map((row) => ({ topic, partition: row.partition_id, nextOffset: Number(row.next_offset) }))
  }

  close(): Promise<void> {
    return this.#pool.end()
  }

  async #query<R extends QueryResultRow>(doing: string, text: string, values: unknown[]) {
    try {
      return await this.#pool.query<R>(text, values)
    } catch (error) {
      throw jobError(error, doing)
    }
  }
}

interface JobRow extends QueryResultRow {
  readonly state: JobView['state']
  readonly priority: string
  readonly accepted_at: Date
  readonly started_at: Date | null
  readonly ended_at: Date | null
  readonly file_name: string
  readonly object: string | null
  readonly result: unknown
  readonly error: JobView['error']
  readonly position: number | null
}

const viewOf = (row: JobRow): JobView => ({
  state: row.state,
  priority: row.priority,
  acceptedAt: row.accepted_at,
  startedAt: row.started_at,
  endedAt: row.ended_at,
  fileName: row.file_name,
  object: row.object,
  data: row.result,
  error: row.error,
  position: row.position
})
