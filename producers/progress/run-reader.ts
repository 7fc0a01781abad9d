import { setTimeout as sleep } from 'node:timers/promises'
import { CourantError } from '../../runtime/errors.ts'
import type { Batch, Context, Item, Reader, ReadRequest } from '../../runtime/pipeline.ts'
import { endsWithin } from '../../runtime/loop/stopping.ts'
import type { RunColumn } from '../../schemas/erp/columns.ts'
import type { RunEnvelope, RunMode } from '../../schemas/erp/run-envelope.ts'
import { type KeyState, openKeyState } from '../state/key-state.ts'
import { OdbcConnection } from './odbc-connection.ts'
import { PublishedRows } from './published-rows.ts'
import { isReconciled } from './reconcile.ts'
import { newRunId } from './run-id.ts'
import { type Run, RunItems } from './run-items.ts'
import { countRows, planRun, type RunPlan, type RunRequest } from './run-plan.ts'
import { readingSettings as names } from './settings.ts'
import { TableScan } from './table-scan.ts'
import { checkTypes } from './type-drift.ts'

/** What a run tells while it goes on, for progress bars and logs. */
export type RunEvent =
  | {
      readonly kind: 'started'
      readonly runId: string
      readonly mode: RunMode
      readonly expectedRows: number
    }
  | { readonly kind: 'rows'; readonly runId: string; readonly rows: number }
  | { readonly kind: 'ended'; readonly runId: string; readonly rows: number }

/** What became of a run that was published; null while it is on its way. */
type RunFate = 'merged' | 'given up' | null

export interface RunReaderOptions extends RunRequest {
  /**
   * What the sink made of a run. A watched table moves on only past what was merged: a run that was given up, for a
   * value that does not fit, is read again. Without it every published run counts as merged.
   */
  readonly fateOf?: (runId: string) => Promise<RunFate>
  readonly onEvent?: (event: RunEvent) => void
}

/** A run that is being read. */
interface Reading {
  readonly run: Run
  readonly items: RunItems
  readonly scan: TableScan
  readonly isRowByRow: boolean
  readonly beganAtMs: number
  /** Whether its start marker was handed out. */
  isAnnounced: boolean
}

const versionNote = 'run_version'
const columnsNote = 'run_columns'

/** Of a watched table that is always read in full, the share of time it may be read. */
const busiestShare = 0.05

/** A watched table whose runs are given up is asked again ever later, so many polls apart at most. */
const longestRest = 16

/** How often the fate of a run is asked for, and how long before the table is read again without it, which costs repeats. */
const fateEveryMs = 500
const fatePatienceMs = 15 * 60_000

/** How long a statement may take to be cancelled, and how often that is tried. */
const cancelMs = 500
const cancelTries = 10

/**
 * Reads a table of OpenEdge run by run: a start marker, its rows, and an end marker once COUNT(*) agrees with what was
 * read. A run that was cut off is never gone on with: the next one begins anew, with a higher version.
 */
export class RunReader implements Reader<RunEnvelope> {
  readonly waits = true
  readonly readsAhead = true
  readonly #context: Context
  readonly #options: RunReaderOptions
  readonly #connection: OdbcConnection
  readonly #state: KeyState
  readonly #published = new PublishedRows()
  #reading: Reading | null = null
  #last: Pick<RunRequest, 'lastSuccessAt' | 'lastVersion' | 'lastShape'>
  #dueAtMs = 0
  #saidAtMs = -Infinity
  #isOver = false
  /** The run that was published last, while its fate is not known. */
  #awaited: { readonly run: Run; readonly untilMs: number } | null = null
  /** Runs that were given up, one after the other. */
  #givenUp = 0
  #inHand: Promise<unknown> = Promise.resolve()

  constructor(context: Context, options: RunReaderOptions) {
    this.#context = context
    this.#options = options
    this.#connection = new OdbcConnection(context.settings)
    this.#state = openKeyState(context)
    this.#last = options
  }

  read(request: ReadRequest): Promise<Batch<RunEnvelope>> {
    const batch = this.#read(request)
    this.#inHand = batch.catch(() => undefined)
    return batch
  }

  /** Only the columns of a complete run are kept: a run itself is never gone on with. */
  async commit(batch: Batch<RunEnvelope>): Promise<void> {
    const marker = batch.items.at(-1)?.value.marker
    if (marker?.kind === 'end') this.#state.saveNote(columnsNote, marker.columns)
  }

  async close(): Promise<void> {
    if (await this.#cancelled()) await this.#reading?.scan.close()
    await this.#connection.close()
    this.#state.close()
  }

  /** What is in hand may go on to another statement, which is then cancelled, too; false when it does not end. */
  async #cancelled(): Promise<boolean> {
    for (let tries = 0; tries < cancelTries; tries++)
      if (await endsWithin(Promise.all([this.#connection.cancel(), this.#inHand]), cancelMs)) return true
    return false
  }

  async #read({ limit, signal }: ReadRequest): Promise<Batch<RunEnvelope>> {
    if (this.#reading) return this.#rows(this.#reading, limit)
    await this.#untilDue(signal)
    if (this.#isOver) {
      this.#rest(this.#context.settings.number(names.pollMs))
      return nothing
    }
    if (!(await this.#isSettled())) {
      this.#rest(fateEveryMs)
      return nothing
    }
    if (performance.now() < this.#dueAtMs) return nothing
    const plan = await planRun(this.#connection, this.#context.settings, {
      ...this.#options,
      ...this.#last
    })
    checkTypes(this.#options.table.tableName, this.#savedColumns(), plan.selection.columns)
    return this.#begin(plan, { isRowByRow: false })
  }

  #begin(plan: RunPlan, { isRowByRow }: { isRowByRow: boolean }): Batch<RunEnvelope> {
    const { table } = this.#options
    const run: Run = { id: newRunId(this.#context.now()), version: this.#nextVersion(plan), plan }
    const items = new RunItems(table, run)
    const scan = new TableScan({
      ...plan,
      connection: this.#connection,
      log: this.#context.log,
      table: `${this.#connection.schema}.${table.tableName}`,
      fetchSize: isRowByRow ? 1 : plan.fetchSize
    })
    this.#reading = { run, items, scan, isRowByRow, beganAtMs: performance.now(), isAnnounced: false }
    this.#published.begin()
    // A poll of a watched table may find that it has nothing to say.
    const first = plan.mode === 'watch' ? [] : this.#announce(this.#reading)
    return { items: first, caughtUp: false }
  }

  /** The start marker of a run, once. */
  #announce(reading: Reading): Item<RunEnvelope>[] {
    if (reading.isAnnounced) return []
    reading.isAnnounced = true
    const { id: runId, plan } = reading.run
    const { mode, expectedRows, fetchSize, unread } = plan
    if (unread.length > 0)
      this.#context.log.warn({ run: runId, unread }, 'columns are left out: nobody knows their types')
    this.#context.log.info({ run: runId, mode, expectedRows, fetchSize }, 'a run begins')
    this.#options.onEvent?.({ kind: 'started', runId, mode, expectedRows })
    return [reading.items.start()]
  }

  async #rows(reading: Reading, limit: number): Promise<Batch<RunEnvelope>> {
    const { scan, items, run } = reading
    const seenMs = this.#context.now().getTime()
    const rows = await scan.page(limit).catch((error: unknown) => {
      throw reading.isRowByRow ? namingRow(error, scan.rows + 1) : error
    })
    this.#context.metrics.count('source_rows_total', rows.length)
    if (rows.length === 0 && scan.isDone) return this.#end(reading)
    const found = this.#unpublished(
      run.plan,
      rows.map((row) => items.row(row, seenMs))
    )
    if (found.length === 0) return { items: [], caughtUp: false }
    const start = this.#announce(reading)
    this.#options.onEvent?.({ kind: 'rows', runId: run.id, rows: scan.rows })
    return { items: [...start, ...found], caughtUp: false }
  }

  /** A watched table gives the rows of its lookback at each poll; those that have not changed are not published again. */
  #unpublished(plan: RunPlan, found: readonly Item<RunEnvelope>[]): readonly Item<RunEnvelope>[] {
    return plan.mode === 'watch' ? found.filter((item) => this.#published.isNew(item)) : found
  }

  async #end(reading: Reading): Promise<Batch<RunEnvelope>> {
    const { run, items, scan, isRowByRow, beganAtMs } = reading
    const { plan } = run
    const isComplete = await isReconciled({ ...plan, connection: this.#connection, scan, isRowByRow })
    if (!isComplete) {
      this.#context.log.warn({ run: run.id, rows: scan.rows }, 'rows are missing; reading again row by row')
      // What was counted before the first reading is old by now.
      const expectedRows = await countRows(this.#connection, plan.statements)
      return this.#begin({ ...plan, expectedRows }, { isRowByRow: true })
    }
    const rows = plan.mode === 'watch' ? this.#published.count : scan.rows
    this.#reading = null
    this.#isOver = this.#options.mode !== 'watch'
    this.#restFor(plan, performance.now() - beganAtMs)
    if (!reading.isAnnounced && this.#isQuiet(plan)) {
      // Every row of the window is one that was merged.
      this.#moveTo(run)
      return nothing
    }
    this.#published.publish()
    this.#awaited = { run, untilMs: performance.now() + fatePatienceMs }
    this.#saidAtMs = performance.now()
    const start = this.#announce(reading)
    this.#context.log.info({ run: run.id, rows }, 'a run is complete')
    this.#options.onEvent?.({ kind: 'ended', runId: run.id, rows })
    return { items: [...start, items.end(rows)], caughtUp: true }
  }

  /** Whether it is known what became of the last run; then the next one begins where the last merged one ended. */
  async #isSettled(): Promise<boolean> {
    const awaited = this.#awaited
    if (!awaited) return true
    const { fateOf } = this.#options
    const fate = fateOf ? await fateOf(awaited.run.id) : 'merged'
    if (fate === null && performance.now() < awaited.untilMs) return false
    this.#awaited = null
    this.#published.settle(fate === 'merged')
    if (fate === 'merged') {
      this.#moveTo(awaited.run)
      this.#givenUp = 0
    } else {
      this.#givenUp++
      const polls = Math.min(2 ** (this.#givenUp - 1), longestRest)
      if (polls > 1) this.#rest(polls * this.#context.settings.number(names.pollMs))
    }
    return true
  }

  /** The next window begins there. */
  #moveTo({ plan, version }: Run): void {
    this.#last = { lastSuccessAt: plan.windowTo, lastVersion: version, lastShape: plan.shape }
  }

  /** Whether a poll that found no change need not be told of: no column is new, and the last run not long ago. */
  #isQuiet({ selection }: RunPlan): boolean {
    if (JSON.stringify(selection.columns) !== this.#state.note(columnsNote)) return false
    return performance.now() < this.#saidAtMs + this.#context.settings.number(names.idleRunMs)
  }

  /** Saved before its first row is handed out, so that no later run has it again. */
  #nextVersion({ clockUs }: RunPlan): number {
    const known = Math.max(Number(this.#state.note(versionNote) ?? 0), this.#last.lastVersion ?? 0)
    const version = Math.max(known + 1, clockUs)
    this.#state.saveNote(versionNote, String(version))
    return version
  }

  #savedColumns(): readonly RunColumn[] {
    return JSON.parse(this.#state.note(columnsNote) ?? '[]') as RunColumn[]
  }

  #restFor({ mode }: RunPlan, busyMs: number): void {
    const pollMs = this.#context.settings.number(names.pollMs)
    const isAlwaysFull = mode === 'full' && !this.#options.table.hasTimestamps
    const restMs = isAlwaysFull ? Math.max(pollMs, busyMs * (1 / busiestShare - 1)) : pollMs
    this.#rest(restMs)
  }

  #rest(restMs: number): void {
    this.#dueAtMs = performance.now() + restMs
  }

  async #untilDue(signal: AbortSignal): Promise<void> {
    const waitMs = this.#dueAtMs - performance.now()
    if (waitMs > 0) await sleep(waitMs, undefined, { signal })
  }
}

const nothing: Batch<RunEnvelope> = { items: [], caughtUp: true }

/** The row that cannot be read, by its place: its values are nobody's business. */
function namingRow(error: unknown, place: number): unknown {
  if (!(error instanceof CourantError) || error.verdict === 'transient') return error
  const { code, message, details } = error
  const where = `It is in row ${place} in the order of the key`
  return new CourantError(code, `${message}. ${where}`, { cause: error, details: { ...details, row: place } })
}
