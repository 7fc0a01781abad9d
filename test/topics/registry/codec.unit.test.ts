import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import type { CourantError } from '../../../runtime/errors.ts'
import { avroType } from '../../../schemas/avro-type.ts'
import type { RecordSchema } from '../../../schemas/envelope.ts'
import { subjectList, subjectOf } from '../../../schemas/subjects.ts'
import { decoder, encoder, problemOf } from '../../../topics/registry/codec.ts'
import { memoryRegistry } from '../../../topics/registry/memory.ts'
import { valuesOf } from '../../support/avro-values.ts'

const person = (fields: RecordSchema['fields']): RecordSchema => ({
  type: 'record',
  name: 'Person',
  namespace: 'test',
  doc: '',
  fields
})
const name = { name: 'name', type: 'string' }
const topic = 'activity.people.clean'
const price = (precision: number, scale: number) => ({
  name: 'price',
  type: { type: 'bytes', logicalType: 'decimal', precision, scale }
})

/** Writes with one version of a schema and reads with another. */
async function across(written: RecordSchema, read: RecordSchema, value: unknown): Promise<unknown> {
  const registry = memoryRegistry()
  const id = await registry.register(subjectOf(topic), written)
  return decoder(avroType(read), { registry, topic })(encoder(avroType(written), id)(value))
}

const codeOf = (code: string) => (error: CourantError) => error.code === code

describe('the codec', () => {
  for (const { subject, schema } of subjectList())
    it(`brings any value of ${subject} back as it was`, async () => {
      const registry = memoryRegistry()
      const encode = encoder(avroType(schema), await registry.register(subject, schema))
      const decode = decoder(avroType(schema), { registry, topic: subject.replace(/-value$/, '') })
      await fc.assert(
        fc.asyncProperty(valuesOf(schema), async (value) =>
          assert.deepEqual(await decode(encode(value)), plain(value))
        ),
        { numRuns: 30, verbose: true }
      )
    })

  it('writes what Confluent does: a zero, the id in four bytes, Avro', () => {
    const bytes = encoder(avroType(person([name])), 0x01020304)({ name: 'Ada' })
    assert.equal(bytes.toString('hex'), `000102030406${Buffer.from('Ada').toString('hex')}`)
  })

  it('copies each value out, so that the next one does not change it', () => {
    const encode = encoder(avroType(person([name])), 1)
    const first = encode({ name: 'Ada' })
    encode({ name: 'Bob' })
    assert.equal(first.subarray(6).toString(), 'Ada')
  })

  it('writes values of any size', async () => {
    const value = { name: 'x'.repeat(3_000_000) }
    assert.deepEqual(await across(person([name]), person([name]), value), value)
  })

  it('reads what an older schema wrote, with the default of the new field, and nothing of a field that is gone', async () => {
    const age = { name: 'age', type: ['null', 'int'], default: null }
    assert.deepEqual(await across(person([name]), person([name, age]), { name: 'Ada' }), {
      name: 'Ada',
      age: null
    })
    assert.deepEqual(await across(person([name, age]), person([name]), { name: 'Ada', age: 3 }), {
      name: 'Ada'
    })
  })

  it('reads a decimal of less precision, and refuses one of another scale', async () => {
    assert.deepEqual(await across(person([price(9, 2)]), person([price(18, 2)]), { price: '1.50' }), {
      price: '1.50'
    })
    await assert.rejects(
      across(person([price(9, 2)]), person([price(9, 4)]), { price: '1.50' }),
      codeOf('RECORD_INVALID')
    )
  })

  it('carries whole numbers of 64 bits, also in a union, and refuses what is none', async () => {
    const longs = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })
    const edges = [2n ** 52n, 2n ** 53n - 1n, 2n ** 53n, 2n ** 63n - 1n].flatMap((n) => [
      n,
      -n,
      n + 1n,
      -n - 1n
    ])
    const within = edges.filter((n) => BigInt.asIntN(64, n) === n)
    for (const type of ['long', ['null', 'long']]) {
      const schema = person([{ name: 'at', type, ...(Array.isArray(type) && { default: null }) }])
      await fc.assert(
        fc.asyncProperty(fc.oneof(longs, fc.constantFrom(...within)), async (n) => {
          const at = Number.isSafeInteger(Number(n)) ? Number(n) : n
          assert.deepEqual(await across(schema, schema, { at }), { at })
        })
      )
      for (const at of [2 ** 53, 0.5, Number.NaN, 2n ** 63n, '1'])
        await assert.rejects(across(schema, schema, { at }), codeOf('RECORD_INVALID'), String(at))
    }
  })

  it('refuses microseconds that avsc would change in silence', async () => {
    const schema = person([{ name: 'at', type: { type: 'long', logicalType: 'timestamp-micros' } }])
    const lowest = { at: -(2 ** 52) }
    assert.deepEqual(await across(schema, schema, lowest), lowest)
    await assert.rejects(across(schema, schema, { at: -(2 ** 52) - 1 }), codeOf('RECORD_INVALID'))
  })

  it('does not take milliseconds for microseconds', async () => {
    const at = (unit: string) =>
      person([{ name: 'at', type: { type: 'long', logicalType: `timestamp-${unit}` } }])
    await assert.rejects(across(at('millis'), at('micros'), { at: 1 }), codeOf('RECORD_INVALID'))
  })

  it('refuses bytes that are not of the schema they name', async () => {
    const registry = memoryRegistry()
    const type = avroType(person([name]))
    const id = await registry.register(subjectOf(topic), person([name]))
    const decode = decoder(type, { registry, topic })
    const good = encoder(type, id)({ name: 'Ada' })
    await decode(good)
    for (const bad of [
      good.subarray(0, 7),
      Buffer.concat([good, Buffer.from('x')]),
      Buffer.from('Ada'),
      Buffer.alloc(0)
    ])
      assert.throws(() => decode(bad), codeOf('RECORD_INVALID'))
  })

  it('names the field that does not fit and what it should be, never the value', () => {
    const schema = person([
      name,
      price(9, 2),
      { name: 'id', type: ['null', { type: 'string', logicalType: 'uuid' }], default: null }
    ])
    const type = avroType(schema)
    const good = { name: 'Ada', price: '1.50', id: null }
    assert.equal(problemOf(type, good), null)
    assert.equal(problemOf(type, { name: 'Ada', price: '1.50' }), null)
    assert.deepEqual(problemOf(type, { ...good, name: 42 }), { path: 'name', wanted: 'of type string' })
    assert.deepEqual(problemOf(type, { ...good, price: '1.505' }), {
      path: 'price',
      wanted: 'of type decimal'
    })
    assert.deepEqual(problemOf(type, { ...good, id: 'no' }), { path: 'id', wanted: 'null or uuid' })
    assert.deepEqual(problemOf(type, { ...good, more: 1 }), {
      path: 'more',
      wanted: 'a field of test.Person'
    })
    assert.deepEqual(problemOf(type, 'Ada'), { path: '', wanted: 'of type test.Person' })
    const encode = encoder(type, 1)
    assert.throws(
      () => encode({ ...good, price: 'canary' }),
      (error: CourantError) =>
        error.code === 'RECORD_INVALID' &&
        !JSON.stringify([error.message, error.details, error.cause]).includes('canary')
    )
  })
})

/** Without the null prototypes that fast-check gives to some records. */
const plain = (value: unknown): unknown => structuredClone(value)
