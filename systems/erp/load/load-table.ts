import { join } from 'node:path'
import { tryLock } from '../../../local/lock.ts'
import type { RunEvent } from '../../../producers/progress/run-reader.ts'
import { CourantError } from '../../../runtime/errors.ts'
import type { AnyPipeline } from '../../../runtime/pipeline.ts'
import { stateDir } from '../../../runtime/files/positions.ts'
import type { EtlTable } from '../../../schemas/erp/metadata.ts'
import type { RunMode } from '../../../schemas/erp/run-envelope.ts'
import type { OdsSinkOptions } from '../../../sinks/ods/ods-sink.ts'
import { lastSuccess } from '../../../sinks/ods/loaded-tables.ts'
import { fateOf } from '../../../sinks/ods/run-log.ts'
import type { RunOutcome } from '../../../sinks/ods/run-merger.ts'
import { deadLetterTopic } from '../../../topics/catalogue.ts'
import { connectionFor } from '../../../topics/connection.ts'
import { erpTopic } from '../../../topics/erp-changes.ts'
import { applyPlan, planTopics } from '../../../topics/plan.ts'
import { type EtlSession, patiently } from '../etl-session.ts'
import { type LoadReport, reportOf } from './load-report.ts'
import { logFailure } from './log-failure.ts'
import type { Progress } from './progress-bar.ts'
import { runUntil } from '../run-until.ts'
import { patience } from '../settings.ts'
import type { ScannedTable } from '../source-scan.ts'
import { tablePipelines } from '../table-pipelines.ts'

export interface LoadRequest extends ScannedTable {
  readonly mode: RunMode
  readonly onProgress?: (progress: Progress) => void
}

/**
 * Loads one table from the source to the ODS: runs its producer and its sink until the run is merged. It never throws
 * for what concerns the table: the report has the error, and so has etl.ETL_Log as far as the ODS answers.
 */
export async function loadTable(session: EtlSession, request: LoadRequest): Promise<LoadReport> {
  const run = new TableRun(session, request)
  try {
    const { entry, error } = await run.untilMerged()
    return reportOf(entry, error, run.elapsedMs)
  } catch (error) {
    return run.fail(error)
  }
}

type Hooks = Pick<OdsSinkOptions, 'onRun' | 'onRows'> & { readonly onEvent?: (event: RunEvent) => void }

/**
 * The pipelines of one table, what reads it and what merges its runs, once their topics are there. Waits, as long as
 * there is patience, for an ODS or a Kafka that does not answer.
 */
export function preparedTable(
  session: EtlSession,
  request: LoadRequest,
  hooks: Hooks = {}
): Promise<readonly AnyPipeline[]> {
  return patiently(session, async () => {
    const pipelines = await runnablePipelines(session, request, hooks)
    await makeTopics(session, request.table, pipelines)
    return pipelines
  })
}

async function runnablePipelines(
  session: EtlSession,
  { table, columns, mode }: LoadRequest,
  hooks: Hooks
): Promise<readonly AnyPipeline[]> {
  const last = await lastSuccess(session.ods, table.tableName)
  const { onEvent, ...ofSink } = hooks
  const reading = {
    table,
    columns,
    mode,
    ...last,
    fateOf: (runId: string) => fateOf(session.ods, table.tableName, runId),
    ...(onEvent && { onEvent })
  }
  return tablePipelines(reading, ofSink)
}

/** Makes the topics that the pipelines of a table read and write. */
async function makeTopics(
  { settings }: EtlSession,
  table: EtlTable,
  pipelines: readonly AnyPipeline[]
): Promise<void> {
  const connection = connectionFor(settings)
  const topics = [erpTopic(table.tableName), ...pipelines.map(({ name }) => deadLetterTopic(name))]
  await applyPlan(await planTopics(topics, connection, settings), connection)
}

/** Keeps other processes from loading the table; CONFIG_INVALID when one does. */
export function lockTable({ settings }: EtlSession, { tableName }: EtlTable): () => void {
  const file = join(settings.text(stateDir), `etl-${tableName.toLowerCase()}.lock`)
  const release = tryLock(file)
  if (release) return release
  throw new CourantError(
    'CONFIG_INVALID',
    `Table '${tableName}' is being loaded by another process on this machine: wait for it, or stop it`
  )
}

class TableRun {
  readonly #session: EtlSession
  readonly #request: LoadRequest
  readonly #startedAt = new Date()
  readonly #begunMs = performance.now()
  #run: { readonly id: string; readonly mode: RunMode; readonly expectedRows: number } | null = null
  #progress = { step: 'connect', rows: 0 }
  #outcome: RunOutcome | null = null

  constructor(session: EtlSession, request: LoadRequest) {
    this.#session = session
    this.#request = request
  }

  get elapsedMs(): number {
    return performance.now() - this.#begunMs
  }

  async untilMerged(): Promise<RunOutcome> {
    const release = lockTable(this.#session, this.#request.table)
    try {
      const pipelines = await this.#prepared()
      return await runUntil(pipelines, {
        ...this.#session,
        patienceMs: this.#session.settings.number(patience),
        outcome: async () => this.#outcome,
        onLook: (isWaiting) => this.#show(isWaiting)
      })
    } finally {
      release()
    }
  }

  #prepared(): Promise<readonly AnyPipeline[]> {
    return preparedTable(this.#session, this.#request, {
      onEvent: (event) => this.#onEvent(event),
      onRows: (runId, rows) => this.#onRows(runId, rows),
      onRun: (outcome) => this.#onRun(outcome)
    })
  }

  /** The log says what happened, under the run's id when it had begun. */
  async fail(cause: unknown): Promise<LoadReport> {
    const entry = await logFailure(
      this.#session,
      {
        ...(this.#run && { runId: this.#run.id }),
        tableName: this.#request.table.tableName,
        mode: this.#run?.mode ?? this.#request.mode,
        startedAt: this.#startedAt
      },
      cause
    )
    return reportOf(entry, cause, this.elapsedMs)
  }

  #onEvent(event: RunEvent): void {
    if (event.kind === 'started') {
      this.#run = { id: event.runId, mode: event.mode, expectedRows: event.expectedRows }
      this.#progress = { step: 'extract', rows: 0 }
    } else this.#progress = { step: event.kind === 'ended' ? 'merge' : 'extract', rows: event.rows }
  }

  #onRows(runId: string, rows: number): void {
    if (runId === this.#run?.id && this.#progress.step === 'merge') this.#progress = { step: 'merge', rows }
  }

  /** Runs that an earlier process left in the topic end before this one, and are not what was asked for. */
  #onRun(outcome: RunOutcome): void {
    if (outcome.entry.runId === this.#run?.id) this.#outcome = outcome
  }

  #show(isWaiting: boolean): void {
    this.#request.onProgress?.({
      step: isWaiting ? 'waiting' : this.#progress.step,
      rows: this.#progress.rows,
      total: this.#run?.expectedRows ?? null,
      elapsedMs: this.elapsedMs
    })
  }
}
