import { setTimeout as sleep } from 'node:timers/promises'
import type { Batch, ReadRequest, Reader } from '../../../runtime/pipeline.ts'
import type { Micros, RawChange } from '../../../schemas/change.ts'
import { Ledger } from '../../state/ledger.ts'
import { KeyScan } from './key-scan.ts'
import { type LivePosition, LiveRun } from '../log/live-run.ts'
import { RateLimit } from './rate-limit.ts'
import { type ReaderParts, itemsOf, positionOf } from '../reader-parts.ts'
import * as names from '../settings.ts'
import { type Found, TableChanges } from '../table/table-changes.ts'

/** How far a table was read, as it is saved with the key state. */
interface Progress {
  readonly live: LivePosition | null
  /** Ordered key the first snapshot goes on after, '' at its start; null once it is complete. */
  readonly snapshotAfter: string | null
  /** Start of the last pass that is complete. */
  readonly passDone: Micros
}

// A pass's start is the version of changes that have no better one. It is saved under this name before the first of
// them is handed out, so that a crash repeats them with the same version.
const passNote = 'pass'

/** A table without a cursor is compared during this share of the time at most, however short the interval. */
const busiestShare = 0.05
/** One with a cursor, which shows most of what is new, during this share. */
const busiestShareBeside = 0.01
/** However small it is, comparing it more often would cost a server with many tables. */
const leastPauseMs = 5000

/** How long it may wait to be saved that a table was looked at again and nothing was found. */
const saveMs = 5000

/**
 * Reads a table's changes by polling: live runs by cursor, a first snapshot and later comparisons by key, taking
 * turns on one connection.
 */
export class PollingReader implements Reader<RawChange> {
  readonly waits = true
  readonly readsAhead = true
  readonly #parts: ReaderParts
  readonly #ledger: Ledger
  readonly #changes: TableChanges
  readonly #live: LiveRun
  readonly #hasCursor: boolean
  readonly #rateLimit: RateLimit
  #progress: Progress
  #scan: KeyScan | null = null
  #scanBusyMs = 0
  #nextLiveAtMs = 0
  #nextScanAtMs = 0
  #isScansTurn = true
  #saveDueAtMs = 0
  #isWarned = false
  #reading: Promise<unknown> = Promise.resolve()

  constructor(parts: ReaderParts) {
    const { context, rows, state } = parts
    this.#parts = parts
    this.#progress = savedProgress(state.position())
    this.#ledger = new Ledger(state)
    this.#changes = new TableChanges(rows)
    this.#live = new LiveRun({ ...parts, changes: this.#changes, ledger: this.#ledger }, this.#progress.live)
    this.#hasCursor = rows.table.cursor !== null
    this.#rateLimit = new RateLimit(context.settings.number(names.maxRowsPerSecond))
  }

  read(request: ReadRequest): Promise<Batch<RawChange>> {
    const reading = this.#read(request)
    this.#reading = reading.catch(() => undefined)
    return reading
  }

  async commit(batch: Batch<RawChange>): Promise<void> {
    const token = positionOf(batch)
    if (token !== undefined) this.#ledger.commit(token)
  }

  async close(): Promise<void> {
    await this.#parts.connection.close()
    await this.#reading
    this.#parts.state.close()
  }

  async #read({ limit, signal }: ReadRequest): Promise<Batch<RawChange>> {
    const rows = Math.min(limit, this.#parts.context.settings.number(names.pageRows))
    while (!signal.aborted) {
      await this.#untilDue(signal)
      const turn = this.#turn()
      const found = turn === 'live' ? await this.#readLive(rows) : await this.#readScan(rows, signal)
      if (found.length > 0) return this.#batchOf(found)
      if (this.#isCaughtUp && (turn === 'live' || this.#scan === null)) {
        this.#saveWhenIdle()
        return { items: [], caughtUp: true }
      }
    }
    throw signal.reason
  }

  get #isSnapshot(): boolean {
    return this.#progress.snapshotAfter !== null
  }

  /** Whether all there was at the last poll has been handed out. */
  get #isCaughtUp(): boolean {
    if (this.#isSnapshot) return false
    if (!this.#hasCursor) return this.#scan === null
    return !this.#live.isRunning && this.#nextLiveAtMs > 0
  }

  get #isLiveDue(): boolean {
    if (!this.#hasCursor || this.#live.position === null) return false
    return this.#live.isRunning || performance.now() >= this.#nextLiveAtMs
  }

  get #isScanDue(): boolean {
    return this.#scan !== null || performance.now() >= this.#nextScanAtMs
  }

  /** Live runs come first, but page by page a scan that is due takes every other turn. */
  #turn(): 'live' | 'scan' {
    return this.#isLiveDue && !(this.#isScanDue && this.#isScansTurn) ? 'live' : 'scan'
  }

  async #untilDue(signal: AbortSignal): Promise<void> {
    while (!this.#isLiveDue && !this.#isScanDue) {
      const dueAtMs = Math.min(this.#hasCursor ? this.#nextLiveAtMs : Infinity, this.#nextScanAtMs)
      await sleep(Math.max(1, dueAtMs - performance.now()), undefined, { signal })
    }
  }

  async #readLive(rows: number): Promise<readonly Found[]> {
    this.#isScansTurn = true
    const found = await this.#live.page(rows)
    if (!this.#live.isRunning) this.#nextLiveAtMs = performance.now() + this.#ms(names.pollMs)
    return found
  }

  async #readScan(rows: number, signal: AbortSignal): Promise<readonly Found[]> {
    this.#isScansTurn = false
    await this.#rateLimit.ready(signal)
    const beganAtMs = performance.now()
    this.#scan ??= await this.#newScan()
    const scan = this.#scan
    const { found, rowsSent, rowsSummed } = await scan.step(rows)
    this.#scanBusyMs += performance.now() - beganAtMs
    this.#rateLimit.add(rowsSent + rowsSummed)
    this.#parts.context.metrics.count('source_rows_total', rowsSent)
    this.#parts.context.metrics.count('source_rows_summed_total', rowsSummed)
    if (found.length > 0) this.#keepStart(scan)
    this.#advance(scan)
    return found
  }

  async #newScan(): Promise<KeyScan> {
    const { rows, state } = this.#parts
    if (this.#hasCursor) await this.#beginLive()
    const { snapshotAfter, passDone } = this.#progress
    const opened = Number(state.note(passNote) ?? 0)
    const startedAt = opened > passDone ? opened : Math.max(await rows.clock(), passDone + 1)
    this.#scanBusyMs = 0
    return new KeyScan(
      { ...this.#parts, changes: this.#changes, ledger: this.#ledger },
      { isSnapshot: snapshotAfter !== null, startedAt, after: snapshotAfter || null }
    )
  }

  async #beginLive(): Promise<void> {
    await this.#live.begin()
    if (this.#isWarned) return
    const { context, rows } = this.#parts
    const newest = await rows.newestAhead()
    if (newest === null) return
    this.#isWarned = true
    context.log.warn({ newest, table: rows.table.name }, aheadAdvice)
  }

  #advance(scan: KeyScan): void {
    const { isSnapshot, isDone, startedAt } = scan
    if (isSnapshot) this.#progress = { ...this.#progress, snapshotAfter: isDone ? null : (scan.after ?? '') }
    if (!isDone) return
    this.#progress = { ...this.#progress, passDone: startedAt }
    this.#scan = null
    this.#nextScanAtMs = performance.now() + this.#scanPauseMs(isSnapshot)
    const { log, metrics } = this.#parts.context
    metrics.gauge('source_pass_seconds', this.#scanBusyMs / 1000)
    if (isSnapshot) log.info({}, 'the first snapshot is complete')
  }

  #scanPauseMs(wasSnapshot: boolean): number {
    // Deletes and rows without a cursor come in seconds where a comparison is cheap.
    if (this.#hasCursor)
      return Math.min(
        this.#ms(names.compareMs),
        Math.max(leastPauseMs, this.#scanBusyMs * (1 / busiestShareBeside - 1))
      )
    const pollMs = this.#ms(names.pollMs)
    return wasSnapshot ? pollMs : Math.max(pollMs, this.#scanBusyMs * (1 / busiestShare - 1))
  }

  #keepStart({ startedAt }: KeyScan): void {
    const { state } = this.#parts
    if (state.note(passNote) !== String(startedAt)) state.saveNote(passNote, String(startedAt))
  }

  #batchOf(found: readonly Found[]): Batch<RawChange> {
    const position = this.#position()
    const handedOut = itemsOf(this.#parts, this.#ledger, { found, position, comesAgain: false })
    return { ...handedOut, caughtUp: this.#isCaughtUp }
  }

  #position(): string {
    this.#progress = { ...this.#progress, live: this.#live.position }
    return JSON.stringify(this.#progress)
  }

  /**
   * What no batch carries, such as the end of a pass, is saved when nothing is in flight. That a pass has found nothing
   * may wait, because a crash before costs one more look: what was published, and with which version, is known from
   * the batches. The end of a snapshot or of a pass whose start was kept may not, or a restart would begin it again and
   * give its start to what changed since.
   */
  #saveWhenIdle(): void {
    const { state } = this.#parts
    if (this.#ledger.hasInFlight) return
    const { passDone = 0, snapshotAfter } = JSON.parse(state.position() ?? '{}') as Partial<Progress>
    if (passDone === this.#progress.passDone) return
    const isKept = Number(state.note(passNote) ?? 0) > passDone
    const hasSnapshotEnded = snapshotAfter !== this.#progress.snapshotAfter
    if (!isKept && !hasSnapshotEnded && performance.now() < this.#saveDueAtMs) return
    this.#ledger.savePosition(this.#position())
    this.#saveDueAtMs = performance.now() + saveMs
  }

  #ms(setting: typeof names.pollMs): number {
    return this.#parts.context.settings.number(setting)
  }
}

const aheadAdvice =
  "the newest cursor is more than ten minutes after the source's clock: until its time comes, only comparisons find " +
  'such rows. If it holds local time, set COURANT_POSTGRES_TIME_ZONE; else correct the clock of who writes it'

function savedProgress(position: string | null): Progress {
  if (position === null) return { live: null, snapshotAfter: '', passDone: 0 }
  const saved = JSON.parse(position) as Progress & { readonly mode?: 'log' }
  // What was read from the log so far is compared.
  return saved.mode === 'log' ? { live: null, snapshotAfter: null, passDone: 0 } : saved
}
