import type { Settings } from '../../runtime/settings.ts'
import { connectionFor } from '../../topics/connection.ts'
import { decoder } from '../../topics/registry/codec.ts'
import type { Topic } from '../../topics/topic.ts'

/** A decoded record with its place; tombstones are left out. */
export interface TopicEntry<T> {
  readonly key: string
  readonly value: T
  readonly partition: number
  readonly offset: number
}

/** Everything that lies in a topic now, partition by partition, outside any consumer group. */
export async function readTopic<T>(topic: Topic<T>, settings: Settings): Promise<TopicEntry<T>[]> {
  const { kafka, registry } = connectionFor(settings)
  const decode = decoder<T>(topic.type, { registry, topic: topic.name })
  const admin = await kafka.admin()
  const entries: TopicEntry<T>[] = []
  try {
    for (const { partition, low } of await admin.offsets(topic.name)) {
      const from = { topic: topic.name, partition, offset: low }
      for await (const { key, value, offset } of kafka.read(from, { signal: AbortSignal.timeout(60_000) }))
        if (value !== null) entries.push({ key: String(key), value: await decode(value), partition, offset })
    }
  } finally {
    await admin.close()
  }
  return entries
}
