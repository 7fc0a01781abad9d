/**
 * The one idea of the platform: a pipeline reads items, turns each into new items, and writes them.
 * A producer, a processor and a sink are all pipelines; they differ only in what they read and write.
 */

import type { CourantError } from './errors.ts'
import type { Lease } from './lease.ts'
import type { Setting, Settings } from './settings.ts'

/** How far a reader has got. Only the reader that made it can interpret it. */
export type Position = string & { readonly __position: unique symbol }

export interface Item<T> {
  /** The same on every attempt and unique among items, so that a writer can drop a repeat. */
  readonly id: string
  readonly value: T
  /** What order is kept within; never personal data. */
  readonly key: string
  readonly position: Position
  /** When it happened in the system it came from, not when we saw it. */
  readonly at: Date
  /** What the reader received, untouched, for the dead letter. */
  readonly raw?: unknown
}

/** An item that was read from a topic and knows its place there. */
export interface LogItem<T> extends Item<T> {
  readonly topic: string
  readonly partition: number
  /** Safe as a number: at a million records a second, 2^53 lasts 285 years. */
  readonly offset: number
}

/** An item that could not be read, turned or written, with the reason. */
export interface Failure {
  readonly item: Item<unknown>
  readonly error: CourantError
  readonly stage: 'read' | 'step' | 'write'
}

export interface Batch<T, I extends Item<T> = Item<T>> {
  readonly items: readonly I[]
  /** Items the reader could not make sense of; the runner sets them aside before it commits. */
  readonly failures?: readonly Failure[]
  /** True when the reader has nothing more for now; the runner then waits before it asks again. */
  readonly caughtUp: boolean
  /** Present where another reader may get the items: nothing of them is written once it is lost. */
  readonly lease?: Lease
}

export interface ReadRequest {
  /** At most this many items. */
  readonly limit: number
  /** How long a reader that waits for items may gather them after the first. */
  readonly lingerMs: number
  readonly signal: AbortSignal
}

export interface Reader<T, I extends Item<T> = Item<T>> {
  /** True when read() itself waits for items, so that the runner need not. */
  readonly waits?: boolean
  /** True when a batch may be read while the one before is not committed yet; the runner then reads one ahead. */
  readonly readsAhead?: boolean
  /**
   * True when batches may be committed in any order: the position that is kept lies before the lowest that is not. Only
   * such a reader can stand before a workbench.
   */
  readonly anyOrder?: boolean
  /** Items after the last committed position, in order within a key. */
  read(request: ReadRequest): Promise<Batch<T, I>>
  /**
   * Called only once everything in the batch is durable; resolves once the position is durable too. A batch that was
   * held comes without its items: a reader for such writers keeps the position beside them.
   */
  commit(batch: Batch<T, I>): Promise<void>
  close(): Promise<void>
  /** Given the offsets a sink keeps with its data, the reader starts there instead of at its own position. */
  resumeFrom?(stored: StoredOffsets): void
  /** Told which topics a sink has data of, the reader refuses others of the same name. */
  holdTo?(topics: StoredTopics): void
}

/** What a sink has stored of a topic's partitions. */
export interface StoredOffsets {
  /**
   * The next offset the sink wants of each partition, 0 of one that it has nothing of; asked when partitions are
   * assigned. One that is left out begins where its group has committed.
   */
  nextOffsets(topic: string, partitions: readonly number[]): Promise<ReadonlyMap<number, number>>
  /**
   * Notes in the sink that everything before these offsets is in it, or was set aside or passed over; durable on
   * resolve, and called before the same is committed. A sink that has it is never behind its group, unless it was put
   * back to an earlier state.
   */
  save?(topic: string, next: ReadonlyMap<number, number>): Promise<void>
}

/** Which of the topics that have had a name a sink's data is of. */
export interface StoredTopic {
  readonly id: string
  /** How many topics of that name came before it, whose data the sink has kept. */
  readonly generation: number
}

/** Where a sink keeps, with its data, which topics it is of. */
export interface StoredTopics {
  /** Null when nothing is known of a topic of that name. */
  load(topic: string): Promise<StoredTopic | null>
  /** Resolves once it is durable. */
  save(topic: string, known: StoredTopic): Promise<void>
}

export interface WriteOptions {
  readonly signal: AbortSignal
  /**
   * For a writer that nothing else guards against one that is late, as its target does by conditions or offsets: it
   * throws LeaseLost once this is lost.
   */
  readonly lease?: Lease
}

export interface Writer<T, I extends Item<T> = Item<T>> {
  /**
   * Resolves once the items are durable, and all that it held before them. Must be safe to repeat with the same items.
   * A writer that gathers items into something larger may resolve to 'held': the runner commits them only after a
   * later write that is durable, and writes nothing, an empty list, when nothing more has come. Held items may come
   * again, after partitions were assigned anew: the writer knows them by their place, or has `stored` and drops what it
   * holds when asked for it.
   */
  write(items: readonly I[], options: WriteOptions): Promise<void | 'held'>
  close(): Promise<void>
  /** Present when the writer keeps offsets with its data. */
  readonly stored?: StoredOffsets
  /** Present when the writer drops items by their offsets, which mean other records in another topic of that name. */
  readonly topics?: StoredTopics
}

/** How a writer likes its items. */
export interface Batching {
  readonly maxItems: number
  readonly lingerMs: number
}

/** A description that can be listed, checked and documented without opening a connection. */
export interface Spec<Handle> {
  readonly describe: string
  /** The settings it needs, checked for every pipeline before any is opened. */
  readonly settings?: readonly Setting[]
  /** How it likes its items, if not as the runner does. */
  readonly batching?: Batching | ((settings: Settings) => Batching)
  /**
   * Of a writer that appends and cannot compare versions: how many records back the reader drops repeats, which an
   * at-least-once writer upstream may have left in the log: `repeatWindow` of runtime/loop/repeat-window.ts.
   */
  readonly repeatWindow?: number
  open(context: Context): Promise<Handle>
  /** Throws what open would throw for good, such as a missing column or right; changes nothing and leaves nothing open. */
  check?(context: Context): Promise<void>
}

/** What pipelines are joined by. topics/ makes them out of Kafka; tests make them out of memory. */
export interface Channel<T> {
  readonly name: string
  reader(group: string, options?: { readonly repeatWindow?: number }): Spec<Reader<T, LogItem<T>>>
  writer(): Spec<Writer<T>>
}

/** What an adapter may use of the outside world; tests pass their own. */
export interface Context {
  readonly pipeline: string
  readonly settings: Settings
  readonly log: Log
  readonly metrics: Metrics
  readonly now: () => Date
  readonly positions: PositionStore
}

/** The part of pino's interface that we use: fields first, then the message. */
export interface Log {
  debug(fields: object, message: string): void
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
}

/** Prometheus counters and gauges; `name` without the `courant_` prefix, the pipeline label is added. */
export interface Metrics {
  count(name: string, by?: number, labels?: Record<string, string>): void
  gauge(name: string, value: number, labels?: Record<string, string>): void
}

/** Where a reader without a consumer group keeps how far it has got; the runner gives each pipeline its own. */
export interface PositionStore {
  load(): Promise<Position | null>
  save(position: Position): Promise<void>
}

export type Uses = Readonly<Record<string, Spec<unknown>>>
type Opened<U extends Uses> = {
  readonly [K in keyof U]: U[K] extends Spec<infer Handle> ? Handle : never
}

/** A record that is well formed but not sensible: it goes to the rejects channel and is counted, not lost. */
export class Rejection {
  /** A short machine-readable code such as `email_invalid`. */
  readonly reason: string
  readonly field: string
  /** All that is wrong with the record, the first included. */
  readonly reasons: readonly string[]
  /** What is written in the record's place, where those who read on must hear of it; it counts as rejected. */
  readonly instead?: unknown

  constructor(
    reason: string,
    field: string,
    more: { readonly reasons?: readonly string[]; readonly instead?: unknown } = {}
  ) {
    this.reason = reason
    this.field = field
    this.reasons = more.reasons ?? [reason]
    if (more.instead !== undefined) this.instead = more.instead
  }
}

type Result<Out> = Out | Rejection | readonly Out[]

/** One item in, any number out. Throw a 'record' CourantError to send it to the dead-letter topic. */
export type Step<In, Out, U extends Uses = Uses> = (
  value: In,
  tools: { readonly item: Item<In>; readonly use: Opened<U> }
) => Result<Out> | Promise<Result<Out>>

/** What the rejects channel carries: the input as it was, and why it was set aside. */
export interface Rejected<In> {
  readonly input: In
  readonly reason: string
  readonly field: string
  readonly reasons: readonly string[]
  readonly item: Item<In>
}

export interface Pipeline<In, Out, U extends Uses = Uses> {
  readonly kind: 'producer' | 'processor' | 'sink'
  readonly name: string
  readonly describe?: string
  readonly from: Spec<Reader<In>>
  readonly uses: U
  /** Absent when items pass unchanged. */
  readonly step?: Step<In, Out, U>
  /** How many items the step works at at the same time, 1 unless it waits for others; results keep their order. */
  readonly atOnce?: number
  /**
   * Makes it a workbench: so many items are worked at, each taken when there is a place, for as long as it takes, and
   * settled by itself. Order is not kept. Its reader has `anyOrder`, and its writer holds nothing.
   */
  readonly places?: number | ((settings: Settings) => number)
  readonly to: Spec<Writer<Out>>
  readonly rejects?: Spec<Writer<Rejected<In>>>
  /** Names of the topics it reads and writes, for listings and checks. */
  readonly reads: readonly string[]
  readonly writes: readonly string[]
}

/** Any pipeline, for the lists and the runner: its types have done their work in its own file. */
// oxlint-disable-next-line typescript/no-explicit-any -- In and Out are both consumed and produced, so only any accepts them all
export type AnyPipeline = Pipeline<any, any, any>
