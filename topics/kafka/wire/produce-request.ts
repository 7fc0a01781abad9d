import { type Lease, requireLease } from '../../../runtime/lease.ts'
import { ByteReader } from './byte-reader.ts'
import { ByteWriter } from './byte-writer.ts'
import type { Protocol } from '../admin/kafkajs-cluster.ts'
import type { TopicPartition } from '../port.ts'

/** One partition's part of a request: exactly one batch. */
export interface ProducePart extends TopicPartition {
  readonly bytes: Buffer
}

export interface ProduceReply extends TopicPartition {
  /** Kafka's error code; 0 is success. */
  readonly code: number
  /** Where the first record lies. */
  readonly offset: number
}

const acksAll = -1

/**
 * Produce, version 7 (Kafka 2.1 and later; zstd from here on), acknowledged by all in-sync replicas. `lease` is asked as
 * late as may be: connecting and logging in can come before it, and only the socket after it.
 */
export function produceRequest(
  parts: readonly ProducePart[],
  { ackMs, lease }: { readonly ackMs: number; readonly lease?: Lease | undefined }
): Protocol<ProduceReply[]> {
  return {
    request: {
      apiKey: 0,
      apiVersion: 7,
      apiName: 'Produce',
      encode: async () => {
        const buffer = encode(parts, ackMs)
        requireLease(lease)
        return { buf: buffer, buffer }
      }
    },
    response: { decode: async (payload) => decode(new ByteReader(payload)), parse: async (reply) => reply },
    logResponseError: false
  }
}

function encode(parts: readonly ProducePart[], ackMs: number): Buffer {
  const bytes = parts.reduce((sum, part) => sum + part.bytes.length + part.topic.length * 3 + 16, 64)
  const writer = new ByteWriter(bytes)
  writer.int16(-1).int16(acksAll).int32(ackMs)
  const topics = Map.groupBy(parts, (part) => part.topic)
  writer.int32(topics.size)
  for (const [topic, partitions] of topics) {
    writer.string(topic).int32(partitions.length)
    for (const part of partitions) writer.int32(part.partition).int32(part.bytes.length).raw(part.bytes)
  }
  return writer.written
}

function decode(reader: ByteReader): ProduceReply[] {
  const topics = reader.array(() => {
    const topic = reader.string()
    return reader.array((): ProduceReply => {
      const partition = reader.int32()
      const code = reader.int16()
      const offset = reader.int64()
      reader.at += 16 // append time and log start: nothing we need
      return { topic, partition, code, offset }
    })
  })
  return topics.flat()
}
