import { mayDelete } from '../../runtime/files/delete-guard.ts'
import { CourantError } from '../../runtime/errors.ts'
import type { Context, StoredTopics } from '../../runtime/pipeline.ts'
import type { RunColumn } from '../../schemas/erp/columns.ts'
import type { RunMarker } from '../../schemas/erp/run-envelope.ts'
import type { CachedRun } from './cache/cached-run.ts'
import { type MergeResult, mergeRun } from './merge-run.ts'
import type { OdsDatabase } from './ods-database.ts'
import { odsTable } from './ods-table.ts'
import { saveLoaded } from './loaded-tables.ts'
import { logRun, pruneLog, type RunEntry, type RunStep } from './run-log.ts'
import { odsSettings } from './settings.ts'
import { claim, storeOffset } from './stored-offsets.ts'
import { odsTopics } from './stored-topics.ts'

/** How a run ended, as etl.ETL_Log has it; `error` says why it failed. */
export interface RunOutcome {
  readonly entry: RunEntry
  readonly error: CourantError | null
}

/** A run of which the start marker has come. */
export interface BegunRun {
  readonly marker: RunMarker
  readonly startedAt: Date
  /** Rows that have arrived. */
  readonly received: number
  /** What it took to make and cache them. */
  readonly transformMs: number
  abandon(): Promise<void>
}

export interface RunMergerOptions {
  readonly context: Context
  readonly database: OdsDatabase
  readonly table: { readonly tableName: string; readonly destinationTable: string }
}

interface Place {
  readonly topic: string
  readonly partition: number
  readonly nextOffset: number
}

/** Where a run failed, and how long it was read where that is known. */
interface FailedAt {
  readonly step: RunStep
  readonly extractMs?: number
}

/** Takes runs of one table into the ODS, with their log and offsets. */
export class RunMerger {
  readonly #options: RunMergerOptions
  /** By topic and partition: what this process has claimed. */
  readonly #epochs = new Map<string, number>()
  #step: RunStep = 'load'

  constructor(options: RunMergerOptions) {
    this.#options = options
  }

  /** Which topics the runs in the ODS came by. */
  get topics(): StoredTopics {
    return odsTopics(this.#options.database, this.#options.context.pipeline)
  }

  /** Takes partitions over and says where to go on. */
  async claim(topic: string, partitions: readonly number[]): Promise<ReadonlyMap<number, number>> {
    const { database, context, table } = this.#options
    return database.transaction('claim partitions', async (session) => {
      await session.query('lock its offsets', database.dialect.lock(`offsets of ${table.tableName}`))
      const next = new Map<number, number>()
      for (const partition of partitions) {
        const { epoch, nextOffset } = await claim(session, { group: context.pipeline, topic, partition })
        this.#epochs.set(`${topic}/${partition}`, epoch)
        // An ODS that has nothing of a table is filled from the beginning, whatever its group has read into another one.
        next.set(partition, nextOffset ?? 0)
      }
      return next
    })
  }

  async logStart(marker: RunMarker, startedAt: Date): Promise<void> {
    await logRun(this.#options.database, { ...this.#entry(marker, startedAt), status: 'running' })
  }

  /** Longest text of each column that the ODS takes; CONFIG_INVALID for a run that no table can be made of. */
  textLimitOf(marker: RunMarker): (column: RunColumn) => number | null {
    const { database, table } = this.#options
    odsTable(table.destinationTable, marker, database.dialect.limits)
    return (column) => database.dialect.textLimit(column)
  }

  async merge(
    run: CachedRun,
    timed: {
      readonly startedAt: Date
      readonly extractMs: number
      readonly transformMs: number
      readonly nextOffset: number
    }
  ): Promise<RunOutcome> {
    const { database, context, table } = this.#options
    const { marker, topic, partition, rows } = run.facts
    const { startedAt, nextOffset, ...durations } = timed
    const base = {
      ...this.#entry(marker, startedAt),
      ...durations,
      status: 'succeeded',
      rowsRead: rows
    } as const
    const entryOf = (result: MergeResult): RunEntry => ({
      ...base,
      finishedAt: context.now(),
      ...figures(result)
    })
    this.#step = 'load'
    const result = await mergeRun(database, {
      onStaged: () => {
        this.#step = 'merge'
      },
      table: odsTable(table.destinationTable, marker, database.dialect.limits),
      run,
      mayDelete: (found) => mayDelete(context, { ...found, allowed: odsSettings.deletesAllowed }),
      alsoCommit: async (session, merged) => {
        await logRun(session, entryOf(merged))
        await saveLoaded(session, table.tableName, marker)
        await storeOffset(session, this.#claimed({ topic, partition, nextOffset }))
      }
    })
    this.#report(result, rows)
    await this.#prune()
    return { entry: entryOf(result), error: refusedDeletes(table.tableName, result) }
  }

  /** The step that a merge is at, or failed in. */
  get step(): RunStep {
    return this.#step
  }

  /** Logs that a run failed and passes it. */
  async giveUp(run: BegunRun, error: CourantError, place: Place & FailedAt): Promise<RunOutcome> {
    const { step: failedStep, extractMs } = place
    const known = extractMs === undefined ? {} : { extractMs, transformMs: run.transformMs }
    const entry = { ...this.#failed(run.marker, run.startedAt, error), ...known, failedStep }
    await this.#options.database.transaction('log a failed run', async (session) => {
      await logRun(session, { ...entry, rowsRead: run.received })
      await storeOffset(session, this.#claimed(place))
    })
    this.#options.context.metrics.count('ods_runs_failed_total')
    return { entry, error }
  }

  /** Logs that a run could not be merged for now; it is tried again after a restart. */
  async logFailure(marker: RunMarker, startedAt: Date, error: unknown): Promise<void> {
    const { database, context } = this.#options
    await logRun(database, { ...this.#failed(marker, startedAt, error), failedStep: this.#step }).catch(
      (failure: unknown) => context.log.warn({ err: failure }, 'the failed run could not be logged')
    )
  }

  close(): Promise<void> {
    return this.#options.database.close()
  }

  #entry(marker: RunMarker, startedAt: Date) {
    return {
      runId: marker.run_id,
      tableName: this.#options.table.tableName,
      mode: marker.mode,
      startedAt,
      windowFrom: marker.window_from,
      windowTo: marker.window_to,
      runVersion: marker.run_version
    }
  }

  #failed(marker: RunMarker, startedAt: Date, error: unknown): RunEntry {
    const { code, message } =
      error instanceof CourantError ? error : { code: 'UNEXPECTED', message: String(error) }
    const finishedAt = this.#options.context.now()
    return {
      ...this.#entry(marker, startedAt),
      status: 'failed',
      finishedAt,
      errorCode: code,
      errorMessage: message
    }
  }

  #claimed({ topic, partition, nextOffset }: Place) {
    const epoch = this.#epochs.get(`${topic}/${partition}`) ?? 0
    return { group: this.#options.context.pipeline, topic, partition, nextOffset, epoch }
  }

  /** Old runs of the table go; that they cannot is no reason to fail. */
  async #prune(): Promise<void> {
    const { database, context, table } = this.#options
    const days = context.settings.number(odsSettings.logDays)
    const before = new Date(context.now().getTime() - days * 86_400_000)
    await pruneLog(database, table.tableName, before).catch((error: unknown) =>
      context.log.warn({ err: error }, 'old runs could not be removed from the log')
    )
  }

  #report(result: MergeResult, rows: number): void {
    const { metrics, log } = this.#options.context
    metrics.count('ods_rows_merged_total', rows)
    metrics.gauge('ods_last_run_seconds', this.#options.context.now().getTime() / 1000)
    log.info({ ...result, rows }, 'merged a run into the ODS')
  }
}

const figures = (result: MergeResult) => ({
  loadMs: result.loadMs,
  mergeMs: result.mergeMs,
  rowsInserted: result.inserted,
  rowsUpdated: result.updated,
  rowsDeleted: result.deleted,
  rowsUnchanged: result.unchanged,
  deletesRefused: result.deletesRefused
})

function refusedDeletes(table: string, { deletesRefused }: MergeResult): CourantError | null {
  if (deletesRefused === 0) return null
  return new CourantError(
    'DELETES_REFUSED',
    `${deletesRefused} rows of ${table} are gone from the source: everything else was merged, but they stay. See whether the source is the right one and whole; if they were meant, load it again with COURANT_CONFIRM_DELETES=ods.${table.toLowerCase()}`
  )
}
