import type { Connection } from '../connection.ts'
import { deadLetterTopic } from '../catalogue.ts'
import { deadLetterHeaders, lastOffsetHeader, leftOutHeader } from '../headers.ts'
import {
  isSettled,
  lastOfOldest,
  letterProgress,
  type LetterProgress,
  type OffsetRange,
  settle,
  waitingIn
} from './letter-progress.ts'
import type { KafkaRecord } from '../kafka/port.ts'
import { withAdmin } from '../kafka/admin/with-admin.ts'

/** Where a dead letter was read. */
interface LetterSource {
  readonly topic: string
  readonly partition: number
  readonly offset: number
  /** Present where the letter is a whole batch, as it lies in the log. */
  readonly lastOffset?: number
}

/** A record, or a batch that could not be read, that was set aside, and why. */
export interface DeadLetter {
  readonly record: KafkaRecord
  /** Where it was read; null when it is a row that never was in a topic. */
  readonly source: LetterSource | null
  readonly stage: string
  readonly code: string
  readonly message: string
  /** How many bytes its value had, when it was too large even for the dead-letter topic; null when the value is there. */
  readonly leftOutBytes: number | null
}

/** How much of a pipeline's dead letters waits to be replayed. */
export interface DeadLetterCount {
  readonly pipeline: string
  readonly kept: number
  readonly waiting: number
}

/** Which letters are meant. */
export type Only = (letter: DeadLetter) => boolean

/** What lies in every dead-letter topic of these pipelines that exists. */
export async function countDeadLetters(
  pipelines: readonly string[],
  { kafka }: Connection
): Promise<readonly DeadLetterCount[]> {
  return withAdmin(kafka, async (admin) => {
    const existing = new Set((await admin.topics()).map(({ name }) => name))
    const counts: DeadLetterCount[] = []
    for (const pipeline of pipelines) {
      if (!existing.has(deadLetterTopic(pipeline).name)) continue
      const progress = await letterProgress(pipeline, admin)
      counts.push({ pipeline, kept: progress.high - progress.low, waiting: waitingIn(progress) })
    }
    return counts
  })
}

/** The letters of a pipeline that wait to be replayed, oldest first. */
export async function* waitingLetters(
  pipeline: string,
  { kafka }: Connection,
  { limit, signal, only = () => true }: { limit: number; signal: AbortSignal; only?: Only }
): AsyncGenerator<DeadLetter> {
  const progress = await withAdmin(kafka, (admin) => letterProgress(pipeline, admin))
  if (waitingIn(progress) === 0 || limit <= 0) return
  const from = { topic: deadLetterTopic(pipeline).name, partition: 0, offset: progress.next }
  let given = 0
  for await (const record of kafka.read(from, { signal })) {
    const letter = letterOf(record)
    if (isSettled(record.offset, progress) || !only(letter)) continue
    yield letter
    if (++given >= limit) return
  }
}

/**
 * Has a pipeline's oldest letters wait no longer, or those of them that are meant, without sending them; gives how many.
 * They stay in their topic.
 */
export async function dismiss(
  pipeline: string,
  connection: Connection,
  { limit, only }: { readonly limit: number; readonly only?: Only }
): Promise<number> {
  return withAdmin(connection.kafka, async (admin) => {
    const before = await letterProgress(pipeline, admin)
    const ranges = only ? await placesOf(pipeline, connection, { limit, only }) : oldest(before, limit)
    if (ranges.length === 0) return 0
    await settle(pipeline, ranges, admin)
    if (only) return ranges.length
    return waitingIn(before) - waitingIn(await letterProgress(pipeline, admin))
  })
}

function oldest(progress: LetterProgress, limit: number): OffsetRange[] {
  const last = lastOfOldest(progress, limit)
  return last === null ? [] : [[progress.next, last]]
}

async function placesOf(
  pipeline: string,
  connection: Connection,
  { limit, only }: { readonly limit: number; readonly only: Only }
): Promise<OffsetRange[]> {
  const signal = AbortSignal.timeout(readMs)
  const ranges: OffsetRange[] = []
  for await (const { record } of waitingLetters(pipeline, connection, { limit, signal, only }))
    ranges.push([record.offset, record.offset])
  signal.throwIfAborted()
  return ranges
}

/** How long looking for the letters that are meant may take. */
const readMs = 60_000

function letterOf(record: KafkaRecord): DeadLetter {
  const text = (name: string) => record.headers[name]?.toString()
  const topic = text(deadLetterHeaders.topic)
  const leftOut = text(leftOutHeader)
  const lastOffset = text(lastOffsetHeader)
  return {
    record,
    source: topic
      ? {
          topic,
          partition: Number(text(deadLetterHeaders.partition)),
          offset: Number(text(deadLetterHeaders.offset)),
          ...(lastOffset !== undefined && { lastOffset: Number(lastOffset) })
        }
      : null,
    stage: text(deadLetterHeaders.stage) ?? '',
    code: text(deadLetterHeaders.exceptionClass) ?? '',
    message: text(deadLetterHeaders.exceptionMessage) ?? '',
    leftOutBytes: leftOut === undefined ? null : Number(leftOut)
  }
}
