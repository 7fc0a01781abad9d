import { ByteReader } from './byte-reader.ts'
import { ByteWriter } from './byte-writer.ts'
import type { Protocol } from '../admin/kafkajs-cluster.ts'

/** A topic by its name, and which topic of that name it is. */
export interface TopicIdentity {
  readonly topic: string
  /** Kafka's error code; 0 is success. */
  readonly code: number
  /** Null where the cluster gives topics no ids. */
  readonly id: string | null
}

const noId = Buffer.alloc(16)

/** Metadata, version 10 (Kafka 2.8 and later), for the ids of topics (KIP-516); creates none. */
export function metadataRequest(topics: readonly string[]): Protocol<TopicIdentity[]> {
  return {
    request: {
      apiKey: 3,
      apiVersion: 10,
      apiName: 'Metadata',
      encode: async () => {
        const buffer = encode(topics)
        return { buf: buffer, buffer }
      }
    },
    response: { decode: async (payload) => decode(new ByteReader(payload)), parse: async (reply) => reply },
    logResponseError: false
  }
}

function encode(topics: readonly string[]): Buffer {
  // The first tags are those of the header, which kafkajs writes as older versions have it.
  const writer = new ByteWriter(64).noTags().uvarint(topics.length + 1)
  for (const topic of topics) writer.raw(noId).compactString(topic).noTags()
  return writer.int8(0).int8(0).int8(0).noTags().written
}

function decode(reader: ByteReader): TopicIdentity[] {
  reader.skipTags()
  reader.at += 4 // throttle time
  reader.compactArray(() => skipBroker(reader))
  reader.compactString() // cluster
  reader.at += 4 // controller
  return reader.compactArray(() => decodeTopic(reader))
}

function skipBroker(reader: ByteReader): void {
  reader.at += 4
  reader.compactString()
  reader.at += 4
  reader.compactString()
  reader.skipTags()
}

function decodeTopic(reader: ByteReader): TopicIdentity {
  const code = reader.int16()
  const topic = reader.compactString()
  const id = reader.uuid()
  reader.at += 1 // whether it is internal
  reader.compactArray(() => skipPartition(reader))
  reader.at += 4 // authorized operations
  reader.skipTags()
  return { topic, code, id }
}

function skipPartition(reader: ByteReader): void {
  reader.at += 2 + 4 + 4 + 4
  // Replicas, those in sync, those offline.
  for (let list = 0; list < 3; list++) reader.compactArray(() => reader.int32())
  reader.skipTags()
}
