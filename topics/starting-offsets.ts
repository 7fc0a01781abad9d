import type { StoredOffsets } from '../runtime/pipeline.ts'
import type { Generations } from './generations.ts'
import type { AssignedPartition, TopicOffset } from './kafka/port.ts'
import type { Repeats } from './repeats.ts'

interface Start {
  readonly stored: StoredOffsets | undefined
  /** Of a sink whose data says which topics it is of. */
  readonly generations: Generations
  readonly repeats: Repeats
}

/**
 * Where to read newly assigned partitions from, in place of what the group committed: what the sink has stored with its
 * data goes first, and a reader that drops repeats begins a window's length before its start. Throws TOPIC_REPLACED.
 */
export async function startingOffsets(
  partitions: readonly AssignedPartition[],
  { stored, generations, repeats }: Start
): Promise<readonly TopicOffset[]> {
  const starts: TopicOffset[] = []
  for (const [topic, ofTopic] of Map.groupBy(partitions, (at) => at.topic)) {
    const next = await stored?.nextOffsets(
      topic,
      ofTopic.map(({ partition }) => partition)
    )
    const id = ofTopic[0]?.topicId ?? null
    const isBehind = ofTopic.some(
      ({ partition, high, committed }) => (next?.get(partition) ?? committed ?? 0) > high
    )
    await generations.settle({ topic, id, isBehind })
    for (const at of ofTopic) {
      const own = next?.get(at.partition)
      // Of what was stored from a topic before this one, nothing says where to begin but the log itself.
      const offset = own === undefined ? at.committed : (generations.toLog(topic, own) ?? at.low)
      if (own === undefined && repeats.size === 0) continue
      // Also where nothing is committed yet: what was read of it before is read again.
      starts.push(repeats.begin({ topic, partition: at.partition, offset: offset ?? at.low }, at.low))
    }
  }
  return starts
}
