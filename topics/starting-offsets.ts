import type { StoredOffsets } from '../runtime/pipeline.ts'
import type { KafkaAdmin, KafkaClient, TopicOffset, TopicPartition } from './kafka/port.ts'
import { placeOf, type Repeats } from './repeats.ts'

interface Start {
  readonly kafka: KafkaClient
  readonly group: string
  readonly stored: StoredOffsets | undefined
  readonly repeats: Repeats
}

/**
 * Where to read newly assigned partitions from, in place of what the group committed: what the sink has stored with its
 * data goes first, and a reader that drops repeats begins a window's length before its start.
 */
export async function startingOffsets(
  partitions: readonly TopicPartition[],
  { kafka, group, stored, repeats }: Start
): Promise<readonly TopicOffset[]> {
  const own = stored ? await storedOffsets(partitions, stored) : []
  if (repeats.size === 0) return own
  const admin = await kafka.admin()
  try {
    const starts = [...own, ...(await committedOffsets(partitions, { admin, group, known: own }))]
    const lows = await lowOffsets(partitions, admin)
    return starts.map((at) => repeats.begin(at, lows.get(placeOf(at)) ?? 0))
  } finally {
    await admin.close()
  }
}

async function storedOffsets(
  partitions: readonly TopicPartition[],
  stored: StoredOffsets
): Promise<TopicOffset[]> {
  const found: TopicOffset[] = []
  for (const [topic, numbers] of numbersByTopic(partitions)) {
    const next = await stored.nextOffsets(topic, numbers)
    for (const [partition, offset] of next) found.push({ topic, partition, offset })
  }
  return found
}

async function committedOffsets(
  partitions: readonly TopicPartition[],
  { admin, group, known }: { admin: KafkaAdmin; group: string; known: readonly TopicOffset[] }
): Promise<readonly TopicOffset[]> {
  const wanted = new Set(partitions.map(placeOf))
  for (const at of known) wanted.delete(placeOf(at))
  if (wanted.size === 0) return []
  const committed = await admin.committed(group, [...numbersByTopic(partitions).keys()])
  return committed.filter((at) => wanted.has(placeOf(at)))
}

async function lowOffsets(
  partitions: readonly TopicPartition[],
  admin: KafkaAdmin
): Promise<Map<string, number>> {
  const pages = await Promise.all([...numbersByTopic(partitions).keys()].map((topic) => admin.offsets(topic)))
  return new Map(pages.flat().map((at) => [placeOf(at), at.low]))
}

function numbersByTopic(partitions: readonly TopicPartition[]): Map<string, number[]> {
  const byTopic = new Map<string, number[]>()
  for (const { topic, partition } of partitions)
    byTopic.set(topic, [...(byTopic.get(topic) ?? []), partition])
  return byTopic
}
