import type { Type } from 'avsc'
import { CourantError } from '../../runtime/errors.ts'
import type {
  Batch,
  Context,
  Failure,
  LogItem,
  Position,
  Reader,
  ReadRequest,
  StoredOffsets,
  StoredTopics
} from '../../runtime/pipeline.ts'
import { connectionFor } from '../connection.ts'
import { Generations } from '../generations.ts'
import type {
  AssignedPartition,
  KafkaConsumer,
  KafkaRecord,
  PollRequest,
  TopicOffset
} from '../kafka/port.ts'
import { idHeader, isReplayFor, keyHeader, replayOf } from '../headers.ts'
import { decoder } from '../registry/codec.ts'
import { placeOf, Repeats } from './repeats.ts'
import { Replays } from '../letters/replays.ts'
import { type Skip, skipsFor } from '../letters/skips.ts'
import { problemOfSource } from '../source-numbers.ts'
import { startingOffsets } from './starting-offsets.ts'
import type { Shape } from '../topic.ts'

/** A batch that knows which offsets to commit, records that gave no item included. */
export interface LogBatch<T> extends Batch<T, LogItem<T>> {
  readonly next: readonly TopicOffset[]
}

/** A record brings its key with it. */
type ReadShape<T> = Omit<Shape<T>, 'keyOf'>

interface Format<T> {
  readonly shape: ReadShape<T>
  readonly decode: (bytes: Buffer) => T | Promise<T>
}

/** What reading needs to know of a topic. */
export interface ReadTopic<T> {
  readonly name: string
  readonly shape: ReadShape<T>
  /** What values become, whatever version they were written with; null leaves each as its writer had it. */
  readonly type: Type | null
}

/** How long a read waits for the first record. */
const waitMs = 1_000

export interface LogReaderOptions {
  readonly group: string
  readonly repeatWindow: number
  readonly context: Context
  /** What each poll wants of the topics, if not what comes. */
  readonly wanted?: () => Pick<PollRequest, 'prefer' | 'delays'>
}

/** Reads topics as one consumer group; what cannot be decoded is a failure, never a gap (promise 2). */
export class LogReader<T> implements Reader<T, LogItem<T>> {
  readonly waits = true
  readonly readsAhead = true
  readonly #options: LogReaderOptions
  readonly #formats: ReadonlyMap<string, Format<T>>
  readonly #repeats: Repeats
  readonly #replays: Replays
  #stored: StoredOffsets | undefined
  #generations: Generations
  #opening: Promise<KafkaConsumer> | undefined
  /** What the group had committed of each partition when it was assigned. */
  readonly #settledTo = new Map<string, number>()
  /** What is passed, because somebody said so. */
  #skips: ReadonlyMap<string, Skip> = new Map()
  /** Polled but not yet returned, because decoding waits for the registry. */
  #polled: readonly KafkaRecord[] = []

  constructor(topics: readonly ReadTopic<T>[], options: LogReaderOptions) {
    const connection = connectionFor(options.context.settings, options.context.log)
    const { registry } = connection
    this.#options = options
    this.#replays = new Replays(connection)
    this.#repeats = new Repeats(options.repeatWindow)
    this.#generations = new Generations(options.context)
    this.#formats = new Map(
      topics.map(({ name, shape, type }) => [
        name,
        { shape, decode: decoder<T>(type, { registry, topic: name }) }
      ])
    )
  }

  resumeFrom(stored: StoredOffsets): void {
    this.#stored = stored
  }

  holdTo(topics: StoredTopics): void {
    this.#generations = new Generations(this.#options.context, topics)
  }

  async read({ limit, lingerMs, signal }: ReadRequest): Promise<LogBatch<T>> {
    const consumer = await this.#open()
    const request = { limit, waitMs, lingerMs, signal, ...this.#options.wanted?.() }
    if (this.#polled.length === 0) this.#polled = await consumer.poll(request)
    const batch = await this.#batchOf(this.#polled, consumer)
    this.#polled = []
    return batch
  }

  async commit(batch: Batch<T>): Promise<void> {
    const { next } = batch as LogBatch<T>
    if (next.length === 0) return
    for (const [topic, ofTopic] of Map.groupBy(next, (at) => at.topic))
      await this.#stored?.save?.(topic, this.#generations.allToStored(topic, ofTopic))
    await (await this.#open()).commit(next)
  }

  async close(): Promise<void> {
    // A read may still be opening it.
    const consumer = await this.#opening?.catch(() => undefined)
    await consumer?.close()
  }

  // Not at open: by now the sink has said what it stored, and what is transient here is tried again by the runner.
  #open(): Promise<KafkaConsumer> {
    this.#opening ??= this.#subscribe().catch((error: unknown) => {
      this.#opening = undefined
      throw error
    })
    return this.#opening
  }

  #subscribe(): Promise<KafkaConsumer> {
    const { kafka } = connectionFor(this.#options.context.settings, this.#options.context.log)
    return kafka.consumer({
      group: this.#options.group,
      topics: [...this.#formats.keys()],
      startAt: (partitions) => this.#startAt(partitions)
    })
  }

  async #startAt(partitions: readonly AssignedPartition[]): Promise<readonly TopicOffset[]> {
    // They come again from where partitions are read anew.
    this.#polled = []
    this.#settledTo.clear()
    for (const at of partitions) this.#settledTo.set(placeOf(at), at.committed ?? 0)
    const starts = await startingOffsets(partitions, {
      context: this.#options.context,
      stored: this.#stored,
      generations: this.#generations,
      repeats: this.#repeats
    })
    const { context, group } = this.#options
    const connection = connectionFor(context.settings, context.log)
    this.#skips = await skipsFor(group, [...this.#formats.keys()], connection)
    return this.#skips.size === 0 ? starts : this.#pastSkips(partitions, starts)
  }

  /** What is skipped is not even fetched where reading would begin in it, or pass it only for ids to know repeats by. */
  #pastSkips(partitions: readonly AssignedPartition[], starts: readonly TopicOffset[]): TopicOffset[] {
    return partitions.flatMap(({ topic, partition, committed, low }) => {
      const asked = starts.find((at) => at.topic === topic && at.partition === partition)
      const skip = this.#skips.get(placeOf({ topic, partition }))
      const offset = asked?.offset ?? committed ?? low
      const start = this.#repeats.startOf(placeOf({ topic, partition })) ?? offset
      if (skip && start >= skip.from && offset <= skip.to) return [{ topic, partition, offset: skip.to + 1 }]
      return asked ? [asked] : []
    })
  }

  #isSkipped(record: KafkaRecord): boolean {
    const skip = this.#skips.size === 0 ? undefined : this.#skips.get(placeOf(record))
    const { offset } = record
    const isSkipped = skip !== undefined && offset >= skip.from && offset <= skip.to
    if (isSkipped) this.#options.context.metrics.count('records_skipped_total')
    return isSkipped
  }

  // Two passes: if the registry does not answer halfway, all of it is decoded again, and no id may have been
  // remembered by then.
  async #batchOf(records: readonly KafkaRecord[], consumer: KafkaConsumer): Promise<LogBatch<T>> {
    const lease = consumer.lease()
    const decoded: (LogItem<T> | Failure | null)[] = []
    for (const record of records) {
      const made = this.#decode(record)
      decoded.push(made instanceof Promise ? await made : made)
    }
    // Partitions may have been assigned anew meanwhile: what will be read again must not be remembered.
    if (!lease.isHeld) return { items: [], failures: [], next: [], caughtUp: false, lease }
    const items: LogItem<T>[] = []
    const failures: Failure[] = []
    const last = new Map<string, KafkaRecord>()
    for (const [index, record] of records.entries()) {
      const place = placeOf(record)
      const made = decoded[index]
      const isWarmUp = this.#repeats.isBeforeStart(record, place)
      if (!isWarmUp) last.set(place, record)
      if (!made) continue
      if ('error' in made) {
        if (!this.#isSetAside(record, place)) failures.push(made)
      } else if (!this.#isRepeat(place, made, record) && !isWarmUp) items.push(made)
    }
    const caughtUp = records.length === 0 && consumer.assignment().length > 0
    return { items, failures, next: [...last.values()].map(nextOf), caughtUp, lease }
  }

  /**
   * A sink that keeps its own offsets begins at what it stored last, and meets again what could not be read behind that:
   * it was set aside before the group committed it.
   */
  #isSetAside(record: KafkaRecord, place: string): boolean {
    return record.offset < (this.#settledTo.get(place) ?? 0) || this.#repeats.isBeforeStart(record, place)
  }

  // A replayed record has the id of the one that failed, which may be in the window; only another replay repeats it.
  #isRepeat(place: string, { id }: LogItem<T>, record: KafkaRecord): boolean {
    const from = replayOf(record)
    const isRepeat = this.#repeats.isRepeat(place, from === null ? id : `${id} from ${from}`)
    if (isRepeat) this.#options.context.metrics.count('repeats_dropped_total')
    return isRepeat
  }

  /** Passes over what was replayed for another pipeline; what only says so is set aside. */
  async #passReplay(record: KafkaRecord, from: string): Promise<Failure | null> {
    if ((await this.#replays.isCopy(record, from)) === false) {
      const message = `It says that it is a replay of ${from}, and is no copy of that letter`
      return this.#failureOf(record, new CourantError('RECORD_INVALID', message))
    }
    this.#options.context.metrics.count('replays_passed_total')
    return null
  }

  /**
   * Null for a tombstone, which repeats the delete before it for the log's compaction only, and for what was replayed
   * for another pipeline, and is what it says: this one has had it.
   */
  #decode(record: KafkaRecord): LogItem<T> | Failure | null | Promise<LogItem<T> | Failure | null> {
    const format = this.#formats.get(record.topic)
    if (this.#isSkipped(record)) return null
    if (record.unreadable) return this.#failureOf(record, record.unreadable.error)
    if (record.value === null || !format) return null
    const from = replayOf(record)
    if (from !== null && !isReplayFor(this.#options.group, from)) return this.#passReplay(record, from)
    try {
      const value = format.decode(record.value)
      return value instanceof Promise
        ? value
            .then((late) => this.#soundItemOf(record, late, format.shape))
            .catch((error: unknown) => this.#failureOf(record, error))
        : this.#soundItemOf(record, value, format.shape)
    } catch (error) {
      return this.#failureOf(record, error)
    }
  }

  #soundItemOf<V>(record: KafkaRecord, value: V, shape: ReadShape<V>): LogItem<V> {
    const problem = problemOfSource(value) ?? shape.problemOf?.(value) ?? null
    if (problem !== null) throw new CourantError('RECORD_INVALID', problem)
    return this.#itemOf(record, value, shape)
  }

  #itemOf<V>(record: KafkaRecord, value: V, shape: ReadShape<V>): LogItem<V> {
    const { topic, partition, headers, timestamp } = record
    const offset = this.#generations.toStored(topic, record.offset)
    const key = (headers[keyHeader] ?? record.key)?.toString() ?? ''
    const at = shape.atOf?.(value) ?? new Date(timestamp)
    // Whoever prints such a date throws; a value's own time may be any number.
    if (Number.isNaN(at.getTime()))
      throw new CourantError('RECORD_INVALID', 'The time of the value is no date')
    return {
      // Joined for the reason changeId has.
      id: shape.idOf?.(value, key) ?? headers[idHeader]?.toString() ?? [topic, partition, offset].join('/'),
      value,
      key,
      // Not joined: hardly anybody reads it, and V8 puts its pieces together for who does.
      position: `${topic}/${partition}/${offset}` as Position,
      at,
      topic,
      partition,
      offset,
      raw: record
    }
  }

  /** A record that cannot be read, for the dead-letter topic; any other error is thrown on. */
  #failureOf(record: KafkaRecord, error: unknown): Failure {
    if (!(error instanceof CourantError) || error.verdict !== 'record') throw error
    return { item: this.#itemOf(record, null, {}), error, stage: 'read' }
  }
}

const nextOf = ({ topic, partition, offset }: KafkaRecord): TopicOffset => ({
  topic,
  partition,
  offset: offset + 1
})
