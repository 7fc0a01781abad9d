import { CourantError } from '../../runtime/errors.ts'
import type { Connection } from '../connection.ts'
import { withAdmin } from '../kafka/admin/with-admin.ts'
import type { CommittedOffset, KafkaAdmin, TopicPartition } from '../kafka/port.ts'
import { placeOf } from '../log/repeats.ts'

/** Records of a partition that a pipeline passes, because somebody said so. */
export interface Skip extends TopicPartition {
  readonly from: number
  /** The last of them. */
  readonly to: number
  readonly reason: string
}

/**
 * The group that keeps a pipeline's skips, one a partition, as Kafka keeps offsets: the next offset, and a note with the
 * rest. Every reader asks it as its partitions are assigned, one whose sink keeps its own offsets too.
 */
export const skipGroup = (pipeline: string) => `${pipeline}.skipped`

/** What a group's note may hold in Kafka is 4,096 bytes. */
const longestReason = 500

/** A pipeline's skips by partition. */
export async function skipsOf(
  pipeline: string,
  topics: readonly string[],
  admin: KafkaAdmin
): Promise<ReadonlyMap<string, Skip>> {
  const kept = await admin.committed(skipGroup(pipeline), topics)
  return new Map(kept.flatMap((at) => skipIn(at)).map((skip) => [placeOf(skip), skip]))
}

function skipIn({ topic, partition, offset, note = '' }: CommittedOffset): Skip[] {
  try {
    const { from, reason } = JSON.parse(note) as { from: unknown; reason: unknown }
    if (Number.isSafeInteger(from) && typeof reason === 'string')
      return [{ topic, partition, from: Number(from), to: offset - 1, reason }]
  } catch {
    // Somebody committed for the group by hand: that says nothing of a range.
  }
  return []
}

/** Has a pipeline pass records from when its partitions are assigned next. */
export async function saveSkip(pipeline: string, skip: Skip, admin: KafkaAdmin): Promise<void> {
  const { topic, partition, from, to, reason } = skip
  const note = JSON.stringify({ from, reason: reason.slice(0, longestReason) })
  await admin.setCommitted(skipGroup(pipeline), [{ topic, partition, offset: to + 1, note }])
}

/** A pipeline's skips, as its reader asks for them; none where it may not ask. */
export async function skipsFor(
  pipeline: string,
  topics: readonly string[],
  { kafka }: Connection
): Promise<ReadonlyMap<string, Skip>> {
  return withAdmin(kafka, async (admin) => {
    try {
      return await skipsOf(pipeline, topics, admin)
    } catch (error) {
      // Rights that were given before there were skips do not name this group.
      if (error instanceof CourantError && error.code === 'TOPICS_REFUSED') return new Map()
      throw error
    }
  })
}
