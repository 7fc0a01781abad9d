import type { Settings } from '../../runtime/settings.ts'
import { connectionFor } from '../../topics/connection.ts'
import { perGeneration } from '../../topics/generations.ts'
import { withAdmin } from '../../topics/kafka/admin/with-admin.ts'
import type { PartitionOffsets } from '../../topics/kafka/port.ts'

/** How far topics go; of one that Kafka does not tell, nothing. */
export type TopicEnds = (
  topics: readonly string[]
) => Promise<ReadonlyMap<string, readonly PartitionOffsets[]>>

/** Asks Kafka. */
export function kafkaEnds(settings: Settings): TopicEnds {
  return async (topics) => {
    const ends = new Map<string, readonly PartitionOffsets[]>()
    await withAdmin(connectionFor(settings).kafka, async (admin) => {
      for (const topic of topics) {
        // One that is missing is not asked for by whoever reads it, either.
        const found = await admin.offsets(topic).catch(() => null)
        if (found) ends.set(topic, found)
      }
    })
    return ends
  }
}

/** Records of a topic from the next offset of each partition, as a sink has it, to the ends; null where these are not known. */
export function recordsFrom(
  next: ReadonlyMap<number, number>,
  ends: readonly PartitionOffsets[] | undefined
): number | null {
  if (!ends) return null
  return ends.reduce((sum, { partition, low, high }) => {
    const own = (next.get(partition) ?? 0) % perGeneration
    return sum + Math.max(0, high - Math.max(low, own))
  }, 0)
}
