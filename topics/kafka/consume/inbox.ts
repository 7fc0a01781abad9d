import { decodeBatch, type RawBatch } from '../wire/batch-decoder.ts'
import type { KafkaRecord, PollRequest, TopicOffset, TopicPartition } from '../port.ts'
import type { Lease } from '../../../runtime/lease.ts'
import { Signal } from '../signal.ts'

/** A partition stops fetching while this many compressed bytes of it wait. */
const partitionBytes = 1_048_576

/** All of a consumer's partitions together stop above this. */
const totalBytes = 16 * 1_048_576

/** A poll takes no further batch above this many bytes of keys and values: compressed, they may have been few. */
const pollBytes = 16 * 1_048_576

/** An unpacked batch above this is finished before another partition has its turn. */
const largeBytes = 8 * 1_048_576

/** What a poll gathers, and what it wants. */
export class Intake {
  readonly records: KafkaRecord[] = []
  readonly limit: number
  bytes = 0
  /** How long until the first of those records is due that are in the way now. */
  dueInMs = Number.POSITIVE_INFINITY
  readonly #ranks: ReadonlyMap<string, number>
  readonly #delays: ReadonlyMap<string, number>

  constructor({ limit, prefer = [], delays = new Map() }: Pick<PollRequest, 'limit' | 'prefer' | 'delays'>) {
    this.limit = limit
    this.#ranks = new Map(prefer.map((topic, rank) => [topic, rank]))
    this.#delays = delays
  }

  /** Partitions in the order in which they are taken from. */
  ordered<P extends TopicPartition>(partitions: readonly P[]): readonly P[] {
    const rank = ({ topic }: TopicPartition) => this.#ranks.get(topic) ?? this.#ranks.size
    return this.#ranks.size === 0 ? partitions : partitions.toSorted((a, b) => rank(a) - rank(b))
  }

  /** Whether records of a topic are to be looked at before they are given out. */
  mayWait(topic: string): boolean {
    return (this.#delays.get(topic) ?? 0) > 0
  }

  /** Whether a record may be given out by now; until it may, its partition stands. */
  isDue({ topic, timestamp }: KafkaRecord): boolean {
    const leftMs = timestamp + (this.#delays.get(topic) ?? 0) - Date.now()
    if (leftMs <= 0) return true
    this.dueInMs = Math.min(this.dueInMs, leftMs)
    return false
  }

  get isFull(): boolean {
    return this.records.length >= this.limit || this.bytes >= pollBytes
  }
}

/** Where a partition is read from. */
export interface Start extends TopicOffset {
  /** True when the reader asked to begin here: it needs what follows, such as ids to know repeats by, whatever is committed. */
  readonly isAsked?: boolean
}

/** What was fetched of one partition and not yet polled, and how far each step has come. */
export class Inlet implements TopicPartition {
  readonly topic: string
  readonly partition: number
  /** The next offset to fetch. */
  fetchAt: number
  /** The offset after the last record that a poll returned; null when none was. */
  handedTo: number | null = null
  /** Commits must lie above it: what the group or its sink had at the start, and then what we committed. */
  committedTo: number
  /** The offset after the last record taken for a poll that has not returned yet. */
  takenTo: number | null = null
  waitingBytes = 0
  readonly batches: RawBatch[] = []
  decoded: KafkaRecord[] = []
  /** Bytes of keys and values of the unpacked batch, those that are gone already too. */
  decodedBytes = 0
  cursor = 0
  /** The first offset wanted; a batch may begin before it. */
  from: number
  readonly isAsked: boolean

  constructor(start: Start) {
    this.isAsked = start.isAsked ?? false
    this.topic = start.topic
    this.partition = start.partition
    this.fetchAt = start.offset
    this.from = start.offset
    this.committedTo = start.offset
  }

  get isIdle(): boolean {
    return this.batches.length === 0 && this.cursor >= this.decoded.length
  }
}

const lost: Lease = { isHeld: false }

/**
 * The records between the fetcher and poll(), by partition: kept compressed, decoded batch by batch as they are
 * asked for, bounded in bytes. Each assignment makes it new, so that nothing of a lost partition can come out.
 */
export class Inbox {
  /** Told when batches arrive, room appears, or the assignment changes. */
  readonly changed = new Signal()
  /** Another number for each assignment; records taken under an older one must not be given out. */
  epoch = 0
  /** The right to this assignment's records; without it none is given out. */
  lease: Lease = lost
  #isPaused = false
  #inlets: readonly Inlet[] = []
  #byKey = new Map<string, Inlet>()
  #waitingBytes = 0
  #turn = 0

  get inlets(): readonly Inlet[] {
    return this.#inlets
  }

  /** Starts anew with these partitions at these offsets; everything waiting is dropped. */
  assign(starts: readonly Start[], lease: Lease): void {
    this.epoch++
    this.lease = lease
    this.#isPaused = false
    this.#waitingBytes = 0
    this.#inlets = starts.map((start) => new Inlet(start))
    this.#byKey = new Map(this.#inlets.map((inlet) => [`${inlet.topic}/${inlet.partition}`, inlet]))
    this.changed.notify()
  }

  /** Gives nothing more out, so that what was given can be committed before a rebalance. */
  pause(): void {
    this.epoch++
    this.#isPaused = true
    this.changed.notify()
  }

  find({ topic, partition }: TopicPartition): Inlet | undefined {
    return this.#byKey.get(`${topic}/${partition}`)
  }

  hasRoom(inlet: Inlet): boolean {
    return inlet.waitingBytes < partitionBytes && (inlet.isIdle || this.#waitingBytes < totalBytes)
  }

  add(inlet: Inlet, batches: readonly RawBatch[]): void {
    for (const batch of batches) {
      inlet.batches.push(batch)
      inlet.waitingBytes += batch.records.length
      this.#waitingBytes += batch.records.length
    }
    this.changed.notify()
  }

  /** Moves records over until the intake is full, beginning with another partition each time. */
  async take(into: Intake): Promise<void> {
    if (this.#isPaused || !this.lease.isHeld) return
    const { epoch } = this
    into.dueInMs = Number.POSITIVE_INFINITY
    for (const inlet of into.ordered(this.#inTurn())) {
      let isMoving = true
      while (isMoving && !into.isFull && !inlet.isIdle) {
        if (inlet.cursor >= inlet.decoded.length) await this.#decodeNext(inlet)
        // A rebalance while decoding: what this partition had is not ours to give any more.
        if (epoch !== this.epoch) return
        isMoving = moveRecords(inlet, into)
      }
    }
  }

  /** A large batch that is unpacked goes first, so that no two are in memory; others take turns with all partitions. */
  #inTurn(): Inlet[] {
    const inlets = this.#inlets
    const first = this.#turn++
    const turned = inlets.map((_, index) => inlets[(first + index) % inlets.length]!)
    const isOpen = (inlet: Inlet) => inlet.decodedBytes > largeBytes && inlet.cursor < inlet.decoded.length
    return [...turned.filter(isOpen), ...turned.filter((inlet) => !isOpen(inlet))]
  }

  /** What was taken has now been given to the caller. */
  handOver(): void {
    for (const inlet of this.#inlets) if (inlet.takenTo !== null) inlet.handedTo = inlet.takenTo
  }

  /** True when everything handed out is committed, so that a rebalance repeats nothing. */
  get isDrained(): boolean {
    return this.#inlets.every((inlet) => inlet.handedTo === null || inlet.handedTo <= inlet.committedTo)
  }

  /** Those offsets that move a partition of ours forward. */
  committable(offsets: readonly TopicOffset[]): TopicOffset[] {
    return offsets.filter((at) => {
      const inlet = this.find(at)
      return inlet !== undefined && at.offset > inlet.committedTo
    })
  }

  /** Notes a commit; records below it that wait since a rebalance are not given out again, unless they were asked for. */
  committed(offsets: readonly TopicOffset[]): void {
    for (const at of offsets) {
      const inlet = this.find(at)
      if (!inlet || at.offset <= inlet.committedTo) continue
      inlet.committedTo = at.offset
      const hasMore = inlet.takenTo === null || inlet.takenTo < at.offset
      if (hasMore && !inlet.isAsked) this.#skipTo(inlet, at.offset)
    }
    this.changed.notify()
  }

  #skipTo(inlet: Inlet, offset: number): void {
    inlet.from = Math.max(inlet.from, offset)
    inlet.fetchAt = Math.max(inlet.fetchAt, offset)
    while (inlet.cursor < inlet.decoded.length && inlet.decoded[inlet.cursor]!.offset < offset) inlet.cursor++
  }

  async #decodeNext(inlet: Inlet): Promise<void> {
    const { epoch } = this
    const batch = inlet.batches[0]!
    const decoded = await decodeBatch(batch, inlet, inlet.from)
    if (epoch !== this.epoch) return
    inlet.batches.shift()
    inlet.waitingBytes -= batch.records.length
    this.#waitingBytes -= batch.records.length
    inlet.decoded = decoded
    inlet.decodedBytes = decoded.reduce((bytes, record) => bytes + sizeOf(record), 0)
    inlet.cursor = 0
    this.#skipTo(inlet, inlet.from)
    this.changed.notify()
  }
}

/** Moves what is wanted of the unpacked batch; false once a record is not due. */
function moveRecords(inlet: Inlet, into: Intake): boolean {
  const { decoded } = inlet
  const end = Math.min(decoded.length, inlet.cursor + into.limit - into.records.length)
  const mayWait = into.mayWait(inlet.topic)
  // Of a whole batch it is known since it was unpacked.
  const isWhole = inlet.cursor === 0 && end === decoded.length && !mayWait
  if (isWhole) into.bytes += inlet.decodedBytes
  for (; inlet.cursor < end; inlet.cursor++) {
    const record = decoded[inlet.cursor]!
    if (mayWait && !into.isDue(record)) break
    into.records.push(record)
    if (!isWhole) into.bytes += sizeOf(record)
  }
  if (inlet.cursor > 0) inlet.takenTo = decoded[inlet.cursor - 1]!.offset + 1
  if (inlet.cursor < end) return false
  if (end >= decoded.length) {
    inlet.decoded = []
    inlet.cursor = 0
  }
  return true
}

const sizeOf = ({ key, value, unreadable }: KafkaRecord): number =>
  (key?.length ?? 0) + (value?.length ?? 0) + (unreadable?.bytes.length ?? 0)
