import type { Context, Item, Spec, WriteOptions, Writer } from '../../runtime/pipeline.ts'
import { connectionSettings } from '../connection.ts'
import type { Topic } from '../topic.ts'

/** One of several topics for each value, as `topicOf` says. */
export function routed<T>(topics: readonly Topic<T>[], topicOf: (value: T) => Topic<T>) {
  const names = topics.map(({ name }) => name)
  return {
    names,
    writer: (): Spec<Writer<T>> => ({
      describe: `topics ${names.join(', ')}`,
      settings: connectionSettings,
      open: async (context) => new RoutedWriter(await opened(topics, context), topicOf)
    })
  }
}

async function opened<T>(
  topics: readonly Topic<T>[],
  context: Context
): Promise<ReadonlyMap<Topic<T>, Writer<T>>> {
  const writers = topics.map(async (topic) => [topic, await topic.writer().open(context)] as const)
  return new Map(await Promise.all(writers))
}

class RoutedWriter<T> implements Writer<T> {
  readonly #writers: ReadonlyMap<Topic<T>, Writer<T>>
  readonly #topicOf: (value: T) => Topic<T>

  constructor(writers: ReadonlyMap<Topic<T>, Writer<T>>, topicOf: (value: T) => Topic<T>) {
    this.#writers = writers
    this.#topicOf = topicOf
  }

  async write(items: readonly Item<T>[], options: WriteOptions): Promise<void> {
    for (const [topic, some] of Map.groupBy(items, ({ value }) => this.#topicOf(value))) {
      const writer = this.#writers.get(topic)
      if (!writer) throw new Error(`${topic.name} is none of the topics that are written`)
      await writer.write(some, options)
    }
  }

  async close(): Promise<void> {
    for (const writer of this.#writers.values()) await writer.close()
  }
}
