import { CourantError } from '../../runtime/errors.ts'
import type { CachedRun } from './cache/cached-run.ts'
import type { RunValues } from './dialect.ts'
import type { OdsDatabase, OdsSession } from './ods-database.ts'
import type { OdsTable } from './ods-table.ts'
import { prepareTable } from './prepare-table.ts'
import { refusedRun } from './reason-in-run.ts'
import { lastSuccess } from './loaded-tables.ts'
import type { Statement } from './statement.ts'

/** What a merge did, and how long its steps took. */
export interface MergeResult {
  readonly inserted: number
  readonly updated: number
  readonly deleted: number
  readonly unchanged: number
  /** Rows that are gone from the source and stay, because the guard refused. */
  readonly deletesRefused: number
  readonly loadMs: number
  readonly mergeMs: number
}

export interface MergeRequest {
  readonly table: OdsTable
  readonly run: CachedRun
  /** Whether so many deletes may be carried out. */
  readonly mayDelete: (found: { readonly missing: number; readonly live: number }) => boolean
  /** Runs last, in the same transaction: the log and the offsets. */
  readonly alsoCommit: (session: OdsSession, result: MergeResult) => Promise<void>
  /** Told once the rows are in staging. */
  readonly onStaged?: () => void
}

/**
 * Takes a cached run into the ODS in one transaction: lock, truncate, bulk load, merge, deletes, log, offsets (promise
 * 1: all of it or nothing). The same run once more changes nothing (promise 3). RUN_REFUSED when the database does not
 * take what lies in the run.
 */
export async function mergeRun(database: OdsDatabase, request: MergeRequest): Promise<MergeResult> {
  try {
    return await mergeWhole(database, request)
  } catch (error) {
    throw refusedRun(error)
  }
}

async function mergeWhole(database: OdsDatabase, request: MergeRequest): Promise<MergeResult> {
  const { run, alsoCommit } = request
  const { dialect } = database
  const { name } = request.table
  // Not in the transaction of the rows: a table that is there too early harms nobody, and its lock is short.
  const table = await database.transaction(`prepare ods.${name}`, async (session) => {
    await session.query(`lock ${name}`, dialect.lock(name))
    return prepareTable(session, dialect, request.table)
  })
  return database.transaction(`load ods.${name}`, async (session) => {
    const begunAt = performance.now()
    await session.query(`lock ${name}`, dialect.lock(name))
    await session.query(`empty stg.${name}`, dialect.truncateStage(name))
    await session.bulkLoad(`load stg.${name}`, table, run)
    for (const statement of dialect.deduplicate(name))
      await session.query(`deduplicate stg.${name}`, statement)
    await checkKeys(session, name, run)
    const stagedAt = performance.now()
    request.onStaged?.()
    const counts = await mergeStaged(session, { ...request, table })
    const result = { ...counts, loadMs: stagedAt - begunAt, mergeMs: performance.now() - stagedAt }
    await alsoCommit(session, result)
    return result
  })
}

/** Of equal rows of one key the last is as good as the first; rows of the source that only fold to one key are not. */
async function checkKeys(session: OdsSession, name: string, run: CachedRun): Promise<void> {
  // Quoted, because a table may be called like a word of SQL; both dialects take these quotes.
  const text = `SELECT COUNT(*) AS staged FROM stg."${name}"`
  const [row] = await session.query(`count stg.${name}`, { text })
  if (Number(row?.['staged'] ?? run.facts.rows) >= run.facts.rows) return
  const shared = await run.sharedKeys()
  if (shared === 0) return
  throw new CourantError(
    'KEY_INVALID',
    `${shared} keys of ${run.facts.table} stand for several rows each, which differ there by letter case or trailing blanks only: correct them at the source, or PrimaryKeyCols in config.ETL_Tables`
  )
}

type Counts = Omit<MergeResult, 'loadMs' | 'mergeMs'>

async function mergeStaged(session: OdsSession, request: MergeRequest): Promise<Counts> {
  const { table, run } = request
  const { dialect } = session
  const { marker, topic, partition, rows } = run.facts
  const version = marker.run_version
  const { lastVersion } = await lastSuccess(session, run.facts.table)
  const isOvertaken = version < (lastVersion ?? 0)
  const replacesBelow = isOvertaken ? 0 : version
  const values: RunValues = { runId: marker.run_id, version, replacesBelow, topic, partition }
  const counts = new CountedQueries(session, `merge into ods.${table.name}`)
  await counts.run(dialect.upsert(table, values))
  const { inserted, updated } = counts
  const missing = await missingRows(session, dialect.countMissing(table, values), request)
  await counts.run(dialect.markDeleted(table, values, missing.isSnapshot))
  const added = table.keepHistory ? inserted - updated : inserted
  return {
    inserted: added,
    updated,
    deleted: counts.deleted,
    // A key that a run has twice counts as unchanged once more.
    unchanged: Math.max(0, rows - added - updated),
    deletesRefused: missing.refused
  }
}

/** Only a snapshot that is complete says what is gone, and only as far as the guard lets it. */
async function missingRows(
  session: OdsSession,
  statement: Statement,
  { table, run, mayDelete }: MergeRequest
): Promise<{ readonly isSnapshot: boolean; readonly refused: number }> {
  if (!run.facts.marker.is_complete) return { isSnapshot: false, refused: 0 }
  const [row] = await session.query(`compare ods.${table.name}`, statement)
  const missing = Number(row?.['missing'] ?? 0)
  const live = Number(row?.['live'] ?? 0)
  if (mayDelete({ missing, live })) return { isSnapshot: missing > 0, refused: 0 }
  return { isSnapshot: false, refused: missing }
}

class CountedQueries {
  inserted = 0
  updated = 0
  deleted = 0
  readonly #session: OdsSession
  readonly #doing: string

  constructor(session: OdsSession, doing: string) {
    this.#session = session
    this.#doing = doing
  }

  async run(statements: readonly Statement[]): Promise<void> {
    for (const statement of statements) {
      const [row] = await this.#session.query(this.#doing, statement)
      this.inserted += Number(row?.['inserted'] ?? 0)
      this.updated += Number(row?.['updated'] ?? 0)
      this.deleted += Number(row?.['deleted'] ?? 0)
    }
  }
}
