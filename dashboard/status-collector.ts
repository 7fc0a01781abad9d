import { within } from '../edge/within.ts'
import { CourantError } from '../runtime/errors.ts'
import type { MetricsRegistry } from '../runtime/observability.ts'
import type { AnyPipeline } from '../runtime/pipeline.ts'
import type { PipelineStatus } from '../runtime/run-all.ts'
import type { Settings } from '../runtime/settings.ts'
import { connectionFor } from '../topics/connection.ts'
import { type LagSample, sampleLags } from '../topics/lag.ts'
import type { PipelineView, StatusView } from './status.ts'

export interface StatusSources {
  readonly pipelines: readonly AnyPipeline[]
  readonly status: readonly PipelineStatus[]
  readonly metrics: MetricsRegistry
  readonly settings: Settings
  /** How long the page waits for Kafka before it shows a lag as unknown. */
  readonly answerWithinMs?: number
}

/** However many people look, the brokers are asked no more often. */
const askEveryMs = 1500

/** A rate over longer than this says nothing of now; who looks again two seconds later is told one that does. */
const longestRateMs = 60_000

/** Gathers what the operator page shows from the runner, the metrics and Kafka. */
export class StatusCollector {
  readonly #sources: StatusSources
  /** What the next rates are reckoned from: first the start, when nothing had been written. */
  #last: StatusView = { at: new Date(), pipelines: [] }
  #asking: Promise<StatusView> | null = null

  constructor(sources: StatusSources) {
    this.#sources = sources
  }

  /** The status now, or a moment ago. */
  view(): Promise<StatusView> {
    if (this.#last.pipelines.length > 0 && Date.now() - this.#last.at.getTime() < askEveryMs)
      return Promise.resolve(this.#last)
    this.#asking ??= this.#gather().finally(() => {
      this.#asking = null
    })
    return this.#asking
  }

  async #gather(): Promise<StatusView> {
    const { pipelines, status } = this.#sources
    const counts = new Counts(this.#sources.metrics)
    await counts.read()
    const lags = await this.#lags()
    const at = new Date()
    const before = this.#last
    const views = pipelines.map(({ name, reads }): PipelineView => {
      const written = counts.of('items_written_total', name)
      return {
        name,
        ...runningView(status.find((one) => one.name === name)),
        read: counts.of('items_read_total', name),
        written,
        rejected: counts.of('items_rejected_total', name),
        deadLetters: counts.of('dead_letters_total', name),
        perSecond: rateSince(before, { name, written, at }),
        readsTopics: reads.length > 0,
        ...(lags.get(name) ?? { lag: null, lagSeconds: null })
      }
    })
    this.#last = { at, pipelines: views }
    return this.#last
  }

  /** By pipeline; absent where Kafka does not say: unknown is not zero. */
  async #lags(): Promise<ReadonlyMap<string, Pick<PipelineView, 'lag' | 'lagSeconds'>>> {
    const groups = this.#sources.pipelines
      .filter(({ reads }) => reads.length > 0)
      .map(({ name, reads }) => ({ group: name, topics: reads }))
    const { settings, answerWithinMs = 5000 } = this.#sources
    const ask = (signal: AbortSignal) => sampleLags(connectionFor(settings), groups, signal)
    const sampled = await within(answerWithinMs, ask).catch(() => [])
    const lags = new Map<string, Pick<PipelineView, 'lag' | 'lagSeconds'>>()
    for (const [index, { group }] of groups.entries()) {
      const result = sampled[index]
      if (result?.status !== 'fulfilled') continue
      const lag = result.value.reduce((sum, { records }) => sum + records, 0)
      lags.set(group, { lag, lagSeconds: oldestSeconds(result.value) })
    }
    return lags
  }
}

function oldestSeconds(samples: readonly LagSample[]): number | null {
  const ages = samples.map(({ ageMs }) => ageMs)
  return ages.includes(null) ? null : Math.max(0, ...ages.map(Number)) / 1000
}

function runningView(
  status: PipelineStatus | undefined
): Pick<PipelineView, 'state' | 'lastBatchAt' | 'error'> {
  if (!status) return { state: 'stopped', lastBatchAt: null, error: null }
  const { state, lastBatchAt } = status
  const error = status.waitingOn ?? status.error
  return { state, lastBatchAt, error: error === null ? null : nameOf(error) }
}

function nameOf(error: unknown): string {
  if (error instanceof CourantError) return error.code
  return error instanceof Error ? error.name : 'error'
}

/** Items a second; null when nobody has looked for long. */
function rateSince(before: StatusView, now: { name: string; written: number; at: Date }): number | null {
  const earlier = before.pipelines.find(({ name }) => name === now.name)?.written ?? 0
  const ms = now.at.getTime() - before.at.getTime()
  return ms > longestRateMs ? null : ((now.written - earlier) / ms) * 1000
}

/** Counters by pipeline, their other labels added up. */
class Counts {
  readonly #metrics: MetricsRegistry
  readonly #sums = new Map<string, number>()

  constructor(metrics: MetricsRegistry) {
    this.#metrics = metrics
  }

  async read(): Promise<void> {
    for (const metric of await this.#metrics.registry.getMetricsAsJSON())
      for (const { labels, value } of metric.values as { labels: Record<string, string>; value: number }[]) {
        const place = `${metric.name} ${labels['pipeline']}`
        this.#sums.set(place, (this.#sums.get(place) ?? 0) + value)
      }
  }

  of(metric: string, pipeline: string): number {
    return this.#sums.get(`courant_${metric} ${pipeline}`) ?? 0
  }
}
