import type { PipelineState } from '../runtime/run-all.ts'

/** One pipeline as the operator page shows it. Null means unknown, which is not zero. */
export interface PipelineView {
  readonly name: string
  readonly state: PipelineState
  readonly read: number
  readonly written: number
  readonly rejected: number
  readonly deadLetters: number
  /** Items written a second since somebody looked last, or since the start. */
  readonly perSecond: number | null
  /** False of a producer, which reads no topic and so cannot lag in one. */
  readonly readsTopics: boolean
  /** Records in its topics that it has not committed. */
  readonly lag: number | null
  /** Age of the first record it has not read. */
  readonly lagSeconds: number | null
  readonly lastBatchAt: Date | null
  /** Code or name of the error that ended it or that it waits out, never its data. */
  readonly error: string | null
}

export interface StatusView {
  readonly at: Date
  readonly pipelines: readonly PipelineView[]
}
