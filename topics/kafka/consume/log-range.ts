import { CourantError } from '../../../runtime/errors.ts'
import { topicsOf } from './group-member.ts'
import type { Cluster } from '../admin/kafkajs-cluster.ts'
import type { PartitionOffsets, TopicOffset, TopicPartition } from '../port.ts'

/** The first and the next offset of each partition's log, as committed readers see it. */
export async function logRanges(
  cluster: Cluster,
  partitions: readonly TopicPartition[]
): Promise<PartitionOffsets[]> {
  const topics = topicsOf(partitions, ({ partition }) => ({ partition }))
  // The low end is asked last: asked first, a deletion between the two could make a range that never was.
  const ends = await cluster.fetchTopicsOffset(topics.map((topic) => ({ ...topic, fromBeginning: false })))
  const starts = await cluster.fetchTopicsOffset(topics.map((topic) => ({ ...topic, fromBeginning: true })))
  const lows = new Map(starts.flatMap(flat).map((at) => [`${at.topic}/${at.partition}`, at.offset]))
  return ends.flatMap(flat).map(({ topic, partition, offset }) => ({
    topic,
    partition,
    low: lows.get(`${topic}/${partition}`) ?? 0,
    high: offset
  }))
}

/**
 * Throws OFFSET_LOST when a position lies outside its log. Kafka's clients jump to an end of the log instead, and
 * kafkajs even commits the jump: records would be skipped and nobody told.
 */
export function refuseLost(position: TopicOffset, range: PartitionOffsets): void {
  if (position.offset >= range.low && position.offset <= range.high) return
  const where = `${position.topic}/${position.partition}`
  throw new CourantError(
    'OFFSET_LOST',
    `Position ${position.offset} of ${where} lies outside the log (${range.low} to ${range.high}): ` +
      'records were deleted before they were read, or the topic was made anew',
    { details: { ...position, low: range.low, high: range.high } }
  )
}

const flat = (of: { topic: string; partitions: { partition: number; offset: string }[] }): TopicOffset[] =>
  of.partitions.map(({ partition, offset }) => ({ topic: of.topic, partition, offset: Number(offset) }))
