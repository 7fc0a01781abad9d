import { existsSync, mkdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { CourantError } from '../../runtime/errors.ts'
import type { Context } from '../../runtime/pipeline.ts'
import { objectStoreFor } from '../../runtime/object-store/object-store-for.ts'
import { reportQuality } from '../lake/quality.ts'
import { withAttached } from '../warehouse/attached-database.ts'
import { publishDatabase } from '../warehouse/publish-database.ts'
import { SilverCatalogue } from '../warehouse/silver-catalogue.ts'
import { GoldFiles } from './gold-files.ts'
import { countSetAside, createGoldTables, storeOffsets, storeUncomputed } from './gold-tables.ts'
import { ModelEngine } from './model-engine.ts'
import { definitionsHash } from './models.ts'
import { loadRates } from './rates.ts'
import { refresh } from './refresh.ts'
import { goldSettings } from './settings.ts'
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

/** The same of looking into the lake and showing what is new there, which is in no hurry. */
const restPerLook = 20

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
  readonly #files: GoldFiles
  readonly #folder: string
  readonly #stop = new AbortController()
  readonly #done: Promise<void>
  #failures = 0
  #lastError: unknown
  #isReady = false
  #isStale = true
  #isSilverNew = false
  #looking: Promise<void> | null = null
  #isCatchingUp = false
  /** What could not be computed when that was told last, as JSON. */
  #uncomputed = ''
  /** Computed since the last publication. */
  #unpublishedDays = 0
  #isDrained = true
  #publishDueAt = 0
  #silverDueAt = 0
  #filesDueAt = 0

  static async open(context: Context, state: GoldState): Promise<GoldPublisher> {
    const { settings } = context
    const folder = settings.text(goldSettings.dir)
    mkdirSync(folder, { recursive: true })
    const rates = loadRates(settings)
    state.useDefinitions(definitionsHash(rates))
    // Somebody removed it; all it had can be computed from what was kept.
    if (!existsSync(workFile(folder))) state.computeEverything()
    const store = await objectStoreFor(settings)
    const engine = await ModelEngine.open(folder, rates)
    const silver = new SilverCatalogue(store, {
      folder: join(folder, 'silver'),
      graceMs: settings.number(goldSettings.graceMs)
    })
    const files = new GoldFiles(engine.connection, { store, state })
    return new GoldPublisher({ context, state, engine, silver, files, folder })
  }

  private constructor(parts: {
    context: Context
    state: GoldState
    engine: ModelEngine
    silver: SilverCatalogue
    files: GoldFiles
    folder: string
  }) {
    this.#context = parts.context
    this.#state = parts.state
    this.#engine = parts.engine
    this.#silver = parts.silver
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

  /** Publishes what was kept and stops. */
  async close(): Promise<void> {
    this.#stop.abort()
    await this.#done
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
    this.#looking ??= isDue(this.#silverDueAt) && !this.#isSilverNew ? this.#lookForSilver() : null
    if (isLast) await this.#looking
    const isPublished = await this.#guarded('Gold was not published', async () => {
      await this.#updateWork()
      if (this.#isStale && isDue(this.#publishDueAt)) await this.#publish()
    })
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

  async #updateWork(): Promise<void> {
    if (!this.#state.waiting.any() && !this.#isSilverNew && this.#isReady) return
    const { connection } = this.#engine
    await this.#withWork(async () => {
      if (!this.#isReady) await createGoldTables(connection)
      this.#isReady = true
      const { days, offsets } = await refresh(this.#state, this.#engine, { maxMs: refreshMs })
      this.#isDrained = offsets !== null
      if (offsets) await storeOffsets(connection, offsets)
      await this.#tellUncomputed()
      if (this.#isSilverNew) await this.#writeSilver()
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
    this.#isSilverNew = false
    const tookMs = performance.now() - begunAt
    this.#silverDueAt = Math.max(this.#silverDueAt, performance.now() + tookMs * restPerLook)
  }

  async #publish(): Promise<void> {
    const begunAt = performance.now()
    const { metrics, now, settings } = this.#context
    await publishDatabase(workFile(this.#folder), resolve(settings.text(goldSettings.analyticsPath)))
    this.#isStale = false
    this.#unpublishedDays = 0
    const tookMs = performance.now() - begunAt
    this.#publishDueAt = performance.now() + tookMs * restPerPublication
    metrics.count('gold_publications_total')
    metrics.gauge('gold_publish_seconds', tookMs / 1000)
    metrics.gauge('gold_published_at_seconds', now().getTime() / 1000)
  }

  /** The lake is looked at beside the figures, which must not wait for it, and the more seldom the longer that takes. */
  async #lookForSilver(): Promise<void> {
    const begunAt = performance.now()
    const pauseMs = this.#context.settings.number(goldSettings.silverMs)
    await this.#guarded('Silver was not looked at', async () => {
      this.#isSilverNew = await this.#silver.update()
    })
    const tookMs = performance.now() - begunAt
    this.#silverDueAt = performance.now() + Math.max(pauseMs, tookMs * restPerLook)
    this.#looking = null
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
