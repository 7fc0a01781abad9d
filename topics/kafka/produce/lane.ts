import { CourantError } from '../../../runtime/errors.ts'
import { type BatchIdentity, type EncodedBatch, encodeBatch } from '../wire/batch-encoder.ts'
import type { CodecName } from '../wire/compression.ts'
import type { OutgoingRecord, TopicPartition } from '../port.ts'

/** Below Kafka's default max.message.bytes (1,048,588), which counts the compressed batch with its header. */
const batchBytes = 960_000

/**
 * Records of a send that follow each other in one partition and were made of one partition's: batch after batch, and the
 * next only once the last is acknowledged.
 */
export class Lane {
  readonly topic: string
  readonly partition: number
  /** Where its records were read, as `topic/partition`; empty when that is not known. */
  readonly from: string
  readonly #records: OutgoingRecord[] = []
  /** Where each record stood in the send, to name the one that was refused. */
  readonly #indexes: number[] = []
  #next = 0
  #batch: EncodedBatch | null = null
  #maxRecords = Number.MAX_SAFE_INTEGER

  constructor({ topic, partition }: TopicPartition, from: string) {
    this.topic = topic
    this.partition = partition
    this.from = from
  }

  get key(): string {
    return `${this.topic}/${this.partition}`
  }

  get isDone(): boolean {
    return this.#next >= this.#records.length
  }

  add(record: OutgoingRecord, index: number): void {
    this.#records.push(record)
    this.#indexes.push(index)
  }

  /** Takes the next batch in hand, unless there is one; it stays byte for byte the same until it is settled. */
  async prepare(compression: CodecName, identity: BatchIdentity): Promise<void> {
    this.#batch ??= await encodeBatch(this.#records, this.#next, {
      compression,
      identity,
      maxBytes: batchBytes,
      maxRecords: this.#maxRecords
    })
  }

  /** The batch in hand. */
  get bytes(): Buffer {
    return this.#batch?.bytes ?? Buffer.alloc(0)
  }

  /** How many records the batch in hand holds. */
  get inHand(): number {
    return this.#batch?.count ?? 0
  }

  acknowledged(): void {
    this.#next += this.inHand
    this.#batch = null
  }

  /** The batch in hand is to be written anew, under another identity. */
  renew(): void {
    this.#batch = null
  }

  /** The broker found the batch too large: send half of it, or name the record that is too large by itself. */
  split(): void {
    const count = this.inHand
    if (count > 1) {
      this.#maxRecords = Math.ceil(count / 2)
      this.#batch = null
      return
    }
    const { topic, partition } = this
    throw new CourantError(
      'RECORD_TOO_LARGE',
      `A record for ${topic} is larger than its max.message.bytes: pass large content by reference`,
      { details: { topic, partition, index: this.#indexes[this.#next] } }
    )
  }
}

/** The records of a send by partition, in their order: a lane ends where those begin that were read elsewhere. */
export function lanesOf(records: readonly OutgoingRecord[]): Lane[] {
  const lanes: Lane[] = []
  const last = new Map<string, Lane[]>()
  for (const [index, record] of records.entries()) {
    let ofTopic = last.get(record.topic)
    if (!ofTopic) last.set(record.topic, (ofTopic = []))
    const from = record.from ? `${record.from.topic}/${record.from.partition}` : ''
    let lane = ofTopic[record.partition]
    if (lane?.from !== from) {
      lane = ofTopic[record.partition] = new Lane(record, from)
      lanes.push(lane)
    }
    lane.add(record, index)
  }
  return lanes
}

/** Of each partition the first lane that is not done. */
export function openLanes(lanes: readonly Lane[]): Lane[] {
  const open = new Map<string, Lane>()
  for (const lane of lanes) if (!lane.isDone && !open.has(lane.key)) open.set(lane.key, lane)
  return [...open.values()]
}
