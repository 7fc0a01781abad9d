import type { Batch, Context, Position, Reader, ReadRequest, Spec } from '../../runtime/pipeline.ts'
import type { Micros } from '../../schemas/change.ts'
import type { SubmittedApplication } from '../../schemas/types/applications.ts'
import { type ApplicationSource, applicationSource } from './application-source.ts'
import { maxPageRows, readChangedPage, submittedItem, unreadableFailure } from './changed-page.ts'
import { lastDue } from './daily-schedule.ts'
import { dailyAt, dailySettings, overlapMs } from './settings.ts'

/** How far the daily runs have got, kept as JSON. */
interface Progress {
  /** Of the last complete run: the moment it was due, and when it began by the source's clock. */
  readonly complete: { readonly dueMs: number; readonly beganAt: Micros } | null
  /** The run under way. */
  readonly run: DailyRun | null
}

interface DailyRun {
  readonly dueMs: number
  readonly beganAt: Micros
  readonly since: Micros
  /** The last id of the page before. */
  readonly after: string | null
}

/** A batch that knows how far reading has got with it. */
interface DailyBatch extends Batch<SubmittedApplication> {
  readonly progress: Progress
}

/** What the first run looks back over. */
const firstWindowUs = 24 * 60 * 60 * 1_000_000

/**
 * Once a day, every application that changed since the last complete run began, less an overlap for transactions that
 * were open then. A run that was missed is made up for at the start; one that was interrupted goes on where it was.
 */
export const dailyApplications: Spec<Reader<SubmittedApplication>> = {
  describe: `${applicationSource.describe}, once a day`,
  settings: dailySettings,
  check: (context) => applicationSource.check?.(context) ?? Promise.resolve(),
  async open(context) {
    const position = await context.positions.load()
    const progress = position ? (JSON.parse(position) as Progress) : { complete: null, run: null }
    return new DailyReader(await applicationSource.open(context), context, progress)
  }
}

class DailyReader implements Reader<SubmittedApplication> {
  readonly #source: ApplicationSource
  readonly #context: Context
  #progress: Progress

  constructor(source: ApplicationSource, context: Context, progress: Progress) {
    this.#source = source
    this.#context = context
    this.#progress = progress
  }

  async read({ limit }: ReadRequest): Promise<DailyBatch> {
    const run = this.#progress.run ?? (await this.#nextRun())
    if (!run) return { items: [], caughtUp: true, progress: this.#progress }
    const { since, after, dueMs, beganAt } = run
    const request = { since, after, limit: Math.min(limit, maxPageRows) }
    const page = await readChangedPage(this.#source, request, 'daily')
    const progress: Progress =
      page.after === null
        ? { complete: { dueMs, beganAt }, run: null }
        : { ...this.#progress, run: { ...run, after: page.after } }
    this.#progress = progress
    const position = JSON.stringify(progress) as Position
    return {
      items: page.records.map((record) => submittedItem(record, position)),
      failures: [...page.unreadable].map(([id, error]) => unreadableFailure(id, error, position)),
      caughtUp: false,
      progress
    }
  }

  async commit(batch: Batch<SubmittedApplication>): Promise<void> {
    const { progress } = batch as DailyBatch
    if (batch.caughtUp) return
    await this.#context.positions.save(JSON.stringify(progress) as Position)
    if (progress.run || !progress.complete) return
    this.#context.metrics.gauge('daily_run_began_seconds', progress.complete.beganAt / 1_000_000)
    this.#context.log.info({ dueAt: new Date(progress.complete.dueMs) }, 'the daily run is complete')
  }

  close(): Promise<void> {
    return this.#source.close()
  }

  /** Null until the next is due. */
  async #nextRun(): Promise<DailyRun | null> {
    const { settings, now } = this.#context
    const { complete } = this.#progress
    const dueMs = lastDue(now(), settings.text(dailyAt)).getTime()
    if (complete && complete.dueMs >= dueMs) return null
    const beganAt = await this.#source.now()
    const from = complete?.beganAt ?? beganAt - firstWindowUs
    return { dueMs, beganAt, since: from - settings.number(overlapMs) * 1000, after: null }
  }
}
