import type { MetricsRegistry } from '../../runtime/observability.ts'
import type { AnyPipeline } from '../../runtime/pipeline.ts'
import type { PipelineState, PipelineStatus } from '../../runtime/loop/run-all.ts'
import type { Settings } from '../../runtime/settings.ts'
import { Figures } from './figures.ts'
import { healthLevels, healthOf, type Notice, type PipelineHealth, worstFirst } from './health.ts'
import type { LagBook } from './lag-book.ts'
import { type Promises, promisesOf } from './promise.ts'

/** How old what analysts see of a table may be, in seconds, as Gold tells it; health says so once it is over the promise. */
const shownBehind = 'analytics_age_seconds'

/** Letters that nobody has replayed or dismissed. */
export const waitingLetters = 'dead_letters_waiting'

export interface HealthSources {
  readonly pipelines: readonly AnyPipeline[]
  readonly status: readonly PipelineStatus[]
  readonly metrics: MetricsRegistry
  readonly settings: Settings
  readonly book: LagBook
}

/** Knows the health of the pipelines of this process. */
export class HealthWatch {
  readonly #sources: HealthSources
  readonly #promises: Promises
  readonly #states = new Map<string, { readonly state: PipelineState; readonly since: Date }>()

  constructor(sources: HealthSources) {
    this.#sources = sources
    this.#promises = promisesOf(sources.settings)
  }

  /** The health of each now, worst first; never waits for a server. */
  async look(now = new Date()): Promise<readonly PipelineHealth[]> {
    const figures = await Figures.read(this.#sources.metrics)
    return worstFirst(this.#sources.pipelines.map((pipeline) => this.#healthOf(pipeline, { figures, now })))
  }

  /** Puts what is so now in the metrics: `health` as 0 (keeps up), 1 (unknown), 2 (behind), 3 (stands still) or 4 (fails). */
  async publish(): Promise<readonly PipelineHealth[]> {
    const all = await this.look()
    for (const { name, level, promiseSeconds } of all) {
      const metrics = this.#sources.metrics.of(name)
      metrics.gauge('health', healthLevels.length - 1 - healthLevels.indexOf(level))
      metrics.gauge('lag_promise_seconds', promiseSeconds)
    }
    return all
  }

  #healthOf({ name, reads }: AnyPipeline, { figures, now }: { figures: Figures; now: Date }): PipelineHealth {
    const status = this.#sources.status.find((one) => one.name === name)
    const state = status?.state ?? 'starting'
    const promiseSeconds = this.#promises(name)
    const facts = {
      name,
      state,
      since: this.#since(name, state, now),
      error: status?.error ?? status?.waitingOn ?? null,
      restartAt: status?.restartAt ?? null,
      lastBatchAt: status?.lastBatchAt ?? null,
      readsTopics: reads.length > 0,
      lag: this.#sources.book.of(name),
      held: figures.max('items_held', name),
      promiseSeconds,
      notices: noticesOf(name, figures, promiseSeconds)
    }
    return healthOf(facts, now)
  }

  #since(name: string, state: PipelineState, now: Date): Date {
    const known = this.#states.get(name)
    if (known?.state === state) return known.since
    this.#states.set(name, { state, since: now })
    return now
  }
}

const counted = {
  deletesRefused: 'deletes_refused',
  deadLetters: waitingLetters,
  notComputed: 'gold_uncomputed_days'
} as const satisfies Partial<Record<Notice['kind'], string>>

function noticesOf(name: string, figures: Figures, promiseSeconds: number): Notice[] {
  const kinds = Object.entries(counted) as [keyof typeof counted, string][]
  const notices: Notice[] = kinds
    .map(([kind, gauge]) => ({ kind, count: figures.sum(gauge, name) }))
    .filter(({ count }) => count > 0)
  const seconds = figures.max(shownBehind, name)
  return seconds > promiseSeconds ? [...notices, { kind: 'shownBehind', seconds }] : notices
}
