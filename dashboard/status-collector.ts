import type { MetricsRegistry } from '../runtime/observability.ts'
import type { AnyPipeline } from '../runtime/pipeline.ts'
import type { PipelineStatus } from '../runtime/loop/run-all.ts'
import { Figures } from '../topics/health/figures.ts'
import { type PipelineHealth, worstFirst } from '../topics/health/health.ts'
import { type HealthWatch, waitingLetters } from '../topics/health/health-watch.ts'
import type { LagBook } from '../topics/health/lag-book.ts'
import type { StatedHealth, StatusBoard } from '../topics/health/status-board.ts'
import type { PipelineView, StatusView } from './status.ts'

export interface StatusSources {
  readonly pipelines: readonly AnyPipeline[]
  readonly status: readonly PipelineStatus[]
  readonly metrics: MetricsRegistry
  readonly health: HealthWatch
  readonly book: LagBook
  /** What other processes say. */
  readonly board: StatusBoard
}

/** However many people look, it is reckoned no more often. */
const askEveryMs = 1500

/** A rate over longer than this says nothing of now; who looks again two seconds later is told one that does. */
const longestRateMs = 60_000

/** Gathers what the operator page shows from the runner, the metrics and what Kafka told last; waits for no server. */
export class StatusCollector {
  readonly #sources: StatusSources
  /** What the next rates are reckoned from: first the start, when nothing had been written. */
  #last: StatusView = { at: new Date(), pipelines: [] }
  #gathering: Promise<StatusView> | null = null

  constructor(sources: StatusSources) {
    this.#sources = sources
  }

  /** The status now, or a moment ago. */
  view(): Promise<StatusView> {
    this.#sources.book.want()
    const age = Date.now() - this.#last.at.getTime()
    // A clock that was set back makes it look younger than it is.
    if (this.#last.pipelines.length > 0 && age >= 0 && age < askEveryMs) return Promise.resolve(this.#last)
    this.#gathering ??= this.#gather().finally(() => {
      this.#gathering = null
    })
    return this.#gathering
  }

  async #gather(): Promise<StatusView> {
    const { metrics, health } = this.#sources
    const at = new Date()
    const all = await health.look(at)
    const figures = await Figures.read(metrics)
    const own = all.map((one) => this.#viewOf(one, figures, at))
    this.#last = { at, pipelines: inOrder([...own, ...this.#elsewhere(all, at)]) }
    return this.#last
  }

  /** What runs in other processes, and what runs here and there where it is not well there. */
  #elsewhere(own: readonly PipelineHealth[], at: Date): PipelineView[] {
    const names = new Set(own.map(({ name }) => name))
    return [...this.#sources.board.stated(at).values()]
      .filter(({ health: { name, level } }) => !names.has(name) || level !== 'keepsUp')
      .map(viewElsewhere)
  }

  #viewOf(health: PipelineHealth, figures: Figures, at: Date): PipelineView {
    const { pipelines, status, book } = this.#sources
    const { name } = health
    const running = status.find((one) => one.name === name)
    const written = figures.sum('items_written_total', name)
    const lag = book.of(name)
    return {
      name,
      state: running?.state ?? 'stopped',
      elsewhere: null,
      health,
      read: figures.sum('items_read_total', name),
      written,
      held: figures.max('items_held', name),
      rejected: figures.sum('items_rejected_total', name),
      deadLetters: Math.max(figures.sum(waitingLetters, name), this.#unasked(name, figures)),
      perSecond: rateSince(this.#last, { name, written, at }),
      readsTopics: pipelines.some((one) => one.name === name && one.reads.length > 0),
      lag: lag?.records ?? null,
      lagSeconds: lag?.seconds ?? null,
      lagAskedAt: lag?.askedAt ?? null,
      lastBatchAt: running?.lastBatchAt ?? null
    }
  }

  /** Before Kafka told how many letters wait, those of this process are all that is known. */
  #unasked(name: string, figures: Figures): number {
    return figures.has(waitingLetters, name) ? 0 : figures.sum('dead_letters_total', name)
  }
}

/** Another process's figures are on its own page. */
const viewElsewhere = ({ health, process, saidAt }: StatedHealth): PipelineView => ({
  name: health.name,
  state: null,
  elsewhere: { process, saidAt },
  health,
  read: null,
  written: null,
  held: null,
  rejected: null,
  deadLetters: null,
  perSecond: null,
  readsTopics: true,
  lag: null,
  lagSeconds: null,
  lagAskedAt: null,
  lastBatchAt: null
})

/** Worst first, whoever runs them. */
function inOrder(views: readonly PipelineView[]): readonly PipelineView[] {
  const order = new Map(worstFirst(views.map(({ health }) => health)).map((health, n) => [health, n]))
  return views.toSorted((a, b) => (order.get(a.health) ?? 0) - (order.get(b.health) ?? 0))
}

/** Items a second; null when nobody has looked for long. */
function rateSince(before: StatusView, now: { name: string; written: number; at: Date }): number | null {
  const here = before.pipelines.find(({ name, elsewhere }) => name === now.name && elsewhere === null)
  const earlier = here?.written ?? 0
  const ms = now.at.getTime() - before.at.getTime()
  return ms > longestRateMs ? null : ((now.written - earlier) / ms) * 1000
}
