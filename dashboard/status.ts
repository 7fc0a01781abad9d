import type { PipelineState } from '../runtime/loop/run-all.ts'
import type { PipelineHealth } from '../topics/health/health.ts'

/** One pipeline as the operator page shows it. Null means unknown, which is not zero. */
export interface PipelineView {
  readonly name: string
  /** Null where another process runs it. */
  readonly state: PipelineState | null
  /** Which other process runs it, and when that said how it is; null of what runs here. */
  readonly elsewhere: { readonly process: string; readonly saidAt: Date } | null
  /** Whether it does what is promised of it, and why not. */
  readonly health: PipelineHealth
  readonly read: number | null
  /** Written for good: what its sink keeps in memory is not among it. */
  readonly written: number | null
  /** Taken by its sink and not durable yet. */
  readonly held: number | null
  readonly rejected: number | null
  /** Letters that nobody has replayed or dismissed. */
  readonly deadLetters: number | null
  /** Items written a second since somebody looked last, or since the start. */
  readonly perSecond: number | null
  /** False of a producer, which reads no topic and so cannot lag in one. */
  readonly readsTopics: boolean
  /** Records in its topics that it has not committed, as Kafka told last. */
  readonly lag: number | null
  /** Age of the first record it has not committed, as Kafka told last. */
  readonly lagSeconds: number | null
  /** When Kafka told that. */
  readonly lagAskedAt: Date | null
  readonly lastBatchAt: Date | null
}

export interface StatusView {
  readonly at: Date
  /** Worst first. */
  readonly pipelines: readonly PipelineView[]
}
