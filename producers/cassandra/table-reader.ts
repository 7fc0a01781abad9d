import { setTimeout as wait } from 'node:timers/promises'
import { CourantError } from '../../runtime/errors.ts'
import type { Batch, Context, Position, Reader, ReadRequest } from '../../runtime/pipeline.ts'
import type { RawChange } from '../../schemas/change.ts'
import type { Origin } from '../state/change-item.ts'
import { deletesAllowed, mayDelete } from '../../runtime/files/delete-guard.ts'
import type { Ledger } from '../state/ledger.ts'
import { changeOfGone, changeOfRow, type Finder, itemsOf, type MadeChange } from './change-maker.ts'
import { FullPass } from './full-pass.ts'
import { LivePass, morePartsThan } from './live-pass.ts'
import { PageSize } from './page-size.ts'
import { newFullPass, type Progress, progressOf, progressText } from './progress.ts'
import { readingSettings } from './settings.ts'
import type { Source } from './source.ts'
import type { SourceRow } from './source-row.ts'

/** How long a position that no change carries may wait to be saved. */
const SAVE_MS = 5000
/** Looking for news that is not there may take the server one part in five of the time. */
const REST_PER_LOOK = 4
/** A full pass takes a hundredth of the time at most, and a small table still rests between two. */
const COMPARE_PER_TIME = 100
const LEAST_COMPARE_MS = 10_000
const SLOW_LOOK_MS = 1000
/** How long a read goes on from page to page while none has news. */
const GATHER_MS = 250

export interface TableReaderParts {
  readonly origin: Origin
  readonly context: Context
  readonly ledger: Ledger
  readonly connect: () => Promise<Source>
}

/** Either pass's page, one a read: looks at the newest rows when they are due, full passes in the time between. */
export class TableReader implements Reader<RawChange> {
  readonly waits = true
  readonly readsAhead = true
  readonly #parts: TableReaderParts
  readonly #batches = new WeakMap<Batch<RawChange>, Position>()
  readonly #pageSize: PageSize
  #source: Source | null = null
  #isClosed = false
  #progress: Progress | null
  #full: FullPass | null = null
  #fullDueMs = 0
  #live: LivePass | null = null
  #liveDueMs = 0
  #liveParts = 1
  /** A look was the last that was finished: however late the reads come, a page of the full pass is next. */
  #hadLive = false
  #savedMs = 0
  #hasLive = true
  #hasWarned = false

  constructor(parts: TableReaderParts) {
    this.#parts = parts
    this.#pageSize = new PageSize(this.#setting('pageRows'))
    this.#progress = progressOf(parts.ledger.state.position())
  }

  async read({ limit, signal }: ReadRequest): Promise<Batch<RawChange>> {
    this.#source ??= await this.#open()
    const untilMs = this.#nowMs() + GATHER_MS
    for (;;) {
      await this.#untilDue(signal)
      signal.throwIfAborted()
      const batch = await this.#page(this.#source, limit, signal)
      const isNews = batch.items.length > 0 || batch.caughtUp || this.#batches.has(batch)
      if (isNews || this.#nowMs() >= untilMs) return batch
    }
  }

  async commit(batch: Batch<RawChange>): Promise<void> {
    const position = this.#batches.get(batch)
    if (position === undefined) return
    this.#parts.ledger.commit(position)
    this.#savedMs = this.#nowMs()
  }

  async close(): Promise<void> {
    this.#isClosed = true
    await this.#source?.close()
    this.#parts.ledger.state.close()
  }

  async #open(): Promise<Source> {
    const source = await this.#parts.connect()
    if (this.#isClosed) {
      await source.close()
      throw new CourantError('SOURCE_UNAVAILABLE', 'The reader was closed while it connected')
    }
    this.#hasLive = source.newest.length > 0
    if (!this.#hasLive) this.#liveDueMs = Number.POSITIVE_INFINITY
    const { full = null, comparedAt = null } = this.#progress ?? {}
    if (full) this.#full = this.#fullPass(source, full)
    else if (comparedAt !== null) this.#fullDueMs = comparedAt / 1000 + this.#compareMs(0)
    return source
  }

  async #untilDue(signal: AbortSignal): Promise<void> {
    while (!this.#live && this.#progress !== null) {
      const waitMs = Math.min(this.#liveDueMs, this.#fullDueMs) - this.#nowMs()
      if (waitMs <= 0) return
      await wait(waitMs, undefined, { signal })
    }
  }

  async #page(source: Source, limit: number, signal: AbortSignal): Promise<Batch<RawChange>> {
    try {
      const batch = await this.#next(source, this.#pageSize.atMost(limit), signal)
      this.#pageSize.grow()
      return batch
    } catch (error) {
      this.#easeOff(error)
      if (error instanceof CourantError && error.details['isChanged']) await this.#leave(source)
      throw error
    }
  }

  /** The next read connects anew, which compares the table with its schema. */
  async #leave(source: Source): Promise<void> {
    this.#source = null
    this.#live = null
    this.#full = null
    await source.close()
  }

  #next(source: Source, limit: number, signal: AbortSignal): Promise<Batch<RawChange>> {
    const nowMs = this.#nowMs()
    const isFullsTurn = this.#hadLive && nowMs >= this.#fullDueMs
    const isLiveDue = this.#live !== null || nowMs >= this.#liveDueMs
    if (this.#progress === null) return this.#beginFull(source, signal)
    if (isLiveDue && !isFullsTurn) return this.#livePage(source, this.#progress, { limit, signal })
    if (this.#full) return this.#fullPage(this.#full, this.#progress, { limit, signal })
    return this.#beginFull(source, signal)
  }

  /** The start is saved before anything is found, so that what has no time of its own gets the same one after a crash. */
  async #beginFull(source: Source, signal: AbortSignal): Promise<Batch<RawChange>> {
    const startedAt = await source.now(signal)
    const { seenUpTo = startedAt, comparedAt = null } = this.#progress ?? {}
    const full = newFullPass(startedAt, { isFirst: comparedAt === null, parts: this.#setting('ranges') })
    this.#progress = { seenUpTo, full, comparedAt }
    this.#full = this.#fullPass(source, full)
    return this.#handOut([], { mustSave: true })
  }

  #fullPass(source: Source, progress: NonNullable<Progress['full']>): FullPass {
    const { context, ledger } = this.#parts
    const live = () => ledger.state.summary({ after: null, upTo: null }).count
    return new FullPass(source, ledger.state, {
      progress,
      mayDelete: (missing) =>
        mayDelete(context, { missing, live: missing > 0 ? live() : 0, allowed: deletesAllowed })
    })
  }

  async #livePage(
    source: Source,
    progress: Progress,
    { limit, signal }: { limit: number; signal: AbortSignal }
  ): Promise<Batch<RawChange>> {
    const live = this.#live ?? (await this.#beginLive(source, progress, signal))
    this.#live = live
    const { rows, isLast } = await live.page(limit, signal)
    this.#hadLive = isLast
    if (isLast) this.#endLive(live)
    if (isLast) this.#progress = { ...progress, seenUpTo: live.startedAt }
    const changes = this.#changesOf(rows, [], { startedAt: live.startedAt, snapshot: 'false' })
    return this.#handOut(changes, { isCaughtUp: isLast && progress.comparedAt !== null })
  }

  async #beginLive(source: Source, { seenUpTo }: Progress, signal: AbortSignal): Promise<LivePass> {
    const startedAt = await source.now(signal)
    const overlapMs = this.#setting('overlapMs')
    this.#liveDueMs = this.#nowMs() + this.#setting('pollMs')
    return new LivePass(source, { startedAt, seenUpTo, overlapMs, parts: this.#liveParts })
  }

  #endLive({ lookingMs }: LivePass): void {
    this.#live = null
    this.#liveDueMs = Math.max(this.#liveDueMs, this.#nowMs() + REST_PER_LOOK * lookingMs)
    const { metrics, log } = this.#parts.context
    metrics.gauge('source_look_seconds', lookingMs / 1000)
    if (lookingMs < SLOW_LOOK_MS || this.#hasWarned) return
    this.#hasWarned = true
    log.warn(
      { lookingMs },
      'looking for new rows takes Cassandra long, so it is done less often; without an SAI index on the time column it always does (docs/cassandra.md)'
    )
  }

  async #fullPage(
    full: FullPass,
    progress: Progress,
    { limit, signal }: { limit: number; signal: AbortSignal }
  ): Promise<Batch<RawChange>> {
    const beganMs = this.#nowMs()
    this.#hadLive = false
    const { rows, gone, scanned } = await full.page(limit, signal)
    const snapshot = full.isFirst ? 'true' : 'incremental'
    const changes = this.#changesOf(rows, gone, { startedAt: full.startedAt, snapshot })
    this.#parts.context.metrics.count('source_rows_compared_total', scanned)
    if (!full.isFirst) this.#parts.context.metrics.count('found_by_comparison_total', changes.length)
    const perSecond = this.#setting('maxRowsPerSecond')
    this.#fullDueMs = perSecond > 0 ? beganMs + (scanned * 1000) / perSecond : beganMs
    this.#progress = { ...progress, full: full.progress }
    if (full.isDone) this.#endFull(full, progress)
    return this.#handOut(changes, { mustSave: full.isDone, isCaughtUp: full.isDone && !this.#hasLive })
  }

  #endFull({ startedAt }: FullPass, { seenUpTo }: Progress): void {
    const tookMs = this.#nowMs() - startedAt / 1000
    this.#full = null
    this.#fullDueMs = startedAt / 1000 + this.#compareMs(tookMs)
    this.#progress = { seenUpTo, full: null, comparedAt: startedAt }
    this.#parts.context.metrics.gauge('source_compare_seconds', tookMs / 1000)
  }

  /** A table that shows no news by a time is compared as often as others are looked at. */
  #compareMs(tookMs: number): number {
    return this.#hasLive
      ? Math.min(this.#setting('compareMs'), Math.max(LEAST_COMPARE_MS, COMPARE_PER_TIME * tookMs))
      : Math.max(this.#setting('pollMs'), (1 + REST_PER_LOOK) * tookMs)
  }

  #changesOf(rows: readonly SourceRow[], gone: readonly string[], finder: Finder): MadeChange[] {
    const published = this.#parts.ledger.published([...rows.map(({ ringKey }) => ringKey), ...gone])
    const keyRow = (key: string) => this.#source?.keyRow(key) ?? {}
    return [
      ...rows.map((row) => changeOfRow(row, published.get(row.ringKey), finder)),
      ...gone.map((ringKey) => changeOfGone(ringKey, published.get(ringKey), { ...finder, keyRow }))
    ].filter((change) => change !== null)
  }

  /** What moves the position alone need not be durable at once: it would only be read again. */
  #handOut(
    changes: readonly MadeChange[],
    { mustSave = false, isCaughtUp = false }: { mustSave?: boolean; isCaughtUp?: boolean }
  ): Batch<RawChange> {
    const { ledger, origin } = this.#parts
    const seenMs = this.#nowMs()
    const isDue = seenMs - this.#savedMs >= SAVE_MS
    if (changes.length === 0 && !mustSave && !isDue) return { items: [], caughtUp: isCaughtUp }
    const entries = changes.map(({ entry }) => entry)
    const position = ledger.handOut(entries, progressText(this.#progress as Progress))
    const batch = { items: itemsOf(changes, origin, { position, seenMs }), caughtUp: isCaughtUp }
    this.#batches.set(batch, position)
    return batch
  }

  /** A page that was too much is asked for again with fewer rows; a look, over smaller parts of the ring as well. */
  #easeOff(error: unknown): void {
    if (!(error instanceof CourantError) || !error.details['isTooMuch']) return
    this.#pageSize.shrink()
    if (!this.#live) return
    this.#live = null
    this.#liveParts = morePartsThan(this.#liveParts)
  }

  #setting(name: keyof typeof readingSettings): number {
    return this.#parts.context.settings.number(readingSettings[name])
  }

  #nowMs(): number {
    return this.#parts.context.now().getTime()
  }
}
