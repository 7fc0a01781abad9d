import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import { decodeBatch, mostRecords, splitBatches } from '../../../topics/kafka/wire/batch-decoder.ts'
import { encodeBatch } from '../../../topics/kafka/wire/batch-encoder.ts'
import { codecNames, compress, maxOutputLength } from '../../../topics/kafka/wire/compression.ts'
import type { KafkaRecord } from '../../../topics/kafka/port.ts'
import { batchLayout } from '../../../topics/kafka/wire/record-batch.ts'
import { bombs, rawBatch, rawRecord, sealed, varint } from '../../support/raw-batch.ts'

const at = { topic: 'orders', partition: 3 }

async function read(bytes: Buffer, from = 0): Promise<readonly KafkaRecord[]> {
  const [batch] = splitBatches(bytes, at)
  assert.ok(batch)
  return decodeBatch(batch, at, from)
}

/** That a batch stands as one record that says so, with its bytes. */
async function assertSetAside(bytes: Buffer, reason: RegExp): Promise<void> {
  const [record, ...more] = await read(bytes)
  assert.equal(more.length, 0)
  assert.ok(record?.unreadable)
  assert.deepEqual(record.unreadable.bytes, bytes)
  assert.equal(record.unreadable.error.code, 'BATCH_UNREADABLE')
  assert.match(record.unreadable.error.message, reason)
}

describe('a batch that unpacks to more than is read', () => {
  for (const [codec, bytes] of Object.entries(bombs(maxOutputLength + 8 * 1_048_576)))
    it(`is set aside as it lies in the log, compressed by ${codec}`, async () => {
      assert.ok(bytes.length < maxOutputLength / 10)
      const before = process.memoryUsage().arrayBuffers
      await assertSetAside(bytes, /offsets 0 to 0: the batch holds more than 32 MiB/)
      assert.ok(process.memoryUsage().arrayBuffers - before < 2 * maxOutputLength)
    })

  it('is read up to that', async () => {
    const { gzip = Buffer.alloc(0), zstd = Buffer.alloc(0), ...zeros } = bombs(8 * 1_048_576)
    for (const bytes of [gzip, zstd]) assert.equal((await read(bytes))[0]?.value?.length, 8 * 1_048_576)
    // Zeros are no record; that they are, is found once they are unpacked.
    for (const bytes of Object.values(zeros)) await assertSetAside(bytes, /cannot be taken apart/)
  })

  it('is set aside where a length in it leads back to where it has been', async () => {
    const endless = Buffer.from([2, 0, 0, 63 << 2, 0xfa, 0xff, 0xff, 0xff, 0])
    await assertSetAside(rawBatch(endless, { codec: 2 }), /cannot be taken apart/)
  })

  it('is set aside where it claims more records, or more headers, than are taken apart', async () => {
    const empty = rawRecord(Buffer.alloc(0))
    const many = Buffer.concat(Array.from({ length: mostRecords + 1 }, () => empty))
    await assertSetAside(rawBatch(many, { count: mostRecords + 1 }), /claims 250001 records/)
    await assertSetAside(rawBatch(empty, { count: 2 ** 31 - 1 }), /claims 2147483647 records/)
    const body = Buffer.concat([Buffer.from([0, 0, 0, 1, 1]), varint(600_000), Buffer.alloc(1_200_000)])
    await assertSetAside(rawBatch(Buffer.concat([varint(body.length), body])), /more than 500000 headers/)
  })
})

describe('a batch that is not what it says', () => {
  const two = Buffer.concat([rawRecord(Buffer.from('a')), rawRecord(Buffer.from('b'), 1)])
  const damaged: Readonly<Record<string, Buffer>> = {
    'more records than there are': rawBatch(two, { count: 3 }),
    'a negative number of records': rawBatch(two, { count: -1, lastOffsetDelta: 0 }),
    'the same offset twice': rawBatch(
      Buffer.concat([rawRecord(Buffer.alloc(1)), rawRecord(Buffer.alloc(1))]),
      {
        count: 2
      }
    ),
    'an offset behind its last': rawBatch(rawRecord(Buffer.alloc(1), 5)),
    'a negative length': rawBatch(varint(-5)),
    'a length behind its end': rawBatch(Buffer.concat([varint(100), two.subarray(1)])),
    'a value of another length than its record': rawBatch(Buffer.concat([varint(20), two.subarray(1), two])),
    'a codec that Kafka does not know': rawBatch(two, { codec: 7, count: 2 })
  }
  for (const [what, bytes] of Object.entries(damaged))
    it(`is set aside: ${what}`, () => assertSetAside(bytes, /cannot be taken apart/))

  it('has dates that JavaScript can hold, whatever it says', async () => {
    for (const firstAt of [Number.MAX_SAFE_INTEGER, -Number.MAX_SAFE_INTEGER]) {
      const [record] = await read(rawBatch(rawRecord(Buffer.alloc(1)), { firstAt }))
      assert.doesNotThrow(() => new Date(record?.timestamp ?? Number.NaN).toISOString())
    }
  })

  it('is no damage where it begins before what is wanted', async () => {
    assert.deepEqual(
      (await read(rawBatch(two, { count: 2 }), 1)).map(({ offset, value }) => [offset, String(value)]),
      [[1, 'b']]
    )
  })

  for (const codec of codecNames)
    it(`gives its records or one that says so, whatever was changed in it (${codec})`, async () => {
      const records = Array.from({ length: 20 }, (_, n) => ({
        ...at,
        key: `key ${n}`,
        value: Buffer.from(`value ${n} `.repeat(20)),
        headers: { a: 'b' }
      }))
      const identity = { producerId: -1, epoch: -1, sequence: -1 }
      const limits = { maxBytes: 900_000, maxRecords: 1_000, identity, compression: codec }
      const { bytes: whole } = await encodeBatch(records, 0, limits)
      const change = fc.record({
        at: fc.integer({ min: batchLayout.attributesAt, max: whole.length - 1 }),
        bytes: fc.uint8Array({ minLength: 1, maxLength: 6 }),
        cut: fc.option(fc.integer({ min: batchLayout.headerBytes, max: whole.length }))
      })
      await fc.assert(
        fc.asyncProperty(change, async ({ at: place, bytes, cut }) => {
          const changed = Buffer.from(whole.subarray(0, cut ?? whole.length))
          changed.set(bytes.subarray(0, Math.max(0, changed.length - place)), Math.min(place, changed.length))
          changed.writeInt32BE(changed.length - batchLayout.lengthAt - 4, batchLayout.lengthAt)
          const [batch] = splitBatches(sealed(changed), at)
          assert.ok(batch)
          const back = await decodeBatch(batch, at, 0)
          const isWhole = back.every(({ unreadable }) => unreadable === undefined)
          assert.ok(isWhole || back.length === 1)
          for (const { offset } of back) assert.ok(offset <= batch.lastOffset)
        }),
        { numRuns: 150, verbose: true }
      )
    })

  it('is unpacked block by block where Snappy came in a stream, and no stream hides in it', async () => {
    const part = (bytes: Buffer) => {
      const length = Buffer.alloc(4)
      length.writeUInt32BE(bytes.length)
      return Buffer.concat([length, bytes])
    }
    const head = Buffer.concat([
      Buffer.from([0x82]),
      Buffer.from('SNAPPY\0'),
      Buffer.from([0, 0, 0, 1, 0, 0, 0, 1])
    ])
    const blocks = await Promise.all(
      [two.subarray(0, 5), two.subarray(5)].map((bytes) => compress('snappy', bytes))
    )
    const stream = Buffer.concat([head, ...blocks.map(({ bytes }) => part(bytes))])
    const back = await read(rawBatch(stream, { codec: 2, count: 2 }))
    assert.deepEqual(
      back.map(({ value }) => String(value)),
      ['a', 'b']
    )
    await assertSetAside(rawBatch(Buffer.concat([head, part(stream)]), { codec: 2, count: 2 }), /taken apart/)
  })
})
