import { Batcher } from '../runtime/loop/batcher.ts'
import type { CourantError } from '../runtime/errors.ts'
import type { Item } from '../runtime/pipeline.ts'
import { writeBatch } from '../runtime/loop/write-batch.ts'
import { LogWriter, type WriterContext } from '../topics/log/log-writer.ts'
import type { Topic } from '../topics/topic.ts'
import { acknowledgeMs } from './within.ts'

/** More would not fit one request to the broker well. */
const maxItems = 500

/**
 * Writes single items of many requests to one topic: those that arrive while a send is under way share the next one,
 * in the order of their arrival.
 */
export class SharedWriter<T> {
  readonly #batcher: Batcher<Item<T>, CourantError | null>

  constructor(topic: Topic<T>, context: WriterContext) {
    const writer = new LogWriter(topic, context)
    this.#batcher = new Batcher({
      maxItems,
      maxAtOnce: 1,
      async work(items) {
        const signal = AbortSignal.timeout(acknowledgeMs)
        const write = (some: readonly Item<unknown>[]) => writer.write(some as readonly Item<T>[], { signal })
        const refused = new Map(
          (await writeBatch(write, items)).map(({ item, error }) => [item, error] as const)
        )
        return items.map((item) => refused.get(item) ?? null)
      }
    })
  }

  /** Resolves once all in-sync replicas have the item; one whose signal is aborted before its turn is not written. */
  async write(item: Item<T>, signal: AbortSignal): Promise<void> {
    const error = await this.#batcher.ask(item, signal)
    if (error) throw error
  }
}
