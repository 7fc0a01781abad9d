import type { Lease } from '../../runtime/lease.ts'
import type { Batch, Context, LogItem, Reader, ReadRequest, Spec } from '../../runtime/pipeline.ts'
import { connectionSettings } from '../connection.ts'
import { Draw, type Lane } from './draw.ts'
import { confirmNewTopic } from '../generations.ts'
import { type LogBatch, LogReader } from './log-reader.ts'
import { confirmGap } from './starting-offsets.ts'
import type { Topic } from '../topic.ts'
import { Unfinished } from './unfinished.ts'

/** A topic that a workbench draws from. */
export interface Drawn<T> {
  readonly topic: Topic<T>
  /** Its share while all have something; 1 when absent. */
  readonly weight?: number
}

interface BenchOptions {
  readonly group: string
  readonly agesInMs: number
}

/**
 * Topics that a workbench draws from as one consumer group: one record at a time, by weight, ended in any order.
 * `agesInMs` is how long an item waits for its topic to weigh twice as much.
 */
export function drawnFrom<T>(drawn: readonly Drawn<T>[], { agesInMs }: Pick<BenchOptions, 'agesInMs'>) {
  const topics = drawn.map(({ topic }) => topic.name)
  return {
    topics,
    reader: (group: string): Spec<Reader<T, LogItem<T>>> => ({
      describe: `topic ${topics.join(', ')}`,
      settings: [...connectionSettings, confirmNewTopic, confirmGap],
      open: async (context) => new BenchReader(drawn, { group, agesInMs, context })
    })
  }
}

class BenchReader<T> implements Reader<T, LogItem<T>> {
  readonly waits = true
  readonly anyOrder = true
  readonly #reader: LogReader<T>
  readonly #draw: Draw
  readonly #now: () => Date
  readonly #unfinished = new Unfinished()
  /** Of the partitions as they were dealt last. */
  #lease: Lease | undefined

  constructor(
    drawn: readonly Drawn<T>[],
    { group, agesInMs, context }: BenchOptions & { readonly context: Context }
  ) {
    const lanes = drawn.map(({ topic, weight = 1 }): Lane => ({ topic: topic.name, weight }))
    const delays = new Map(drawn.map(({ topic }) => [topic.name, topic.delayMs ?? 0]))
    const topics = drawn.map(({ topic }) => topic)
    this.#draw = new Draw(lanes, agesInMs)
    this.#now = context.now
    const wanted = () => ({ prefer: this.#draw.order(), delays })
    this.#reader = new LogReader(topics, { group, repeatWindow: 0, context, wanted })
  }

  async read(request: ReadRequest): Promise<LogBatch<T>> {
    const batch = await this.#reader.read({ ...request, limit: 1 })
    if (batch.lease !== this.#lease) this.#unfinished.forget()
    this.#lease = batch.lease
    this.#unfinished.handedOut(batch.next)
    for (const item of [...batch.items, ...(batch.failures ?? []).map((failure) => failure.item)])
      if ('topic' in item) this.#draw.drawn(String(item.topic), this.#now().getTime() - item.at.getTime())
    return batch
  }

  commit(batch: Batch<T>): Promise<void> {
    const ended = batch as LogBatch<T>
    return this.#reader.commit({ ...ended, next: this.#unfinished.finished(ended.next) } as LogBatch<T>)
  }

  close(): Promise<void> {
    return this.#reader.close()
  }
}
