import { CourantError } from '../../../runtime/errors.ts'
import { ByteReader } from './byte-reader.ts'
import { decompress, maxOutputLength, TooLarge } from './compression.ts'
import { crc32c } from './crc32c.ts'
import type { KafkaRecord, TopicOffset, TopicPartition } from '../port.ts'
import { batchLayout } from './record-batch.ts'

/** A batch as it lies in the log: checked, and still compressed. */
export interface RawBatch {
  readonly firstOffset: number
  readonly lastOffset: number
  readonly attributes: number
  readonly firstAt: number
  readonly lastAt: number
  readonly producerId: number
  readonly count: number
  readonly records: Buffer
  /** All of it, header included. */
  readonly bytes: Buffer
}

/** Records of a batch, and headers of all of them together, that are taken apart: more would fill the memory. */
export const mostRecords = 250_000
const mostHeaders = 500_000

/** A record without key, value and headers. */
const leastRecordBytes = 7

/** The furthest that a JavaScript date reaches, either way. */
const furthestMs = 8.64e15

const noHeaders: Readonly<Record<string, Buffer>> = Object.freeze({})

/**
 * The complete batches of a fetched record set; a broker cuts the last one when it does not fit. Throws when the first is
 * damaged, and otherwise ends before a damaged one, so that it comes first in the next set.
 */
export function splitBatches(set: Buffer, at: TopicPartition): RawBatch[] {
  const batches: RawBatch[] = []
  const { headerBytes, lengthAt } = batchLayout
  for (let start = 0; start + headerBytes <= set.length; ) {
    const end = start + lengthAt + 4 + set.readInt32BE(start + lengthAt)
    if (end > set.length) break
    try {
      // The length is not part of the checksum.
      batches.push(readBatch(set.subarray(start, Math.max(end, start + headerBytes)), at))
    } catch (error) {
      if (batches.length === 0) throw error
      break
    }
    start = end
  }
  return batches
}

function readBatch(bytes: Buffer, { topic, partition }: TopicPartition): RawBatch {
  const firstOffset = new ByteReader(bytes).int64()
  const where = `${topic}/${partition} at offset ${firstOffset}`
  if (bytes[batchLayout.magicAt] !== batchLayout.magic)
    throw new CourantError(
      'LOG_UNREADABLE',
      `${where} has a message format older than Kafka 0.11: rewrite the topic with a newer broker`
    )
  if (crc32c(bytes, batchLayout.attributesAt) !== bytes.readUInt32BE(batchLayout.crcAt))
    throw new CourantError('TOPICS_UNAVAILABLE', `${where} fails its checksum: read again`)
  const reader = new ByteReader(bytes, batchLayout.attributesAt)
  const attributes = reader.int16()
  const lastOffset = firstOffset + reader.int32()
  const firstAt = reader.int64()
  const lastAt = reader.int64()
  const producerId = reader.int64()
  reader.at += 6 // epoch and sequence are between the producer and the broker
  const count = reader.int32()
  return {
    firstOffset,
    lastOffset,
    attributes,
    firstAt,
    lastAt,
    producerId,
    count,
    records: bytes.subarray(reader.at),
    bytes
  }
}

export const isControl = (batch: RawBatch) => (batch.attributes & batchLayout.controlFlag) !== 0

/**
 * The records of a batch from offset `from` on. They share memory with the batch: copy what is kept for long. A batch that
 * cannot be read, or that would take more memory than any sender means, is one record that says so: whoever reads sets it
 * aside and goes on.
 */
export async function decodeBatch(batch: RawBatch, at: TopicPartition, from: number): Promise<KafkaRecord[]> {
  try {
    return recordsIn(await unpack(batch), batch, { ...at, offset: from })
  } catch (error) {
    if (!isDamage(error)) throw error
    return [unreadable(batch, at, error)]
  }
}

/** Anything a codec or a reader finds wrong; but not that this machine has no memory left. */
const isDamage = (error: unknown): error is Error =>
  error instanceof Error && !/allocation failed|out of memory/i.test(error.message)

function unreadable(batch: RawBatch, { topic, partition }: TopicPartition, cause: Error): KafkaRecord {
  const { firstOffset, lastOffset, bytes } = batch
  const where = `${topic}/${partition}, offsets ${firstOffset} to ${lastOffset}`
  const error = new CourantError('BATCH_UNREADABLE', `${where}: the batch ${reasonOf(cause)}`, {
    cause,
    details: { topic, partition, firstOffset, lastOffset }
  })
  return {
    topic,
    partition,
    offset: lastOffset,
    key: null,
    value: null,
    headers: noHeaders,
    timestamp: dated(batch.lastAt),
    unreadable: { firstOffset, lastOffset, bytes, error }
  }
}

function reasonOf(cause: Error): string {
  if (cause instanceof TooLarge) return `holds more than ${maxOutputLength / 1_048_576} MiB`
  if (cause instanceof TooMany) return cause.message
  return 'cannot be taken apart: it is damaged, or was never written by a Kafka client'
}

class TooMany extends Error {}

const dated = (ms: number) => Math.min(furthestMs, Math.max(-furthestMs, ms))

function recordsIn(plain: Buffer, batch: RawBatch, from: TopicOffset): KafkaRecord[] {
  if (batch.count > mostRecords)
    throw new TooMany(`claims ${batch.count} records, of which at most ${mostRecords} are read`)
  if (batch.count < 0 || batch.count * leastRecordBytes > plain.length) throw new RangeError('too few bytes')
  const reader = new ByteReader(plain)
  const records: KafkaRecord[] = []
  const readHeaders = headerReader(reader)
  const isAppendTime = (batch.attributes & batchLayout.logAppendTimeFlag) !== 0
  let before = batch.firstOffset - 1
  for (let index = 0; index < batch.count; index++) {
    const length = reader.varint()
    const end = length + reader.at
    reader.at += 1 // attributes, unused
    const timeDelta = reader.varint()
    const offset = batch.firstOffset + reader.varint()
    if (!(length > 0 && end <= plain.length && offset > before && offset <= batch.lastOffset))
      throw new RangeError('a record out of place')
    before = offset
    if (offset < from.offset) {
      reader.at = end
      continue
    }
    records.push({
      topic: from.topic,
      partition: from.partition,
      offset,
      key: nullable(reader),
      value: nullable(reader),
      headers: readHeaders(),
      timestamp: dated(isAppendTime ? batch.lastAt : batch.firstAt + timeDelta)
    })
    if (reader.at !== end) throw new RangeError('a record of another length')
  }
  return records
}

const unpack = (batch: RawBatch): Promise<Buffer> =>
  decompress(batch.attributes & batchLayout.codecMask, batch.records)

function nullable(reader: ByteReader): Buffer | null {
  const length = reader.varint()
  return length < 0 ? null : reader.slice(length)
}

/** Reads header lists; the records of a topic have the same names, so each name is made a string only once. */
function headerReader(reader: ByteReader): () => Readonly<Record<string, Buffer>> {
  const seen: { bytes: Buffer; text: string }[] = []
  let left = mostHeaders
  return () => {
    const count = reader.varint()
    if (count === 0) return noHeaders
    left -= count
    if (count < 0 || left < 0) throw new TooMany(`has more than ${mostHeaders} headers`)
    const headers: Record<string, Buffer> = {}
    for (let index = 0; index < count; index++) {
      const bytes = reader.slice(reader.varint())
      let name = seen[index]
      if (!name || !isSame(name.bytes, bytes)) {
        name = { bytes, text: bytes.toString() }
        seen[index] = name
      }
      const value = nullable(reader) ?? Buffer.alloc(0)
      // Assigned, a header of this name would become the object's prototype and vanish.
      if (name.text === '__proto__') Object.defineProperty(headers, name.text, { value, enumerable: true })
      else headers[name.text] = value
    }
    return headers
  }
}

function isSame(one: Buffer, other: Buffer): boolean {
  if (one.length !== other.length) return false
  for (let at = 0; at < one.length; at++) if (one[at] !== other[at]) return false
  return true
}
