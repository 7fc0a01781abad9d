import { ByteReader } from './byte-reader.ts'
import { ByteWriter } from './byte-writer.ts'
import type { Protocol } from '../admin/kafkajs-cluster.ts'
import type { TopicOffset, TopicPartition } from '../port.ts'
import type { TopicIds } from './topic-ids.ts'

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
  /** Up to where the log may be read now: the last stable offset, as an open transaction holds up what follows it. */
  readonly end: number
  /** Transactions that were aborted within these records, in order of their first offset. */
  readonly aborted: readonly { readonly producerId: number; readonly firstOffset: number }[]
  /** Whole record batches and perhaps a part of one. */
  readonly set: Buffer
}

const readCommitted = 1

/** Fetch, version 10 (Kafka 2.1 and later; zstd from here on), committed records only, without a session. */
export function fetchRequest(from: readonly TopicOffset[], options: FetchOptions): Protocol<Fetched[]> {
  return protocolOf(10, () => encode(from, options), decode)
}

function encode(from: readonly TopicOffset[], options: FetchOptions): Buffer {
  const writer = new ByteWriter(64 + from.length * 64)
  writer.int32(-1)
  writeLimits(writer, options)
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
  reader.at += 8 // high watermark
  const end = reader.int64()
  reader.at += 8 // log start
  const aborted = reader.array(() => ({ producerId: reader.int64(), firstOffset: reader.int64() }))
  const set = reader.slice(Math.max(0, reader.int32()))
  return { topic, partition, code, end, aborted, set }
}

/** The version of Fetch that names topics by their ids. */
export const fetchByIdVersion = 13

/**
 * The same by the ids of topics, version 13 (Kafka 3.1 and later): a topic that was made anew has another id, so that a
 * broker refuses to answer out of the wrong log. Every topic must be in `ids`.
 */
export function fetchByIdRequest(
  from: readonly TopicOffset[],
  options: FetchOptions,
  ids: TopicIds
): Protocol<Fetched[]> {
  const names = new Map([...ids].map(([topic, id]) => [id, topic]))
  return protocolOf(
    fetchByIdVersion,
    () => encodeById(from, options, ids),
    (reader) => decodeById(reader, names)
  )
}

function encodeById(from: readonly TopicOffset[], options: FetchOptions, ids: TopicIds): Buffer {
  const writer = new ByteWriter(64 + from.length * 64)
  // The first tags are those of the header, which kafkajs writes as older versions have it.
  writer.noTags().int32(-1)
  writeLimits(writer, options)
  const topics = Map.groupBy(from, (at) => at.topic)
  writer.uvarint(topics.size + 1)
  for (const [topic, partitions] of topics) {
    writer.uuid(ids.get(topic) ?? '').uvarint(partitions.length + 1)
    for (const { partition, offset } of partitions)
      writer
        .int32(partition)
        .int32(-1)
        .int64(offset)
        .int32(-1)
        .int64(-1)
        .int32(options.maxPartitionBytes)
        .noTags()
    writer.noTags()
  }
  // No topics to forget and no rack.
  return writer.uvarint(1).uvarint(1).noTags().written
}

function decodeById(reader: ByteReader, names: ReadonlyMap<string, string>): Fetched[] {
  reader.skipTags()
  reader.at += 4 + 2 + 4 // throttle time, error and session
  const topics = reader.compactArray(() => {
    const topic = names.get(reader.uuid() ?? '') ?? ''
    const parts = reader.compactArray(() => decodePartitionById(reader, topic))
    reader.skipTags()
    return parts
  })
  return topics.flat()
}

function decodePartitionById(reader: ByteReader, topic: string): Fetched {
  const partition = reader.int32()
  const code = reader.int16()
  reader.at += 8 // high watermark
  const end = reader.int64()
  reader.at += 8 // log start
  const aborted = reader.compactArray(() => {
    const transaction = { producerId: reader.int64(), firstOffset: reader.int64() }
    reader.skipTags()
    return transaction
  })
  reader.at += 4 // preferred replica
  const set = reader.slice(Math.max(0, reader.uvarint() - 1))
  reader.skipTags()
  return { topic, partition, code, end, aborted, set }
}

/** What both versions say the same. */
function writeLimits(writer: ByteWriter, { maxWaitMs, maxBytes }: FetchOptions): void {
  writer.int32(maxWaitMs).int32(1).int32(maxBytes).int8(readCommitted).int32(0).int32(-1)
}

function protocolOf(
  apiVersion: number,
  encoded: () => Buffer,
  decoded: (reader: ByteReader) => Fetched[]
): Protocol<Fetched[]> {
  return {
    request: {
      apiKey: 1,
      apiVersion,
      apiName: 'Fetch',
      encode: async () => {
        const buffer = encoded()
        return { buf: buffer, buffer }
      }
    },
    response: { decode: async (payload) => decoded(new ByteReader(payload)), parse: async (reply) => reply },
    logResponseError: false
  }
}
