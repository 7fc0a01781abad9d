import type { Connection } from './connection.ts'
import type { KafkaClient, PartitionOffsets, TopicOffset } from './kafka/port.ts'
import { placeOf } from './repeats.ts'

/** How far a group is behind on a partition at a moment. Unknown is null: neither zero nor a huge number. */
export interface LagSample {
  readonly topic: string
  readonly partition: number
  /** Milliseconds since the epoch. */
  readonly sampledAt: number
  /** The next offset the group wants, as committed; null when it never committed. */
  readonly committed: number | null
  /** Records in the log that are not committed. */
  readonly records: number
  /** Age of the first unread record, by when it was produced; 0 when there is none; null when it was not read. */
  readonly ageMs: number | null
  /** How many consumers are in the group. */
  readonly members: number
}

/** Whether a group keeps up, worst last, as Burrow names it (linkedin/Burrow, "Consumer Lag Evaluation Rules"). */
export const lagStatuses = ['UNKNOWN', 'OK', 'WARN', 'STALL', 'STOP', 'REWIND'] as const
export type LagStatus = (typeof lagStatuses)[number]

/** Lag of a partition, never below zero: the end moves on between the two questions. */
export function recordsBehind(
  committed: number | null,
  { low, high }: Pick<PartitionOffsets, 'low' | 'high'>
): number {
  return Math.max(0, high - Math.max(low, committed ?? low))
}

/**
 * The status of one partition over a window of samples, oldest first, without thresholds: the lag was zero once → OK;
 * the offset went back → REWIND; nothing committed over the whole window → STOP when nobody is in the group to do it,
 * else STALL; the lag never went down → WARN.
 */
export function partitionStatus(window: readonly LagSample[]): LagStatus {
  if (window.some(({ records }) => records === 0)) return 'OK'
  const last = window.at(-1)
  if (!last || window.length < 2) return 'UNKNOWN'
  const offsets = window.map(({ committed }) => committed ?? -1)
  if (pairs(offsets).some(([before, after]) => after < before)) return 'REWIND'
  if (offsets[0] === offsets.at(-1)) return last.members === 0 ? 'STOP' : 'STALL'
  const lags = window.map(({ records }) => records)
  return pairs(lags).every(([before, after]) => after >= before) ? 'WARN' : 'OK'
}

/** A group is as bad as its worst partition. */
export function worstStatus(statuses: readonly LagStatus[]): LagStatus {
  const worst = Math.max(-1, ...statuses.map((status) => lagStatuses.indexOf(status)))
  return lagStatuses[worst] ?? 'UNKNOWN'
}

const pairs = (numbers: readonly number[]) =>
  numbers.slice(1).map((after, index) => [numbers[index] ?? after, after] as const)

/** The lag of a group on every partition of its topics, now. Commits are read before ends, so that it is never too small. */
export async function sampleLag(
  { kafka }: Connection,
  { group, topics, signal }: { group: string; topics: readonly string[]; signal: AbortSignal }
): Promise<readonly LagSample[]> {
  const admin = await kafka.admin()
  try {
    const committed = new Map((await admin.committed(group, topics)).map((at) => [placeOf(at), at.offset]))
    const members = await admin.members(group)
    const partitions = (await Promise.all(topics.map((topic) => admin.offsets(topic)))).flat()
    const sampledAt = Date.now()
    return await Promise.all(
      partitions.map(async ({ topic, partition, low, high }): Promise<LagSample> => {
        const next = committed.get(placeOf({ topic, partition })) ?? null
        const records = recordsBehind(next, { low, high })
        const from = { topic, partition, offset: Math.max(low, next ?? low) }
        const ageMs = records === 0 ? 0 : await ageOfFirst(kafka, from, { now: sampledAt, signal })
        return { topic, partition, sampledAt, committed: next, records, ageMs, members }
      })
    )
  } finally {
    await admin.close()
  }
}

/** Null when nothing is left there: compaction or retention took the record in the meantime. */
async function ageOfFirst(
  kafka: KafkaClient,
  from: TopicOffset,
  { now, signal }: { now: number; signal: AbortSignal }
): Promise<number | null> {
  for await (const record of kafka.read(from, { limit: 1, signal }))
    return Math.max(0, now - record.timestamp)
  return null
}

/** The last samples of each partition of a group, and what they say. */
export class LagWindow {
  readonly #size: number
  readonly #samples = new Map<string, LagSample[]>()

  constructor(size = 10) {
    this.#size = size
  }

  add(samples: readonly LagSample[]): void {
    for (const sample of samples) {
      const place = placeOf(sample)
      this.#samples.set(place, [...(this.#samples.get(place) ?? []), sample].slice(-this.#size))
    }
  }

  /** The status of a topic of the group, or of all of them. */
  status(topic?: string): LagStatus {
    const windows = [...this.#samples.values()].filter(
      ([first]) => topic === undefined || first?.topic === topic
    )
    return worstStatus(windows.map(partitionStatus))
  }
}
