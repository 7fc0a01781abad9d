import zlib from 'node:zlib'
import { byLeader } from '../../topics/kafka/leaders.ts'
import type { Connection } from '../../topics/kafka/connection.ts'
import { crc32c } from '../../topics/kafka/wire/crc32c.ts'
import { Link } from '../../topics/kafka/wire/link.ts'
import type { TopicPartition } from '../../topics/kafka/port.ts'
import { type ProduceReply, produceRequest } from '../../topics/kafka/wire/produce-request.ts'
import { batchLayout } from '../../topics/kafka/wire/record-batch.ts'

/** What a test says of a batch, true or not. */
export interface BatchClaims {
  /** Codec's number: 0 none, 1 gzip, 2 snappy, 3 lz4, 4 zstd. */
  readonly codec?: number
  readonly count?: number
  readonly lastOffsetDelta?: number
  readonly firstAt?: number
}

/** A batch with a right checksum around any bytes. */
export function rawBatch(records: Buffer, claims: BatchClaims = {}): Buffer {
  const { codec = 0, count = 1, lastOffsetDelta = count - 1, firstAt = Date.now() } = claims
  const bytes = Buffer.concat([Buffer.alloc(batchLayout.headerBytes), records])
  bytes.writeInt32BE(bytes.length - batchLayout.lengthAt - 4, batchLayout.lengthAt)
  bytes.writeInt32BE(-1, 12)
  bytes[batchLayout.magicAt] = batchLayout.magic
  bytes.writeInt16BE(codec, batchLayout.attributesAt)
  bytes.writeInt32BE(lastOffsetDelta, 23)
  bytes.writeBigInt64BE(BigInt(firstAt), 27)
  bytes.writeBigInt64BE(BigInt(firstAt), 35)
  bytes.writeBigInt64BE(-1n, 43)
  bytes.writeInt16BE(-1, 51)
  bytes.writeInt32BE(-1, 53)
  bytes.writeInt32BE(count, 57)
  return sealed(bytes)
}

/** The same batch with the checksum that its bytes have. */
export function sealed(bytes: Buffer): Buffer {
  bytes.writeUInt32BE(crc32c(bytes, batchLayout.attributesAt), batchLayout.crcAt)
  return bytes
}

/** A record as it lies in a batch, with a key of one letter. */
export function rawRecord(value: Buffer, offsetDelta = 0): Buffer {
  const body = Buffer.concat([
    Buffer.from([0, 0]),
    varint(offsetDelta),
    varint(1),
    Buffer.from('k'),
    varint(value.length),
    value,
    varint(0)
  ])
  return Buffer.concat([varint(body.length), body])
}

/** Zigzag, as Kafka and Avro write a number. */
export function varint(value: number): Buffer {
  const bytes: number[] = []
  let rest = value < 0 ? -value * 2 - 1 : value * 2
  for (; rest > 127; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128)
  return Buffer.from([...bytes, rest])
}

/** Batches of few bytes that unpack to one record of this many zeros, by codec. */
export function bombs(size: number): Readonly<Record<string, Buffer>> {
  const record = rawRecord(Buffer.alloc(size))
  return {
    gzip: rawBatch(zlib.gzipSync(record, { level: 9 }), { codec: 1 }),
    snappy: rawBatch(snappyBomb(size), { codec: 2 }),
    lz4: rawBatch(lz4Bomb(size), { codec: 3 }),
    zstd: rawBatch(zlib.zstdCompressSync(record), { codec: 4 })
  }
}

/** A literal zero, and copies of it in pieces of 64 bytes. */
function snappyBomb(size: number): Buffer {
  const head: number[] = []
  let rest = size
  for (; rest > 127; rest = Math.floor(rest / 128)) head.push((rest % 128) | 128)
  const copy = Buffer.from([(63 << 2) | 2, 1, 0])
  return Buffer.concat([
    Buffer.from([...head, rest, 0, 0]),
    Buffer.alloc(3 * Math.ceil((size - 1) / 64), copy)
  ])
}

/** Blocks of a zero and one long match. */
function lz4Bomb(size: number): Buffer {
  const perBlock = 4 * 1_048_576
  const match = Buffer.alloc(Math.floor((perBlock - 32) / 255), 255)
  const block = Buffer.concat([Buffer.from([0x1f, 0, 1, 0]), match, Buffer.from([0, 0x50, 0, 0, 0, 0, 0])])
  const length = Buffer.alloc(4)
  length.writeUInt32LE(block.length)
  const blocks = Array.from({ length: Math.ceil(size / perBlock) }, () => Buffer.concat([length, block]))
  return Buffer.concat([Buffer.from([0x04, 0x22, 0x4d, 0x18, 0x60, 0x70, 0x73]), ...blocks, Buffer.alloc(4)])
}

const silent = { debug() {}, info() {}, warn() {}, error() {} }

/** Sends a batch as it is; gives the broker's answer, with code 0 when it took it. */
export async function sendRaw(
  brokers: string,
  at: TopicPartition,
  bytes: Buffer
): Promise<Pick<ProduceReply, 'code' | 'offset'>> {
  const connection: Connection = {
    brokers: brokers.split(','),
    clientId: 'raw',
    ssl: false,
    sasl: undefined,
    log: silent,
    requestMs: 30_000,
    metadataMs: 60_000
  }
  const link = new Link(connection)
  try {
    const cluster = await link.cluster()
    await cluster.addMultipleTargetTopics([at.topic])
    const [leader] = byLeader(cluster, [at]).keys()
    const broker = await cluster.findBroker({ nodeId: leader! })
    const [reply] = await broker.connectionPool.send(produceRequest([{ ...at, bytes }], { ackMs: 30_000 }))
    return reply ?? { code: -1, offset: -1 }
  } finally {
    await link.close()
  }
}
