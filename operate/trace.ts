import { CourantError } from '../runtime/errors.ts'
import { mapAtOnce } from '../runtime/loop/map-at-once.ts'
import type { Connection } from '../topics/connection.ts'
import { browse } from './browse.ts'
import type { ReadableTopic, ShownRecord } from './shown-record.ts'
import { withAdmin } from '../topics/kafka/admin/with-admin.ts'

/** One key through every topic. */
export interface Traced {
  /** In the order they were produced. */
  readonly records: readonly ShownRecord[]
  /** Topics whose newest records only were looked through. */
  readonly inPart: readonly string[]
  /** Topics that could not be asked, or are not there. */
  readonly unknown: readonly string[]
}

const topicsAtOnce = 4
const recordsOfTopic = 50

/** Finds the records of a business key in these topics, by time; of each topic only the key's partition is read. */
export async function trace(
  key: string,
  topics: readonly ReadableTopic[],
  { connection, signal }: { readonly connection: Connection; readonly signal: AbortSignal }
): Promise<Traced> {
  const there = new Set(
    (await withAdmin(connection.kafka, (admin) => admin.topics())).map(({ name }) => name)
  )
  const found = await mapAtOnce(topics, topicsAtOnce, async (topic) => {
    // Asked of what is not there, brokers are given time to make it.
    if (!there.has(topic.name)) return null
    try {
      return await browse(topic, connection, {
        sought: { by: 'key', key },
        limit: recordsOfTopic,
        signal
      })
    } catch (error) {
      // One topic that is not there, or may not be read, must not hide the others.
      if (error instanceof CourantError || signal.aborted) return null
      throw error
    }
  })
  const named = (has: (one: (typeof found)[number]) => boolean) =>
    topics.filter((_, index) => has(found[index] ?? null)).map(({ name }) => name)
  return {
    records: found
      .flatMap((one) => one?.records ?? [])
      .sort((a, b) => a.at.getTime() - b.at.getTime() || a.topic.localeCompare(b.topic)),
    inPart: named((one) => one?.isWhole === false),
    unknown: named((one) => one === null)
  }
}
