import { delayOf } from './catalogue.ts'
import { mapAtOnce } from '../runtime/loop/map-at-once.ts'
import type { Connection } from './connection.ts'
import type { KafkaAdmin, KafkaClient, PartitionOffsets, TopicOffset } from './kafka/port.ts'
import { placeOf } from './log/repeats.ts'

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

/** Of how many groups the first unread records are read at a time. */
const groupsAtOnce = 4

/** A group and the topics it reads. */
export interface ReadingGroup {
  readonly group: string
  readonly topics: readonly string[]
}

interface Commits {
  /** The next offset by place. */
  readonly next: ReadonlyMap<string, number>
  readonly members: number
}

/**
 * The lag of groups on every partition of their topics, now, in the order of the groups; rejected where it cannot be
 * told. One administrator asks one thing after the other, as a topic that is missing spoils what is asked beside it.
 * Ends are asked for once a topic, after all commits, so that no lag is too small.
 */
export async function sampleLags(
  { kafka }: Connection,
  groups: readonly ReadingGroup[],
  signal: AbortSignal
): Promise<readonly PromiseSettledResult<readonly LagSample[]>[]> {
  const [opened] = await Promise.allSettled([kafka.admin()])
  if (opened.status === 'rejected') return groups.map(() => opened)
  const admin = opened.value
  try {
    const commits = await oneByOne(groups, signal, (group) => commitsOf(group, admin))
    const names = [...new Set(groups.flatMap(({ topics }) => topics))]
    const ends = await oneByOne(names, signal, (topic) => admin.offsets(topic))
    const endsOf = new Map(names.map((name, index) => [name, ends[index]]))
    const now = Date.now()
    const samples = async ({ topics }: ReadingGroup, index: number) => {
      const partitions = topics.flatMap((topic) => valueOf(endsOf.get(topic)))
      return samplesOf(partitions, valueOf(commits[index]), { kafka, now, signal })
    }
    const sampled = await mapAtOnce([...groups.entries()], groupsAtOnce, ([index, group]) =>
      Promise.allSettled([samples(group, index)])
    )
    return sampled.flat()
  } finally {
    await admin.close()
  }
}

async function commitsOf({ group, topics }: ReadingGroup, admin: KafkaAdmin): Promise<Commits> {
  const committed = await admin.committed(group, topics)
  const next = new Map(committed.map((at) => [placeOf(at), at.offset]))
  return { next, members: await admin.members(group) }
}

function samplesOf(
  partitions: readonly PartitionOffsets[],
  { next, members }: Commits,
  { kafka, now, signal }: { kafka: KafkaClient; now: number; signal: AbortSignal }
): Promise<LagSample[]> {
  return Promise.all(
    partitions.map(async ({ topic, partition, low, high }) => {
      const committed = next.get(placeOf({ topic, partition })) ?? null
      const records = recordsBehind(committed, { low, high })
      const from = { topic, partition, offset: Math.max(low, committed ?? low) }
      const ageMs = records === 0 ? 0 : await ageOfFirst(kafka, from, { now, signal })
      const sample = { topic, partition, sampledAt: now, committed, members }
      const delayMs = delayOf(topic)
      // What is not due yet waits as it should: nobody is behind.
      if (delayMs > 0 && ageMs !== null && ageMs < delayMs) return { ...sample, records: 0, ageMs: 0 }
      return { ...sample, records, ageMs: ageMs && ageMs - delayMs }
    })
  )
}

async function oneByOne<T, R>(
  all: readonly T[],
  signal: AbortSignal,
  ask: (one: T) => Promise<R>
): Promise<PromiseSettledResult<R>[]> {
  const answers: PromiseSettledResult<R>[] = []
  for (const one of all) {
    const asking = signal.aborted ? Promise.reject(signal.reason as Error) : ask(one)
    answers.push(...(await Promise.allSettled([asking])))
  }
  return answers
}

function valueOf<T>(settled: PromiseSettledResult<T> | undefined): T {
  if (settled?.status === 'fulfilled') return settled.value
  throw settled?.reason
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
