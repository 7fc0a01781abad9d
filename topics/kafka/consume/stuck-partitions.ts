import { CourantError } from '../../../runtime/errors.ts'
import type { TopicPartition } from '../port.ts'

/** So many answers at least: a process that was frozen between two of them has tried nothing. */
const fewestAnswers = 5

interface Place {
  readonly offset: number
  since: number
  /** Answers that brought nothing. */
  answers: number
}

/**
 * Notices partitions that have records for us of which none comes although a broker answers: a damaged batch, or a
 * broker that keeps back what it says it has. An outage never counts: nobody answers then, and it is waited out.
 */
export class StuckPartitions {
  readonly #longestMs: number
  readonly #places = new Map<string, Place>()

  constructor(longestMs: number) {
    this.#longestMs = longestMs
  }

  /** Told of each answer, once it is taken in; throws LOG_UNREADABLE when there have been enough without progress. */
  answered(
    at: TopicPartition & { readonly fetchAt: number },
    told: { end: number; damage: Error | null }
  ): void {
    const key = `${at.topic}/${at.partition}`
    const place = this.#places.get(key)
    if (place?.offset !== at.fetchAt || told.end <= at.fetchAt) {
      this.#places.set(key, { offset: at.fetchAt, since: 0, answers: 0 })
      return
    }
    if (place.answers++ === 0) place.since = performance.now()
    const stuckMs = performance.now() - place.since
    if (place.answers < fewestAnswers || stuckMs < this.#longestMs) return
    const why = told.damage?.message ?? 'the broker gives nothing of it'
    throw new CourantError(
      'LOG_UNREADABLE',
      `${key} cannot be read at offset ${at.fetchAt} (${why}), tried for ${Math.round(stuckMs / 1000)} s: nothing was skipped, see LOG_UNREADABLE in the runbook`,
      { details: { topic: at.topic, partition: at.partition, offset: at.fetchAt } }
    )
  }
}
