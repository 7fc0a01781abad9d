import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { CourantError } from '../../runtime/errors.ts'
import { distinct } from '../../schemas/check-table.ts'
import { exactSpan } from '../../schemas/clean-attribute.ts'
import { changeSchema } from '../../schemas/envelope.ts'
import { type AvroRecord, parseTable, table } from '../../schemas/table.ts'
import { tables } from '../../schemas/tables.ts'

const file = 'schemas/shop/orders.avsc'
const good = {
  type: 'record',
  name: 'Order',
  namespace: 'courant.shop',
  doc: 'An order.',
  courant: { source: 'postgres', table: 'orders', key: ['id'], cursor: null },
  fields: [{ name: 'id', type: 'long' }]
}

const problemOf = (change: Readonly<Record<string, unknown>>): string => problem({ ...good, ...change })

function problem(avro: unknown): string {
  try {
    parseTable(file, avro as AvroRecord)
  } catch (error) {
    assert.ok(error instanceof CourantError && error.code === 'SCHEMA_INVALID', String(error))
    return error.message
  }
  return ''
}

const field = (type: unknown, more = {}) => ({
  fields: [...good.fields, { name: 'total', type, ...more }]
})
const logical = (type: string, logicalType: string, more = {}) => field({ type, logicalType, ...more })

const mapEntry = (key: unknown) => ({
  type: 'record',
  name: 'Entry',
  fields: [
    { name: 'key', type: key },
    { name: 'value', type: ['null', 'int'], default: null }
  ]
})
const rangeOf = (bound: unknown) => ({
  type: 'record',
  name: 'Span',
  logicalType: 'range',
  fields: [
    { name: 'lower', type: ['null', bound], default: null },
    { name: 'upper', type: ['null', bound], default: null },
    ...['lower_inclusive', 'upper_inclusive', 'empty'].map((name) => ({ name, type: 'boolean' }))
  ]
})

describe("a table's file", () => {
  it('is read with every type that cleaning, Bronze and Silver know', () => {
    const types = [
      'string',
      'boolean',
      'int',
      'long',
      'double',
      { type: 'string' },
      { type: 'string', logicalType: 'uuid' },
      { type: 'int', logicalType: 'date' },
      { type: 'long', logicalType: 'timestamp-micros' },
      { type: 'long', logicalType: 'local-timestamp-micros' },
      { type: 'long', logicalType: 'time-micros' },
      { type: 'string', logicalType: 'json' },
      { type: 'string', logicalType: 'interval' },
      { type: 'bytes', logicalType: 'decimal', precision: 38, scale: 38 },
      { type: 'array', items: ['null', 'long'] },
      { type: 'array', items: { type: 'array', items: 'string' } },
      { type: 'array', logicalType: 'map', items: mapEntry('string') },
      rangeOf('int')
    ]
    for (const type of types) {
      assert.equal(problemOf(field(type)), '', JSON.stringify(type))
      assert.equal(problemOf(field(['null', type], { default: null })), '')
    }
    const { domain, name, columns } = parseTable(file, good as unknown as AvroRecord)
    assert.deepEqual([domain, name, columns[0]?.type], ['shop', 'orders', { kind: 'long' }])
  })

  it('is refused for a type that would fail at the first row, naming the field and the types there are', () => {
    const refused = [
      field('float'),
      field('bytes'),
      field({ type: 'enum', name: 'E', symbols: ['A'] }),
      field({ type: 'array', items: 'float' }),
      field({ type: 'array', logicalType: 'map', items: 'string' }),
      field({ type: 'array', logicalType: 'map', items: mapEntry({ type: 'string', logicalType: 'json' }) }),
      field({ type: 'map', values: 'string' }),
      field({ ...rangeOf('int'), logicalType: 'span' }),
      logical('fixed', 'duration', { size: 12 }),
      logical('long', 'timestamp-millis'),
      logical('string', 'date'),
      logical('bytes', 'decimal'),
      logical('bytes', 'decimal', { precision: 39, scale: 2 }),
      logical('bytes', 'decimal', { precision: 4, scale: 5 })
    ]
    for (const change of refused)
      assert.match(
        problemOf(change),
        /^Correct schemas\/shop\/orders\.avsc:\n {2}field total: the type .* is none a table can have.*Allowed: "string", .*timestamp-micros/
      )
    assert.match(problemOf(field('float')), /take "double"/)
    assert.match(problemOf(field(['string', 'null'])), /field total: its type must be \["null", type\]/)
    assert.match(problemOf(field(['null', 'string'])), /field total: a nullable field needs "default": null/)
    assert.match(
      problemOf(field('long', { logicalType: 'date' })),
      /total: its logicalType belongs into the type/
    )
  })

  it('is refused for a key of what is no single thing, and for a cursor that is no instant', () => {
    const keyed = (type: unknown) => problemOf({ fields: [{ name: 'id', type }] })
    for (const type of [
      { type: 'array', items: 'int' },
      rangeOf('int'),
      { type: 'string', logicalType: 'json' }
    ])
      assert.match(keyed(type), /key column id cannot be of the kind \w+: take "string"/)
    const cursor = { courant: { ...good.courant, cursor: 'total' } }
    const local = logical('long', 'local-timestamp-micros')
    assert.match(problemOf({ ...cursor, ...local }), /cursor total must be an instant: take timestamp-micros/)
  })

  it('is refused for a source that has no producer', () => {
    const courant = { ...good.courant, source: 'postgresql' }
    assert.match(
      problemOf({ courant }),
      /"courant\.source" is "postgresql", which is none of postgres, cassandra$/
    )
  })

  it('is refused for keys, cursors, names and attributes that would surprise later, all at once', () => {
    const said = problemOf({
      courant: { ...good.courant, key: ['id', 'ref'], cursor: 'changed' },
      fields: [
        { name: 'id', type: ['null', 'long'], default: null },
        { name: 'ID', type: 'long' },
        { name: 'first-name', type: 'string', pi: 'name' },
        { name: '_op', type: 'string' }
      ]
    })
    const parts = [
      /key column id cannot be nullable/,
      /key column ref must be a field/,
      /cursor changed must be a field/,
      /field ID is there twice/,
      /field first-name: Avro names have letters/,
      /field first-name: "pi" is not known/,
      /field _op: a column of the lake has this name/
    ]
    for (const part of parts) assert.match(said, part)
    assert.match(problemOf({ fields: [{ type: 'long' }] }), /"fields" must list objects with a "name"/)
    assert.match(
      problemOf({ courant: undefined, fields: undefined }),
      /"courant\.table" is missing[^]*"courant\.source" is ""/
    )
  })

  it('is refused for a key, a name or a default that Avro or the generator would stumble over', () => {
    const keyed = (key: unknown) => problemOf({ courant: { ...good.courant, key } })
    assert.match(keyed('id'), /"courant\.key" must list the primary key columns$/)
    assert.match(keyed(['id', 'id']), /key column id is there twice$/)
    assert.match(problemOf({ name: 'An order' }), /"name" is "An order": Avro names have letters/)
    assert.match(problemOf({ namespace: 'courant.my-shop' }), /"namespace" is "courant\.my-shop": Avro names/)
    for (const type of ['string', { type: 'bytes', logicalType: 'decimal', precision: 4 }])
      assert.match(problemOf(field(type, { default: 0 })), /field total: it cannot have the default 0: leave/)
    assert.equal(problemOf(field('string', { default: 'none' })), '')
  })

  it('is refused for a misspelt attribute, which would silently mean nothing', () => {
    const courant = { ...good.courant, partition: 6 }
    assert.match(problemOf({ courant }), /"courant\.partition" is not known: a table has .*partitions$/)
  })

  it('may say how a field is cleaned, which is no part of the published schema', () => {
    const clean = { from: '1970-01-01', noEnd: 'null' }
    const time = { type: 'long', logicalType: 'timestamp-micros' }
    const avro = { ...good, ...field(['null', time], { default: null, clean }) }
    const parsed = parseTable(file, avro as unknown as AvroRecord)
    assert.deepEqual(parsed.columns[1]?.span, { from: 0, before: exactSpan.before })
    assert.equal(parsed.columns[1].isOpenEnded, true)
    const spanned = (type: object, days: object) =>
      parseTable(file, { ...good, ...field(type, { clean: days }) } as unknown as AvroRecord).columns[1]?.span
    assert.equal(spanned(time, { before: '9999-01-01' })?.before, exactSpan.before)
    assert.deepEqual(spanned({ type: 'int', logicalType: 'date' }, { from: '1970-01-01' }), {
      from: 0,
      before: Number.POSITIVE_INFINITY
    })
    assert.doesNotMatch(JSON.stringify(changeSchema(parsed)), /clean/)
    const wrong: [unknown, object][] = [
      ['string', { blank: 'reject' }],
      ['long', { blank: 'keep' }],
      ['long', { from: '1970-01-01' }],
      [time, { from: '1970-13-01' }],
      [time, { noEnd: 'null' }],
      [time, { until: '1970-01-01' }]
    ]
    for (const [type, attribute] of wrong)
      assert.match(
        problemOf(field(type, { clean: attribute })),
        new RegExp(`field total: "(clean|from|noEnd|blank)".*`),
        JSON.stringify(attribute)
      )
  })

  it('is missed by name', () => {
    assert.throws(() => table('shop', 'nothing'), /schemas\/shop\/nothing\.avsc, which .* is not there/)
  })
})

describe('the list of tables', () => {
  it('refuses two of one name, in whatever domains and spelling', () => {
    const same = (name: string) => [tables.groupsUsers, { ...tables.users, domain: 'shop', name }]
    for (const name of ['groups-users', 'groups_users', 'Groups-Users'])
      assert.throws(
        () => distinct(same(name)),
        new RegExp(`schemas/activity/groups-users\\.avsc and schemas/shop/${name}\\.avsc have one name`)
      )
    assert.equal(distinct(same('users-2')).length, 2)
  })

  it('refuses a name that is the view of every change of another table, whichever comes first', () => {
    const history = { ...tables.users, domain: 'shop', name: 'users-history' }
    for (const list of [
      [tables.users, history],
      [history, tables.users]
    ])
      assert.throws(() => distinct(list), {
        code: 'SCHEMA_INVALID',
        message: /users-history\.avsc.*orders_history/
      })
  })
})
