import { ByteWriter, varintLength } from './byte-writer.ts'
import { type CodecName, compress } from './compression.ts'
import { crc32c } from './crc32c.ts'
import type { OutgoingRecord } from '../port.ts'
import { batchLayout } from './record-batch.ts'

/** Who writes a batch, so that the broker drops a repeat of it (KIP-98). */
export interface BatchIdentity {
  readonly producerId: number
  readonly epoch: number
  readonly sequence: number
}

export interface EncodedBatch {
  readonly bytes: Buffer
  /** How many of the records it holds. */
  readonly count: number
}

export interface BatchLimits {
  readonly compression: CodecName
  /** Of the records before compression; one record is taken whatever its size. */
  readonly maxBytes: number
  readonly maxRecords: number
}

interface Body {
  readonly writer: ByteWriter
  readonly count: number
  readonly firstAt: number
  readonly lastAt: number
}

/** Writes records from index `from` on, as many as fit, as one record batch. */
export async function encodeBatch(
  records: readonly OutgoingRecord[],
  from: number,
  options: BatchLimits & { identity: BatchIdentity }
): Promise<EncodedBatch> {
  const body = writeRecords(records, from, options)
  const plain = body.writer.written
  const packed = await compress(options.compression, plain.subarray(batchLayout.headerBytes))
  const bytes =
    packed.codec === 0 ? plain : Buffer.concat([plain.subarray(0, batchLayout.headerBytes), packed.bytes])
  writeHeader(bytes, { ...body, ...options.identity, codec: packed.codec })
  return { bytes, count: body.count }
}

function writeRecords(records: readonly OutgoingRecord[], from: number, limits: BatchLimits): Body {
  const writer = new ByteWriter(Math.min(limits.maxBytes, 65_536), batchLayout.headerBytes)
  const now = Date.now()
  const firstAt = records[from]?.timestamp ?? now
  const end = Math.min(records.length, from + limits.maxRecords)
  let lastAt = firstAt
  let count = 0
  for (let index = from; index < end; index++) {
    const record = records[index]!
    const at = record.timestamp ?? now
    const size = sizes(record, at - firstAt, count)
    if (count > 0 && writer.at + size.total > limits.maxBytes) break
    writeRecord(writer, record, size)
    if (at > lastAt) lastAt = at
    count++
  }
  return { writer, count, firstAt, lastAt }
}

interface RecordSizes {
  timeDelta: number
  offsetDelta: number
  key: number
  body: number
  total: number
}

// One object for all records: a batch has thousands, and encoding is what producing costs.
const size: RecordSizes = { timeDelta: 0, offsetDelta: 0, key: 0, body: 0, total: 0 }

function sizes(record: OutgoingRecord, timeDelta: number, offsetDelta: number): RecordSizes {
  const { key, value, headers } = record
  size.timeDelta = timeDelta
  size.offsetDelta = offsetDelta
  size.key = byteLength(key)
  size.body =
    1 +
    varintLength(timeDelta) +
    varintLength(offsetDelta) +
    varintLength(size.key) +
    size.key +
    (value ? varintLength(value.length) + value.length : 1) +
    (headers ? headerBytes(headers) : 1)
  size.total = varintLength(size.body) + size.body
  return size
}

function headerBytes(headers: NonNullable<OutgoingRecord['headers']>): number {
  let bytes = 0
  let count = 0
  for (const name in headers) {
    const nameLength = Buffer.byteLength(name)
    const valueLength = byteLength(headers[name]!)
    bytes += varintLength(nameLength) + nameLength + varintLength(valueLength) + valueLength
    count++
  }
  return bytes + varintLength(count)
}

function writeRecord(writer: ByteWriter, record: OutgoingRecord, size: RecordSizes): void {
  const { key, value, headers } = record
  writer.ensure(size.total)
  writer.varint(size.body)
  writer.int8(0)
  writer.varint(size.timeDelta)
  writer.varint(size.offsetDelta)
  writer.varint(size.key)
  writeBytes(writer, key, size.key)
  writer.varint(value ? value.length : -1)
  if (value) writer.raw(value)
  if (headers) writeHeaders(writer, headers)
  else writer.varint(0)
}

function writeHeaders(writer: ByteWriter, headers: NonNullable<OutgoingRecord['headers']>): void {
  writer.varint(Object.keys(headers).length)
  for (const name in headers) {
    const value = headers[name]!
    const nameLength = Buffer.byteLength(name)
    const valueLength = byteLength(value)
    writer.varint(nameLength)
    writer.text(name, nameLength)
    writer.varint(valueLength)
    writeBytes(writer, value, valueLength)
  }
}

function writeBytes(writer: ByteWriter, value: Buffer | string, length: number): void {
  if (typeof value === 'string') writer.text(value, length)
  else writer.raw(value)
}

const byteLength = (value: Buffer | string) =>
  typeof value === 'string' ? Buffer.byteLength(value) : value.length

function writeHeader(
  bytes: Buffer,
  batch: BatchIdentity & { count: number; firstAt: number; lastAt: number; codec: number }
): void {
  const header = new ByteWriter(batchLayout.headerBytes)
  header
    .int64(0)
    .int32(bytes.length - batchLayout.lengthAt - 4)
    .int32(-1)
    .int8(batchLayout.magic)
    .uint32(0)
    .int16(batch.codec)
    .int32(batch.count - 1)
    .int64(batch.firstAt)
    .int64(batch.lastAt)
    .int64(batch.producerId)
    .int16(batch.epoch)
    .int32(batch.sequence)
    .int32(batch.count)
  header.written.copy(bytes)
  bytes.writeUInt32BE(crc32c(bytes, batchLayout.attributesAt), batchLayout.crcAt)
}
