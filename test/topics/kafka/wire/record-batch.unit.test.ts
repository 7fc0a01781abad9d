import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { decodeBatch, splitBatches } from '../../../../topics/kafka/wire/batch-decoder.ts'
import { encodeBatch } from '../../../../topics/kafka/wire/batch-encoder.ts'
import { ByteReader } from '../../../../topics/kafka/wire/byte-reader.ts'
import { ByteWriter, varintLength } from '../../../../topics/kafka/wire/byte-writer.ts'
import { codecNames } from '../../../../topics/kafka/wire/compression.ts'
import { crc32c } from '../../../../topics/kafka/wire/crc32c.ts'
import type { OutgoingRecord } from '../../../../topics/kafka/port.ts'

const at = { topic: 'orders', partition: 3 }
const identity = { producerId: 7, epoch: 1, sequence: 40 }
const limits = { maxBytes: 900_000, maxRecords: 10_000 }

const bytes = fc.uint8Array({ maxLength: 300 }).map((value) => Buffer.from(value))
const record: fc.Arbitrary<OutgoingRecord> = fc
  .record({
    key: fc.oneof(fc.string({ unit: 'binary' }), bytes),
    value: fc.option(bytes),
    headers: fc.dictionary(fc.string({ unit: 'grapheme' }), fc.oneof(fc.string(), bytes), {
      noNullPrototype: true
    }),
    timestamp: fc.integer({ min: 0, max: 4_102_444_800_000 })
  })
  .map((fields) => ({ ...at, ...fields }))

const asBuffer = (value: Buffer | string) => (typeof value === 'string' ? Buffer.from(value) : value)

test('the checksum of 123456789 is the one of the Castagnoli specification', () => {
  assert.equal(crc32c(Buffer.from('123456789')), 0xe3069283)
})

test('the checksum in steps of eight equals the one byte by byte', () => {
  const slow = (data: Uint8Array) => {
    let crc = -1
    for (const byte of data) {
      crc ^= byte
      for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1
    }
    return (crc ^ -1) >>> 0
  }
  fc.assert(fc.property(fc.uint8Array({ maxLength: 100 }), (data) => assert.equal(crc32c(data), slow(data))))
})

test('varints up to 2^52 either way come back and take the length foretold', () => {
  fc.assert(
    fc.property(fc.integer({ min: -(2 ** 52), max: 2 ** 52 }), (value) => {
      const writer = new ByteWriter(16)
      writer.varint(value)
      assert.equal(writer.at, varintLength(value))
      assert.equal(new ByteReader(writer.written).varint(), value)
    }),
    { examples: [[0], [-1], [2 ** 31], [-(2 ** 31) - 1], [2 ** 52], [-(2 ** 52)]] }
  )
})

test('64-bit numbers come back', () => {
  fc.assert(
    fc.property(fc.maxSafeInteger(), (value) => {
      const writer = new ByteWriter(8)
      writer.int64(value)
      assert.equal(new ByteReader(writer.written).int64(), value)
    })
  )
})

for (const compression of codecNames)
  test(`records come back from a ${compression} batch as they were`, async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(record, { minLength: 1, maxLength: 30 }), async (records) => {
        const { bytes, count } = await encodeBatch(records, 0, { compression, identity, ...limits })
        assert.equal(count, records.length)
        const [batch, ...more] = splitBatches(bytes, at)
        assert.ok(batch)
        assert.equal(more.length, 0)
        const back = await decodeBatch(batch, at, 0)
        assert.deepEqual(
          back,
          records.map(({ key, value, headers = {}, timestamp }, offset) => ({
            ...at,
            offset,
            key: asBuffer(key),
            value,
            headers: Object.fromEntries(
              Object.entries(headers).map(([name, text]) => [name, asBuffer(text)])
            ),
            timestamp
          }))
        )
      }),
      { numRuns: 60 }
    )
  })

test('a header named __proto__ is a header like any other', async () => {
  const headers = JSON.parse('{"__proto__":"x"}') as Record<string, string>
  const records = [{ ...at, key: 'a', value: null, headers }]
  const { bytes } = await encodeBatch(records, 0, { compression: 'none', identity, ...limits })
  const [batch] = splitBatches(bytes, at)
  assert.ok(batch)
  const [back] = await decodeBatch(batch, at, 0)
  assert.deepEqual(Object.entries(back?.headers ?? {}), [['__proto__', Buffer.from('x')]])
  assert.equal(Object.getPrototypeOf(back?.headers), Object.prototype)
})

test('batches cut at any size hold every record once, in order', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(record, { minLength: 1, maxLength: 40 }),
      fc.integer({ min: 100, max: 3_000 }),
      async (records, maxBytes) => {
        const counts: number[] = []
        for (let from = 0; from < records.length; from += counts.at(-1) ?? 0) {
          const batch = await encodeBatch(records, from, {
            compression: 'none',
            identity,
            maxBytes,
            maxRecords: 1000
          })
          assert.ok(batch.count === 1 || batch.bytes.length <= maxBytes)
          counts.push(batch.count)
        }
        assert.equal(
          counts.reduce((sum, count) => sum + count, 0),
          records.length
        )
      }
    ),
    { numRuns: 60 }
  )
})

test('a batch that the broker cut is left for the next fetch', async () => {
  const records = [{ ...at, key: 'a', value: Buffer.from('1') }]
  const { bytes } = await encodeBatch(records, 0, { compression: 'none', identity, ...limits })
  const set = Buffer.concat([bytes, bytes.subarray(0, -1)])
  assert.equal(splitBatches(set, at).length, 1)
})

test('a batch whose bytes changed on the way is refused', async () => {
  const records = [{ ...at, key: 'a', value: Buffer.from('1') }]
  const { bytes } = await encodeBatch(records, 0, { compression: 'none', identity, ...limits })
  bytes[bytes.length - 2]! ^= 1
  assert.throws(() => splitBatches(bytes, at), { code: 'TOPICS_UNAVAILABLE' })
})
