import { setTimeout as wait } from 'node:timers/promises'
import { CourantError } from '../../runtime/errors.ts'
import type { Connection } from '../connection.ts'
import {
  deadLetterHeaders,
  keyHeader,
  lastOffsetHeader,
  replayedFrom,
  replayedFromHeader
} from '../headers.ts'
import { letterProgress, type OffsetRange, settle, settledBy } from './letter-progress.ts'
import { type DeadLetter, type Only, waitingLetters } from './letters.ts'
import { partitionFor } from '../kafka/produce/partitioner.ts'
import type { KafkaAdmin, KafkaRecord, OutgoingRecord } from '../kafka/port.ts'

export interface ReplayOptions {
  readonly signal: AbortSignal
  readonly isDryRun: boolean
  /** Records sent a second, so that the pipeline keeps up with its live records. */
  readonly perSecond: number
  /** At most this many letters. */
  readonly limit: number
  /** What the pipeline reads: what a letter says it came from is believed of these only. */
  readonly topics: readonly string[]
  /** Of all that wait only these, such as those of one error; others, before and among them, go on waiting. */
  readonly only?: Only
  /** Told of letters that were sent and noted as such. */
  readonly onSent?: (count: number) => void
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
  const { signal, perSecond, limit, isDryRun, topics, only } = options
  const admin = await connection.kafka.admin()
  const sender = new Sender(pipeline, connection, { admin, topics, isOfSome: only !== undefined })
  const pauseMs = 100
  const batchSize = Math.max(1, Math.floor((perSecond * pauseMs) / 1000))
  let batch: DeadLetter[] = []
  const settle = async () => {
    const due = signal.aborted ? [] : batch
    batch = []
    if (due.length === 0) return
    await sender.send(due, { signal, isDryRun })
    options.onSent?.(due.length)
    if (!isDryRun) await wait((due.length * 1000) / perSecond, undefined, { signal }).catch(() => undefined)
  }
  try {
    for await (const letter of waitingLetters(pipeline, connection, {
      limit,
      signal,
      ...(only && { only })
    })) {
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
  readonly #isOfSome: boolean
  #targets: ReadonlyMap<string, Target> | undefined

  constructor(
    pipeline: string,
    connection: Connection,
    { admin, topics, isOfSome }: { admin: KafkaAdmin; topics: readonly string[]; isOfSome: boolean }
  ) {
    this.#isOfSome = isOfSome
    this.#pipeline = pipeline
    this.#connection = connection
    this.#admin = admin
    this.#topics = new Set(topics)
  }

  /** Whether a letter cannot be sent, or comes after one that cannot; counts it then. */
  mustWait(letter: DeadLetter): boolean {
    const { source, leftOutBytes } = letter
    // Sent without its value, it would be a tombstone.
    const before = this.#unsent
    if (leftOutBytes !== null) this.leftOut.push(letter)
    else if (letter.record.unreadable || source?.lastOffset !== undefined) this.batches.push(letter)
    else if (source === null) this.unsendable++
    else if (!this.#topics.has(source.topic)) this.foreign.push(letter)
    // What is chosen one by one is settled one by one: it need not wait for others.
    else if (!this.#isOfSome && this.#unsent > 0) this.behind++
    return this.#isOfSome ? this.#unsent > before : this.#unsent > 0
  }

  get #unsent(): number {
    return this.unsendable + this.leftOut.length + this.batches.length + this.foreign.length
  }

  async send(
    letters: readonly DeadLetter[],
    { signal, isDryRun }: { signal: AbortSignal; isDryRun: boolean }
  ): Promise<void> {
    const records: OutgoingRecord[] = []
    for (const { record, source } of letters) {
      if (source) records.push(...(await this.#recordsOf(record, source.topic)))
    }
    const progress = await letterProgress(this.#pipeline, this.#admin)
    const ranges = this.#isOfSome
      ? letters.map(({ record }): OffsetRange => [record.offset, record.offset])
      : [[progress.next, letters.at(-1)?.record.offset ?? -1] as const]
    // Nothing is sent that could not be noted.
    settledBy(this.#pipeline, ranges, progress)
    if (isDryRun) return
    await (await this.#connection.producer()).send(records, { signal })
    await settle(this.#pipeline, ranges, this.#admin)
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

const added: ReadonlySet<string> = new Set([
  ...Object.values(deadLetterHeaders),
  replayedFromHeader,
  keyHeader,
  lastOffsetHeader
])

const originalHeaders = ({ headers }: KafkaRecord) =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => !added.has(name)))
