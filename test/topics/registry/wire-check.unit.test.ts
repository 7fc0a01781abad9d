import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import avro, { type Schema } from 'avsc'
import * as fc from 'fast-check'
import type { CourantError } from '../../../runtime/errors.ts'
import { avroOptions, avroType } from '../../../schemas/avro-type.ts'
import { subjectList } from '../../../schemas/subjects.ts'
import { decoder, encoder } from '../../../topics/registry/codec.ts'
import { memoryRegistry } from '../../../topics/registry/memory.ts'
import { mostEmptyItems, mostItems, wireCheck } from '../../../topics/registry/wire-check.ts'
import { valuesOf } from '../../support/avro-values.ts'

const typeOf = (schema: unknown) => avro.Type.forSchema(schema as Schema, { ...avroOptions })

/** Zigzag, as Avro writes a long. */
function long(value: number): Buffer {
  const bytes: number[] = []
  let rest = value < 0 ? -value * 2 - 1 : value * 2
  for (; rest > 127; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128)
  return Buffer.from([...bytes, rest])
}

const check = (schema: unknown, ...bytes: Buffer[]) => wireCheck(typeOf(schema))(Buffer.concat(bytes), 0)

const arrayOf = (items: unknown) => ({ type: 'array', items })

describe('what a count or a length claims', () => {
  for (const claimed of [11, 10 ** 7, 2 ** 50, -11, -(2 ** 50)])
    it(`is refused when ${claimed} items of a byte have no bytes left`, () => {
      for (const items of ['int', 'string', 'boolean', ['null', 'string'], arrayOf('int')])
        assert.equal(check(arrayOf(items), long(claimed), Buffer.alloc(10)), null)
      assert.equal(check({ type: 'map', values: 'null' }, long(claimed), Buffer.alloc(10)), null)
    })

  it('is bounded for items that take no bytes, over the whole record', () => {
    const empty = { type: 'record', name: 'Empty', fields: [] }
    for (const items of ['null', empty, { type: 'fixed', name: 'None', size: 0 }]) {
      const end = long(0)
      assert.notEqual(check(arrayOf(items), long(mostEmptyItems), end), null)
      assert.equal(check(arrayOf(items), long(mostEmptyItems + 1), end), null)
      assert.equal(check(arrayOf(items), long(mostEmptyItems), long(1), end), null)
    }
    const nested = Buffer.concat([long(mostEmptyItems), long(0)])
    assert.equal(check(arrayOf(arrayOf('null')), long(2), nested, nested, long(0)), null)
  })

  it('is bounded in all, however many bytes there are', () => {
    const bytes = Buffer.alloc(mostItems + 1)
    assert.notEqual(check(arrayOf('int'), long(mostItems), bytes.subarray(1), long(0)), null)
    assert.equal(check(arrayOf('int'), long(mostItems + 1), bytes, long(0)), null)
  })

  it('is refused when it is negative, or leads behind the end or back', () => {
    for (const type of ['string', 'bytes'])
      for (const length of [-1, -5, -(2 ** 40), 11, 2 ** 52])
        assert.equal(check(type, long(length), Buffer.alloc(10)), null)
    // A block that says how long it is must be so long.
    const block = Buffer.concat([long(-2), long(2), Buffer.from([2, 4]), long(0)])
    assert.equal(check(arrayOf('int'), block), block.length)
    for (const size of [-4, 0, 1, 3, 2 ** 40])
      assert.equal(check(arrayOf('int'), long(-2), long(size), Buffer.from([2, 4]), long(0)), null)
  })

  it('is refused when a number has no end, a branch or a symbol does not exist, or a text is no UTF-8', () => {
    assert.equal(check('long', Buffer.alloc(20, 0xff)), null)
    assert.equal(check('int', long(2 ** 31)), null)
    assert.equal(check('boolean', Buffer.from([2])), null)
    for (const index of [-1, 2, 2 ** 40]) {
      assert.equal(check(['null', 'int'], long(index), Buffer.alloc(9)), null)
      assert.equal(check({ type: 'enum', name: 'E', symbols: ['A', 'B'] }, long(index)), null)
    }
    assert.equal(check('string', long(2), Buffer.from([0xc3, 0x28])), null)
    assert.equal(check('string', long(100), Buffer.concat([Buffer.alloc(99), Buffer.from([0xff])])), null)
  })

  it('is refused of a type that contains itself without an end', () => {
    const endless = { type: 'record', name: 'Endless', fields: [{ name: 'self', type: 'Endless' }] }
    assert.equal(check(endless, Buffer.alloc(10)), null)
    const list = { type: 'record', name: 'List', fields: [{ name: 'next', type: ['null', 'List'] }] }
    assert.equal(check(list, Buffer.alloc(100_000, 2)), null)
    assert.equal(check(list, Buffer.from([2, 2, 0])), 3)
  })
})

/** Bytes that were cut, changed, or have a large number put into them. */
const damage = (bytes: Buffer): fc.Arbitrary<Buffer> => {
  const at = fc.nat({ max: Math.max(0, bytes.length - 1) })
  const counts = fc.constantFrom(10 ** 7, 10 ** 9, 2 ** 50, -(10 ** 7), -(2 ** 50), -1)
  return fc.oneof(
    at.map((end) => bytes.subarray(0, end)),
    fc.tuple(at, counts).map(([end, count]) => Buffer.concat([bytes.subarray(0, end), long(count)])),
    fc
      .tuple(at, counts)
      .map(([place, count]) =>
        Buffer.concat([bytes.subarray(0, place), long(count), bytes.subarray(place + 1)])
      ),
    fc.tuple(at, fc.nat({ max: 255 })).map(([place, byte]) => {
      const changed = Buffer.from(bytes)
      if (place < changed.length) changed[place] = byte
      return changed
    }),
    fc.uint8Array({ maxLength: 80 }).map((random) => Buffer.from(random))
  )
}

describe('damaged records', () => {
  for (const { subject, schema } of subjectList())
    it(`of ${subject} give a value of its schema or RECORD_INVALID, by their bytes alone`, async () => {
      const registry = memoryRegistry()
      const type = avroType(schema)
      const id = await registry.register(subject, schema)
      const encode = encoder(type, id)
      const decode = decoder(type, { registry, topic: subject.replace(/-value$/, '') })
      const header = Buffer.from([0, 0, 0, 0, id])
      const damaged = valuesOf(schema).chain((value) => damage(encode(value).subarray(header.length)))
      await fc.assert(
        fc.asyncProperty(damaged, async (body) => {
          try {
            // What is read can be written: nothing of it is out of the schema.
            encode(await decode(Buffer.concat([header, body])))
          } catch (error) {
            assert.equal((error as CourantError).code, 'RECORD_INVALID')
            assert.match((error as Error).message, /is not what its schema/)
          }
        }),
        { numRuns: 40, verbose: true }
      )
    })
})
