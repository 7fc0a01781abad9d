import { setTimeout as wait } from 'node:timers/promises'
import { CourantError } from '../runtime/errors.ts'
import { deadLetterTopic } from './catalogue.ts'
import type { Connection } from './connection.ts'
import {
  deadLetterHeaders,
  keyHeader,
  lastOffsetHeader,
  leftOutHeader,
  replayedFrom,
  replayedFromHeader
} from './headers.ts'
import { partitionFor } from './kafka/partitioner.ts'
import type { KafkaAdmin, KafkaRecord, OutgoingRecord } from './kafka/port.ts'

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

export interface ReplayOptions {
  readonly signal: AbortSignal
  readonly isDryRun: boolean
  /** Records sent a second, so that the pipeline keeps up with its live records. */
  readonly perSecond: number
  /** At most this many letters. */
  readonly limit: number
  /** What the pipeline reads: what a letter says it came from is believed of these only. */
  readonly topics: readonly string[]
}

export interface ReplayReport {
  /** Records sent, or that would be sent, by topic. */
  readonly byTopic: ReadonlyMap<string, number>
  /** Rows that never were in a topic: they cannot be sent back to one, and go on waiting. */
  readonly unsendable: number
  /** Letters whose value was left out as too large: they go on waiting, too. */
  readonly leftOut: readonly DeadLetter[]
  /** Whole batches that could not be read: sent again, they would be no better. */
  readonly batches: readonly DeadLetter[]
  /** Letters that name a topic which the pipeline does not read: who wrote them was no pipeline. */
  readonly foreign: readonly DeadLetter[]
  /** Letters after the first of these, which wait with it. */
  readonly behind: number
}

/** The group under which a pipeline's replay keeps how far it has got. */
const replayGroup = (pipeline: string) => `${deadLetterTopic(pipeline).name}.replay`

/** What lies in every dead-letter topic of these pipelines that exists. */
export async function countDeadLetters(
  pipelines: readonly string[],
  { kafka }: Connection
): Promise<readonly DeadLetterCount[]> {
  const admin = await kafka.admin()
  try {
    const existing = new Set((await admin.topics()).map(({ name }) => name))
    const counts: DeadLetterCount[] = []
    for (const pipeline of pipelines) {
      if (!existing.has(deadLetterTopic(pipeline).name)) continue
      const { low, high, next } = await progressOf(pipeline, admin)
      counts.push({ pipeline, kept: high - low, waiting: high - next })
    }
    return counts
  } finally {
    await admin.close()
  }
}

/** The letters of a pipeline that wait to be replayed, oldest first. */
export async function* waitingLetters(
  pipeline: string,
  { kafka }: Connection,
  { limit, signal }: { limit: number; signal: AbortSignal }
): AsyncGenerator<DeadLetter> {
  const admin = await kafka.admin()
  const { high, next } = await progressOf(pipeline, admin)
  await admin.close()
  if (next >= high || limit <= 0) return
  const from = { topic: deadLetterTopic(pipeline).name, partition: 0, offset: next }
  for await (const record of kafka.read(from, { limit, signal })) yield letterOf(record)
}

/**
 * Sends a pipeline's dead letters back to where they were read: the same bytes, key and id; only that pipeline reads
 * them again. How far it got is committed after each batch, so that a second replay begins behind it; so it ends
 * before the first letter that cannot be sent, which would count as replayed. An aborted signal ends it between batches.
 */
export async function replay(
  pipeline: string,
  connection: Connection,
  options: ReplayOptions
): Promise<ReplayReport> {
  const { signal, perSecond, limit, isDryRun } = options
  const admin = await connection.kafka.admin()
  const sender = new Sender(pipeline, connection, { admin, topics: options.topics })
  const pauseMs = 100
  const batchSize = Math.max(1, Math.floor((perSecond * pauseMs) / 1000))
  let batch: DeadLetter[] = []
  const settle = async () => {
    const due = signal.aborted ? [] : batch
    batch = []
    if (due.length === 0) return
    await sender.send(due, { signal, isDryRun })
    if (!isDryRun) await wait((due.length * 1000) / perSecond, undefined, { signal }).catch(() => undefined)
  }
  try {
    for await (const letter of waitingLetters(pipeline, connection, { limit, signal })) {
      if (sender.mustWait(letter)) continue
      batch.push(letter)
      if (batch.length >= batchSize) await settle()
    }
    await settle()
    return sender
  } finally {
    await admin.close()
  }
}

/** Has a pipeline's oldest letters wait no longer, without sending them; gives how many. They stay in their topic. */
export async function dismiss(
  pipeline: string,
  { kafka }: Connection,
  { limit }: { readonly limit: number }
): Promise<number> {
  const admin = await kafka.admin()
  try {
    const { high, next } = await progressOf(pipeline, admin)
    const offset = Math.min(high, next + limit)
    if (offset > next)
      await admin.setCommitted(replayGroup(pipeline), [
        { topic: deadLetterTopic(pipeline).name, partition: 0, offset }
      ])
    return offset - next
  } finally {
    await admin.close()
  }
}

/** What a replay needs to know of a topic it sends to. */
interface Target {
  readonly partitions: number
  readonly isCompacted: boolean
}

class Sender implements ReplayReport {
  readonly byTopic = new Map<string, number>()
  readonly leftOut: DeadLetter[] = []
  readonly batches: DeadLetter[] = []
  readonly foreign: DeadLetter[] = []
  unsendable = 0
  behind = 0
  readonly #pipeline: string
  readonly #connection: Connection
  readonly #admin: KafkaAdmin
  readonly #topics: ReadonlySet<string>
  #targets: ReadonlyMap<string, Target> | undefined

  constructor(
    pipeline: string,
    connection: Connection,
    { admin, topics }: { readonly admin: KafkaAdmin; readonly topics: readonly string[] }
  ) {
    this.#pipeline = pipeline
    this.#connection = connection
    this.#admin = admin
    this.#topics = new Set(topics)
  }

  /** Whether a letter cannot be sent, or comes after one that cannot; counts it then. */
  mustWait(letter: DeadLetter): boolean {
    const { source, leftOutBytes } = letter
    // Sent without its value, it would be a tombstone.
    if (leftOutBytes !== null) this.leftOut.push(letter)
    else if (letter.record.unreadable || source?.lastOffset !== undefined) this.batches.push(letter)
    else if (source === null) this.unsendable++
    else if (!this.#topics.has(source.topic)) this.foreign.push(letter)
    else if (this.#isHeldUp) this.behind++
    return this.#isHeldUp
  }

  get #isHeldUp(): boolean {
    return this.unsendable + this.leftOut.length + this.batches.length + this.foreign.length > 0
  }

  async send(
    letters: readonly DeadLetter[],
    { signal, isDryRun }: { signal: AbortSignal; isDryRun: boolean }
  ): Promise<void> {
    const records: OutgoingRecord[] = []
    for (const { record, source } of letters) {
      if (source) records.push(...(await this.#recordsOf(record, source.topic)))
    }
    if (isDryRun) return
    await (await this.#connection.producer()).send(records, { signal })
    const offset = (letters.at(-1)?.record.offset ?? -1) + 1
    await this.#admin.setCommitted(replayGroup(this.#pipeline), [
      { topic: deadLetterTopic(this.#pipeline).name, partition: 0, offset }
    ])
  }

  /**
   * Under its own key an old change at the end of a compacted topic would make compaction remove the newer ones. So it
   * lies there under a key of its own, with a tombstone that removes it once every reader has had the time to read it.
   */
  async #recordsOf(record: KafkaRecord, topic: string): Promise<OutgoingRecord[]> {
    const { partitions, isCompacted } = await this.#target(topic)
    this.byTopic.set(topic, (this.byTopic.get(topic) ?? 0) + 1)
    const key = record.headers[keyHeader] ?? record.key ?? ''
    const from = replayedFrom(this.#pipeline, record.offset)
    const headers = { ...originalHeaders(record), [replayedFromHeader]: from, [keyHeader]: key }
    const at = { topic, partition: partitionFor(key, partitions) }
    const sent = { ...at, key: from, value: record.value, headers }
    return isCompacted ? [sent, { ...at, key: from, value: null }] : [sent]
  }

  async #target(topic: string): Promise<Target> {
    this.#targets ??= new Map(
      (await this.#admin.topics()).map(({ name, partitions, config }) => [
        name,
        { partitions, isCompacted: config['cleanup.policy']?.includes('compact') ?? false }
      ])
    )
    const target = this.#targets.get(topic)
    if (target) return target
    throw new CourantError(
      'TOPIC_MISSING',
      `${topic}, where dead letters of ${this.#pipeline} come from, does not exist: run \`courant topics apply\``
    )
  }
}

async function progressOf(
  pipeline: string,
  admin: KafkaAdmin
): Promise<{ low: number; high: number; next: number }> {
  const { name } = deadLetterTopic(pipeline)
  const [committed] = await admin.committed(replayGroup(pipeline), [name])
  const [log] = await admin.offsets(name)
  if (!log) throw new CourantError('TOPIC_MISSING', `${name} does not exist: run \`courant topics apply\``)
  // Retention may have removed letters that were never replayed.
  const next = Math.min(log.high, Math.max(log.low, committed?.offset ?? 0))
  return { low: log.low, high: log.high, next }
}

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

const added: ReadonlySet<string> = new Set([
  ...Object.values(deadLetterHeaders),
  replayedFromHeader,
  keyHeader,
  lastOffsetHeader
])

const originalHeaders = ({ headers }: KafkaRecord) =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => !added.has(name)))
