import zlib from 'node:zlib'
import * as fc from 'fast-check'
import { avroType } from '../../../schemas/avro-type.ts'
import type { RecordSchema } from '../../../schemas/envelope.ts'
import { maxOutputLength } from '../../../topics/kafka/wire/compression.ts'
import { batchLayout } from '../../../topics/kafka/wire/record-batch.ts'
import { encoder } from '../../../topics/registry/codec.ts'
import { valuesOf } from '../../support/avro-values.ts'
import { bombs, rawBatch, rawRecord, sealed, varint } from '../../support/raw-batch.ts'

/** Something that must be in a dead-letter topic afterwards, with its place. */
export interface Poison {
  readonly what: string
  /** The value of a record; a batch goes over the wire as it is. */
  readonly value?: Buffer
  readonly batch?: Buffer
}

/** Values that a schema allows, extremes first: none of them may stop anybody, whatever becomes of it. */
export function extremes(schema: RecordSchema, schemaId: number, seed: number): Buffer[] {
  const encode = encoder(avroType(schema), schemaId)
  return fc.sample(valuesOf(schema), { numRuns: 12, seed }).map((value) => encode(value))
}

/** Records and batches that nobody can read. */
export function poisonFor(
  schema: RecordSchema,
  ids: { readonly own: number; readonly foreign: number },
  seed: number
): Poison[] {
  const [whole = Buffer.alloc(0), other = Buffer.alloc(0)] = extremes(schema, ids.own, seed)
  const under = (id: number, body: Buffer) => {
    const header = Buffer.alloc(5)
    header.writeUInt32BE(id, 1)
    return Buffer.concat([header, body])
  }
  const bomb = Buffer.concat([varint(2), varint(2 ** 40), Buffer.alloc(20)])
  return [
    { what: 'no bytes', value: Buffer.alloc(0) },
    { what: 'no Avro', value: Buffer.from('../../etc/passwd\u001b[31m\0') },
    { what: 'a schema id and nothing else', value: under(ids.own, Buffer.alloc(0)) },
    { what: 'cut short', value: whole.subarray(0, Math.floor(whole.length / 2)) },
    { what: 'more than the value', value: Buffer.concat([other, Buffer.from([7])]) },
    { what: 'a count of 2^40', value: under(ids.own, bomb) },
    { what: 'the schema of another topic', value: under(ids.foreign, whole.subarray(5)) },
    { what: 'a schema that nobody has', value: under(0x7fff_fff0, whole.subarray(5)) },
    ...falseBatches
  ]
}

const lies = rawRecord(Buffer.alloc(1))
const cut = rawRecord(Buffer.alloc(40)).subarray(0, 20)

/** Bombs of each codec, and batches that are not what they say, in the clear and compressed. */
const falseBatches: readonly Poison[] = [
  ...Object.entries(bombs(maxOutputLength + 1_048_576)).map(([codec, batch]) => ({
    what: `a ${codec} bomb`,
    batch
  })),
  { what: 'more records than it has', batch: rawBatch(lies, { count: 3 }) },
  { what: 'more records than it has, gzip', batch: rawBatch(zlib.gzipSync(lies), { codec: 1, count: 3 }) },
  {
    what: 'more records than it has, zstd',
    batch: rawBatch(zlib.zstdCompressSync(lies), { codec: 4, count: 3 })
  },
  { what: 'a record cut short', batch: rawBatch(cut) },
  { what: 'a record cut short, gzip', batch: rawBatch(zlib.gzipSync(cut), { codec: 1 }) },
  { what: 'no gzip', batch: rawBatch(Buffer.from('nothing of it'), { codec: 1 }) },
  { what: 'no snappy', batch: rawBatch(Buffer.from('nothing of it'), { codec: 2 }) },
  { what: 'no lz4', batch: rawBatch(Buffer.from('nothing of it'), { codec: 3 }) },
  { what: 'no zstd', batch: rawBatch(Buffer.from('nothing of it'), { codec: 4 }) },
  { what: 'a codec that there is not', batch: rawBatch(lies, { codec: 6 }) }
]

/** Batches of good values in which a byte is another, with the checksum that is right for it. */
export function mutatedBatches(values: readonly Buffer[], seed: number): Buffer[] {
  const records = Buffer.concat(values.slice(0, 4).map((value, n) => rawRecord(value, n)))
  const count = Math.min(4, values.length)
  const change = fc.record({ at: fc.nat(records.length - 1), by: fc.integer({ min: 1, max: 255 }) })
  return fc.sample(fc.array(change, { minLength: 1, maxLength: 4 }), { numRuns: 12, seed }).map((changes) => {
    const bytes = Buffer.from(rawBatch(records, { count }))
    for (const { at, by } of changes) bytes[batchLayout.headerBytes + at]! ^= by
    return sealed(bytes)
  })
}

/** Names that come in headers and keys. */
export const hostileNames = [
  '__proto__',
  '../../x',
  'a\u0000b',
  '\u202e\u001b]0;x\u0007',
  "'; DROP TABLE users; --"
]
