import { CourantError } from '../../runtime/errors.ts'
import { ByteReader } from './byte-reader.ts'
import { decompress } from './compression.ts'
import { crc32c } from './crc32c.ts'
import type { KafkaRecord, TopicPartition } from './port.ts'
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
}

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
      batches.push(readBatch(set.subarray(start, end), at))
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
      'TOPICS_REFUSED',
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
    records: bytes.subarray(reader.at)
  }
}

export const isControl = (batch: RawBatch) => (batch.attributes & batchLayout.controlFlag) !== 0

/** The records of a batch from offset `from` on. They share memory with the batch: copy what is kept for long. */
export async function decodeBatch(batch: RawBatch, at: TopicPartition, from: number): Promise<KafkaRecord[]> {
  const plain = await unpack(batch, at)
  const reader = new ByteReader(plain)
  const records: KafkaRecord[] = []
  const readHeaders = headerReader(reader)
  const isAppendTime = (batch.attributes & batchLayout.logAppendTimeFlag) !== 0
  for (let index = 0; index < batch.count; index++) {
    const end = reader.varint() + reader.at
    reader.at += 1 // attributes, unused
    const timeDelta = reader.varint()
    const offset = batch.firstOffset + reader.varint()
    if (offset >= from)
      records.push({
        topic: at.topic,
        partition: at.partition,
        offset,
        key: nullable(reader),
        value: nullable(reader),
        headers: readHeaders(),
        timestamp: isAppendTime ? batch.lastAt : batch.firstAt + timeDelta
      })
    reader.at = end
  }
  return records
}

async function unpack(batch: RawBatch, { topic, partition }: TopicPartition): Promise<Buffer> {
  try {
    return await decompress(batch.attributes & batchLayout.codecMask, batch.records)
  } catch (cause) {
    const where = `${topic}/${partition} at offset ${batch.firstOffset}`
    throw new CourantError('TOPICS_REFUSED', `${where} cannot be decompressed: the batch is damaged`, {
      cause
    })
  }
}

function nullable(reader: ByteReader): Buffer | null {
  const length = reader.varint()
  return length < 0 ? null : reader.slice(length)
}

/** Reads header lists; the records of a topic have the same names, so each name is made a string only once. */
function headerReader(reader: ByteReader): () => Readonly<Record<string, Buffer>> {
  const seen: { bytes: Buffer; text: string }[] = []
  return () => {
    const count = reader.varint()
    if (count === 0) return noHeaders
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
