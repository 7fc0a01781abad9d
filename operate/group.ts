import type { Connection } from '../topics/connection.ts'
import { withAdmin } from '../topics/kafka/admin/with-admin.ts'
import { type LagSample, sampleLags } from '../topics/lag.ts'
import { placeOf } from '../topics/log/repeats.ts'

/** How far a consumer group has got in a partition. Null is unknown, or never: it is not zero. */
interface GroupPartition {
  readonly topic: string
  readonly partition: number
  readonly committed: number | null
  readonly low: number
  readonly end: number
  readonly lag: number
  /** Age of the first record that is not committed. */
  readonly seconds: number | null
}

export interface GroupView {
  readonly group: string
  readonly members: number
  readonly partitions: readonly GroupPartition[]
}

/** A group on every partition of the topics, as Kafka tells it now. Rejects with TOPIC_MISSING or TOPICS_UNAVAILABLE. */
export async function viewGroup(
  group: string,
  topics: readonly string[],
  { connection, signal }: { readonly connection: Connection; readonly signal: AbortSignal }
): Promise<GroupView> {
  const [sampled] = await sampleLags(connection, [{ group, topics }], signal)
  if (sampled?.status === 'rejected') throw sampled.reason
  const samples = sampled?.value ?? []
  return withAdmin(connection.kafka, async (admin) => {
    const ends = new Map(
      (await Promise.all(topics.map((topic) => admin.offsets(topic))))
        .flat()
        .map((at) => [placeOf(at), at] as const)
    )
    const members = samples[0]?.members ?? (await admin.members(group))
    const partitions = samples.flatMap((sample) => {
      const at = ends.get(placeOf(sample))
      return at ? [partitionOf(sample, at)] : []
    })
    return { group, members, partitions }
  })
}

const partitionOf = (
  { topic, partition, committed, records, ageMs }: LagSample,
  { low, high }: { readonly low: number; readonly high: number }
): GroupPartition => ({
  topic,
  partition,
  committed,
  low,
  end: high,
  lag: records,
  seconds: ageMs === null ? null : ageMs / 1000
})
