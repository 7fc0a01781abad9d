import { ByteReader } from './byte-reader.ts'
import { ByteWriter } from './byte-writer.ts'
import type { Protocol } from './kafkajs-cluster.ts'
import type { TopicOffset, TopicPartition } from './port.ts'

export interface FetchOptions {
  /** How long the broker may wait for the first byte. */
  readonly maxWaitMs: number
  readonly maxBytes: number
  readonly maxPartitionBytes: number
}

/** What a broker has of one partition. */
export interface Fetched extends TopicPartition {
  /** Kafka's error code; 0 is success. */
  readonly code: number
  readonly high: number
  /** Transactions that were aborted within these records, in order of their first offset. */
  readonly aborted: readonly { readonly producerId: number; readonly firstOffset: number }[]
  /** Whole record batches and perhaps a part of one. */
  readonly set: Buffer
}

const readCommitted = 1

/** Fetch, version 10 (Kafka 2.1 and later; zstd from here on), committed records only, without a session. */
export function fetchRequest(from: readonly TopicOffset[], options: FetchOptions): Protocol<Fetched[]> {
  return {
    request: {
      apiKey: 1,
      apiVersion: 10,
      apiName: 'Fetch',
      encode: async () => {
        const buffer = encode(from, options)
        return { buf: buffer, buffer }
      }
    },
    response: { decode: async (payload) => decode(new ByteReader(payload)), parse: async (reply) => reply },
    logResponseError: false
  }
}

function encode(from: readonly TopicOffset[], options: FetchOptions): Buffer {
  const writer = new ByteWriter(64 + from.length * 64)
  writer.int32(-1).int32(options.maxWaitMs).int32(1).int32(options.maxBytes).int8(readCommitted)
  writer.int32(0).int32(-1)
  const topics = Map.groupBy(from, (at) => at.topic)
  writer.int32(topics.size)
  for (const [topic, partitions] of topics) {
    writer.string(topic).int32(partitions.length)
    for (const { partition, offset } of partitions)
      writer.int32(partition).int32(-1).int64(offset).int64(-1).int32(options.maxPartitionBytes)
  }
  return writer.int32(0).written
}

function decode(reader: ByteReader): Fetched[] {
  reader.at += 4 + 2 + 4 // throttle time, error and session
  const topics = reader.array(() => {
    const topic = reader.string()
    return reader.array(() => decodePartition(reader, topic))
  })
  return topics.flat()
}

function decodePartition(reader: ByteReader, topic: string): Fetched {
  const partition = reader.int32()
  const code = reader.int16()
  const high = reader.int64()
  reader.at += 16 // last stable offset and log start
  const aborted = reader.array(() => ({ producerId: reader.int64(), firstOffset: reader.int64() }))
  const set = reader.slice(Math.max(0, reader.int32()))
  return { topic, partition, code, high, aborted, set }
}
