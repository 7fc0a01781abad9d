import type { MetricsRegistry } from '../runtime/observability.ts'
import type { AnyPipeline } from '../runtime/pipeline.ts'
import type { Stage } from '../systems/system.ts'

export interface StageFigures extends Record<string, string | number | null> {
  readonly stage: string
  /** Rows written; of the cleaning without what takes the place of rejected ones, which the stages after it have, too. */
  readonly rows: number
  readonly rejected: number
  /** What was written for rejected rows, so that an earlier version of them is no longer current. */
  readonly withdrawn: number
  readonly dead: number
  /** From the start of the run until the stage last wrote anything. */
  readonly seconds: number
  readonly 'rows/s': number | null
}

const of = (sums: ReadonlyMap<string, number> | undefined, stage: string): number => sums?.get(stage) ?? 0

/** Watches what each stage of a sample's way has done since it was made. */
export class StageWatch {
  readonly #stages: readonly Stage[]
  readonly #metrics: MetricsRegistry
  readonly #stageOf: ReadonlyMap<string, string>
  readonly #startedAt = performance.now()
  readonly #lastChange = new Map<string, { rows: number; atMs: number }>()

  constructor(stages: readonly Stage[], pipelines: readonly AnyPipeline[], metrics: MetricsRegistry) {
    this.#stages = stages
    this.#metrics = metrics
    this.#stageOf = new Map(
      pipelines.map((pipeline) => [pipeline.name, stages.find(({ has }) => has(pipeline))?.name ?? 'other'])
    )
  }

  /** What each stage has done so far. */
  async look(): Promise<readonly StageFigures[]> {
    const [written, rejected, withdrawn, dead] = await Promise.all(
      ['items_written_total', 'items_rejected_total', 'items_withdrawn_total', 'dead_letters_total'].map(
        (name) => this.#sums(name)
      )
    )
    return this.#stages.map(({ name }) => {
      const rows = of(written, name)
      const last = this.#lastChange.get(name)
      const atMs = last?.rows === rows ? last.atMs : performance.now()
      this.#lastChange.set(name, { rows, atMs })
      const seconds = Math.round((atMs - this.#startedAt) / 100) / 10
      return {
        stage: name,
        rows,
        rejected: of(rejected, name),
        withdrawn: of(withdrawn, name),
        dead: of(dead, name),
        seconds,
        'rows/s': rows > 0 && seconds > 0 ? Math.round(rows / seconds) : null
      }
    })
  }

  async #sums(metric: string): Promise<Map<string, number>> {
    const found = await this.#metrics.registry.getSingleMetric(`courant_${metric}`)?.get()
    const sums = new Map<string, number>()
    for (const { labels, value } of found?.values ?? []) {
      const stage = this.#stageOf.get(String(labels['pipeline'])) ?? 'other'
      sums.set(stage, (sums.get(stage) ?? 0) + value)
    }
    return sums
  }
}
