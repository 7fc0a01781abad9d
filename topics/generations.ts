import { CourantError } from '../runtime/errors.ts'
import type { Context, StoredTopic, StoredTopics } from '../runtime/pipeline.ts'
import type { Setting } from '../runtime/settings.ts'
import type { TopicOffset } from './kafka/port.ts'

export const confirmNewTopic: Setting = {
  env: 'COURANT_CONFIRM_NEW_TOPIC',
  describe: 'Sinks that may go on with topics that were made anew, separated by commas; what they have stays',
  default: ''
}

/**
 * Offsets of a generation begin at this, times its number, in what a sink stores: the first digits of the 16 in a file
 * name of the lake. A log has fewer records, and 2^53 has room for 900 generations.
 */
export const perGeneration = 10 ** 13

/** What is seen of a topic when partitions of it are assigned. */
export interface SeenTopic {
  readonly topic: string
  /** Null where Kafka has no ids of topics. */
  readonly id: string | null
  /** True when the position lies beyond the log, so that it is a lost one, or another topic's. */
  readonly isBehind: boolean
}

/**
 * The topics that a sink's data is of. A topic that is made anew begins at offset 0 again, where a sink would drop its
 * records as known ones; so it is refused, or, confirmed, its offsets are counted on after those of the one before.
 */
export class Generations {
  readonly #context: Context
  readonly #topics: StoredTopics | undefined
  readonly #numbers = new Map<string, number>()

  constructor(context: Context, topics?: StoredTopics) {
    this.#context = context
    this.#topics = topics
  }

  /** The offset that a sink stores for one in the log. */
  toStored(topic: string, offset: number): number {
    return offset + (this.#numbers.get(topic) ?? 0) * perGeneration
  }

  /** The offsets that a sink stores, by partition. */
  allToStored(topic: string, offsets: readonly TopicOffset[]): ReadonlyMap<number, number> {
    return new Map(offsets.map(({ partition, offset }) => [partition, this.toStored(topic, offset)]))
  }

  /** The offset in the log for one that a sink has stored; null when it was stored of a topic before this one. */
  toLog(topic: string, stored: number): number | null {
    const offset = stored - (this.#numbers.get(topic) ?? 0) * perGeneration
    return offset < 0 ? null : offset
  }

  /** Throws TOPIC_REPLACED for a topic that is not the one the sink has data of, unless that is confirmed. */
  async settle(seen: SeenTopic): Promise<void> {
    const known = (await this.#topics?.load(seen.topic)) ?? null
    const next = this.#next(known, seen)
    if (next !== null && (next.id !== known?.id || next.generation !== known.generation))
      await this.#topics?.save(seen.topic, next)
    this.#numbers.set(seen.topic, (next ?? known)?.generation ?? 0)
  }

  /** What is to be known from now on; null when nothing can be said yet. */
  #next(known: StoredTopic | null, { topic, id, isBehind }: SeenTopic): StoredTopic | null {
    if (id === null || known?.id === id) return known
    if (this.#isConfirmed()) return { id, generation: (known?.generation ?? 0) + 1 }
    // Of data from before ids were kept: its topic, unless its offsets say otherwise, which the port then reports.
    if (known === null) return isBehind ? null : { id, generation: 0 }
    throw this.#replaced(topic, { id, before: known.id })
  }

  #isConfirmed(): boolean {
    const names = this.#context.settings.text(confirmNewTopic).split(',')
    return names.some((name) => name.trim() === this.#context.pipeline)
  }

  #replaced(topic: string, ids: { readonly id: string; readonly before: string }): CourantError {
    const { pipeline } = this.#context
    return new CourantError(
      'TOPIC_REPLACED',
      `${topic} is not the topic that the data of ${pipeline} is of (its id is ${ids.id}, not ${ids.before}): it was deleted and made anew, or this is another Kafka. Nothing was read of it. If that is meant, start once with ${confirmNewTopic.env}=${pipeline}: what is stored stays, and the new topic is read from its beginning`,
      { details: { topic, ...ids } }
    )
  }
}
