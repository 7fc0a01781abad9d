import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { CourantError } from '../../runtime/errors.ts'
import type { Context } from '../../runtime/pipeline.ts'
import { objectStoreFor } from '../../runtime/object-store/object-store-for.ts'
import { reportQuality } from '../lake/quality.ts'
import { withAttached } from '../warehouse/attached-database.ts'
import { publishDatabase } from '../warehouse/publish-database.ts'
import { writeFreshness } from '../warehouse/freshness.ts'
import { makeSharedFolder } from '../warehouse/share-files.ts'
import { SilverCatalogue } from '../warehouse/silver-catalogue.ts'
import { silverWritersClosed } from '../lake/open-writers.ts'
import { GoldFreshness } from './gold-freshness.ts'
import type { TopicEnds } from './records-behind.ts'
import { SilverWatch } from './silver-watch.ts'
import { GoldFiles } from './gold-files.ts'
import { countSetAside, createGoldTables, storeOffsets, storeUncomputed } from './gold-tables.ts'
import { ModelEngine } from './model-engine.ts'
import { definitionsHash } from './models.ts'
import { loadRates } from './rates.ts'
import { refresh } from './refresh.ts'
import { goldSettings, publishedAs, sharedMode } from './settings.ts'
import type { GoldState } from './state/gold-state.ts'
import { uncomputable } from './uncomputable.ts'

/** The database that Gold is computed into, and that copies are published of. */
export const workFile = (folder: string): string => join(folder, 'gold.duckdb')

/** A gauge: users' days, or parts of them, of which analysts do not see the newest figures yet. */
export const unseenDays = 'gold_unseen_days'

/** A gauge: users' days, or parts of them, that have no figures because the models cannot compute them. */
const uncomputedDays = 'gold_uncomputed_days'

/** Computing done before what there is gets published, in milliseconds. */
const refreshMs = 500

/** Writing Gold files before figures get their turn again, in milliseconds; and before the process stops. */
const filesMs = { next: 1000, last: 5000 } as const

/** Rests this many times as long as a publication, or a round of files, took, so that a large Gold or a slow disk costs a third of the time at most. */
const restPerPublication = 2

/** Rests this share of the time it computed, so that whoever shares the processor gets some of it. */
const restPerWork = 0.25

/** The same of making views of what is new in the lake; but within an eighth of the time they may be old. */
const restPerViews = 20

/** How long writers of Silver in this process are waited for at the end. */
const silverEndsMs = 4000

/** Rests so long while there is a backlog: the days it fills would be computed again and again. */
const catchingUpMs = 1000

/** Failures in a row after which the pipeline is told, so that its lag shows what is wrong. */
const failuresAllowed = 5

/** Computes what was touched, publishes it to analysts and writes it to the lake, at its own pace beside the sink. */
export class GoldPublisher {
  readonly #context: Context
  readonly #state: GoldState
  readonly #engine: ModelEngine
  readonly #silver: SilverCatalogue
  readonly #watch: SilverWatch
  readonly #fresh: GoldFreshness
  readonly #files: GoldFiles
  readonly #folder: string
  readonly #stop = new AbortController()
  readonly #done: Promise<void>
  #failures = 0
  #lastError: unknown
  #isReady = false
  #isStale = true
  readonly #boundMs: number
  #isCatchingUp = false
  /** What could not be computed when that was told last, as JSON. */
  #uncomputed = ''
  /** Computed since the last publication. */
  #unpublishedDays = 0
  #isDrained = true
  #publishDueAt = 0
  #viewsDueAt = 0
  #heartbeatDueAt = 0
  #filesDueAt = 0

  static async open(
    context: Context,
    { state, ends }: { readonly state: GoldState; readonly ends: TopicEnds | null }
  ): Promise<GoldPublisher> {
    const { settings } = context
    const folder = settings.text(goldSettings.dir)
    await makeSharedFolder(folder, sharedMode(settings))
    const rates = loadRates(settings)
    state.useDefinitions(definitionsHash(rates))
    // Somebody removed it; all it had can be computed from what was kept.
    if (!existsSync(workFile(folder))) state.computeEverything()
    const store = await objectStoreFor(settings)
    const engine = await ModelEngine.open(folder, rates)
    const silver = new SilverCatalogue(store, await engine.another(), {
      folder: join(folder, 'silver'),
      graceMs: settings.number(goldSettings.graceMs),
      mode: sharedMode(settings)
    })
    const files = new GoldFiles(engine.connection, { store, state })
    return new GoldPublisher({ context, state, engine, silver, files, folder, ends })
  }

  private constructor(parts: {
    context: Context
    state: GoldState
    engine: ModelEngine
    silver: SilverCatalogue
    files: GoldFiles
    folder: string
    ends: TopicEnds | null
  }) {
    this.#context = parts.context
    this.#state = parts.state
    this.#engine = parts.engine
    this.#silver = parts.silver
    const { settings } = parts.context
    this.#boundMs = settings.number(goldSettings.staleSeconds) * 1000
    const guarded = (look: () => Promise<void>) => this.#guarded('Silver was not looked at', look)
    const pauseMs = settings.number(goldSettings.silverMs)
    this.#watch = new SilverWatch({ catalogue: parts.silver, pauseMs, boundMs: this.#boundMs, guarded })
    this.#fresh = new GoldFreshness(parts)
    this.#files = parts.files
    this.#folder = parts.folder
    this.#done = this.#run()
  }

  /** Throws TARGET_UNAVAILABLE while publishing fails again and again, unless it is for what was computed: writes may heal that. */
  check(): void {
    if (this.#failures < failuresAllowed || uncomputable(this.#lastError) !== null) return
    throw new CourantError(
      'TARGET_UNAVAILABLE',
      `Gold cannot be published: see the warnings of this pipeline, and the space and rights of ${this.#folder} and of the lake`,
      { cause: this.#lastError }
    )
  }

  /** Tells whether much more is waiting to be kept. */
  catchingUp(isCatchingUp: boolean): void {
    this.#isCatchingUp = isCatchingUp
  }

  /** Sets the gauge of what analysts do not see yet; called before what was kept is committed, too. */
  tellUnseen(): void {
    const unpublished = this.#isStale ? Math.max(1, this.#unpublishedDays) : 0
    this.#context.metrics.gauge(unseenDays, this.#state.waiting.count() + unpublished)
  }

  /** Publishes what was kept, and what Silver still writes, and stops. */
  async close(): Promise<void> {
    this.#stop.abort()
    await this.#done
    await silverWritersClosed(silverEndsMs)
    await this.#attempt({ isLast: true })
    this.#engine.close()
  }

  async #run(): Promise<void> {
    const { signal } = this.#stop
    const pauseMs = this.#context.settings.number(goldSettings.publishMs)
    while (!signal.aborted) {
      const begunAt = performance.now()
      await this.#attempt()
      const workMs = performance.now() - begunAt
      const restMs = Math.max(workMs * restPerWork, this.#isCatchingUp ? catchingUpMs : 0)
      const waitMs = this.#isDrained ? Math.max(pauseMs - workMs, restMs) : restMs
      await wait(waitMs, undefined, { signal }).catch(() => undefined)
    }
  }

  /** One round. The lake may be out of reach: figures go on reaching analysts. */
  async #attempt({ isLast = false } = {}): Promise<void> {
    const isDue = (at: number) => isLast || performance.now() >= at
    const isWhole = isLast && (await this.#watch.lookAtAll())
    if (!isLast) this.#watch.begin()
    const isPublished = await this.#guarded('Gold was not published', async () => {
      await this.#updateWork(isDue(this.#viewsDueAt) && this.#silver.isNew)
      const isOld = isDue(this.#heartbeatDueAt)
      if ((this.#isStale || isOld) && isDue(this.#publishDueAt))
        await this.#publish({ isLast: isWhole && this.#isDrained })
    })
    this.#fresh.tell()
    this.#failures = isPublished ? 0 : this.#failures + 1
    this.tellUnseen()
    if (isDue(this.#filesDueAt))
      await this.#guarded('Gold files were not written', () => this.#writeFiles({ isLast }))
  }

  async #guarded(what: string, action: () => Promise<void>): Promise<boolean> {
    const { log, metrics } = this.#context
    try {
      await action()
      return true
    } catch (error) {
      this.#lastError = error
      metrics.count('gold_publish_failures_total')
      log.warn({ err: error }, `${what}; trying again`)
      return false
    }
  }

  async #updateWork(areViewsDue: boolean): Promise<void> {
    const begunAt = Date.now()
    if (!this.#state.waiting.any() && !areViewsDue && this.#isReady) {
      this.#fresh.computed(begunAt)
      return
    }
    const { connection } = this.#engine
    await this.#withWork(async () => {
      if (!this.#isReady) await createGoldTables(connection)
      this.#isReady = true
      const { days, offsets } = await refresh(this.#state, this.#engine, { maxMs: refreshMs })
      this.#isDrained = offsets !== null
      if (offsets) {
        await storeOffsets(connection, offsets)
        this.#fresh.computed(begunAt)
      }
      await this.#tellUncomputed()
      if (areViewsDue) await this.#writeSilver()
      this.#isStale = true
      this.#unpublishedDays += days
      this.#context.metrics.count('gold_days_computed_total', days)
    })
  }

  /** What cannot be computed is said in the log, in the database and by a gauge. */
  async #tellUncomputed(): Promise<void> {
    const list = this.#state.uncomputed()
    const text = JSON.stringify(list)
    if (text === this.#uncomputed) return
    await storeUncomputed(this.#engine.connection, list)
    this.#uncomputed = text
    this.#context.metrics.gauge(uncomputedDays, list.length)
    if (list.length === 0) return
    const error = new CourantError(
      'GOLD_UNCOMPUTABLE',
      `The figures of ${list.length} users' days cannot be computed; quality.uncomputed lists them, and all others go on`,
      { details: { reasons: [...new Set(list.map(({ reason }) => reason))] } }
    )
    this.#context.log.error({ err: error }, 'some days have no figures')
  }

  /** Views over many files take their time, and figures wait for it: the longer it takes, the more seldom. */
  async #writeSilver(): Promise<void> {
    const begunAt = performance.now()
    await this.#silver.writeTo(this.#engine.connection, 'gold')
    const tookMs = performance.now() - begunAt
    this.#viewsDueAt = performance.now() + Math.min(tookMs * restPerViews, this.#boundMs / 8)
  }

  async #publish({ isLast }: { readonly isLast: boolean }): Promise<void> {
    const begunAt = performance.now()
    const { metrics, now, settings } = this.#context
    const shown = await this.#fresh.facts()
    await this.#withWork(() =>
      writeFreshness(this.#engine.connection, 'gold', {
        list: shown,
        boundSeconds: this.#boundMs / 1000,
        isLast
      })
    )
    await publishDatabase(workFile(this.#folder), publishedAs(settings))
    this.#isStale = false
    this.#unpublishedDays = 0
    this.#fresh.published(shown)
    const tookMs = performance.now() - begunAt
    this.#publishDueAt = performance.now() + tookMs * restPerPublication
    // Also when nothing is new, which is news, too: by then the next look at each table has ended.
    this.#heartbeatDueAt = performance.now() + this.#boundMs / 4
    metrics.count('gold_publications_total')
    metrics.gauge('gold_publish_seconds', tookMs / 1000)
    metrics.gauge('gold_published_at_seconds', now().getTime() / 1000)
  }

  /** A long history is written in rounds, between which figures have their turn; while many of these wait, it is in no hurry. */
  async #writeFiles({ isLast }: { readonly isLast: boolean }): Promise<void> {
    const { metrics, settings } = this.#context
    const begunAt = performance.now()
    this.#filesDueAt = begunAt + settings.number(goldSettings.parquetMs)
    if (this.#state.pendingDays().length === 0) return
    await this.#withWork(async () => {
      const { results, isThrough } = await this.#files.write({ maxMs: filesMs[isLast ? 'last' : 'next'] })
      reportQuality(this.#context, results)
      metrics.gauge('gold_set_aside', await countSetAside(this.#engine.connection))
      const now = performance.now()
      if (!isThrough && this.#isDrained && !this.#isCatchingUp)
        this.#filesDueAt = now + (now - begunAt) * restPerPublication
    })
  }

  #withWork<T>(action: () => Promise<T>): Promise<T> {
    return withAttached(this.#engine.connection, { file: workFile(this.#folder), name: 'gold' }, action)
  }
}
