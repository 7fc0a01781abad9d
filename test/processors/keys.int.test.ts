import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import type { Item, Position } from '../../runtime/pipeline.ts'
import { keyText, type RawChange, type RawRow } from '../../schemas/change.ts'
import { parseTable, type AvroSchema } from '../../schemas/table.ts'
import { Stages } from '../support/stages.ts'

const tableOf = (types: Readonly<Record<string, AvroSchema>>) =>
  parseTable('schemas/shop/codes.avsc', {
    type: 'record',
    name: 'Code',
    namespace: 'courant.shop',
    doc: 'A code.',
    courant: { source: 'postgres', table: 'codes', key: Object.keys(types), cursor: null },
    fields: [
      ...Object.entries(types).map(([name, type]) => ({ name, type })),
      { name: 'label', type: ['null', 'string'], default: null }
    ]
  })

let version = 0
function changeOf(key: RawRow, op: 'c' | 'd'): Item<RawChange> {
  version += 1
  const text = keyText(Object.values(key) as string[])
  const source = {
    version: 'test',
    connector: 'postgresql',
    name: 'shop',
    db: 'db',
    table: 'codes',
    snapshot: 'false',
    ts_ms: 1_700_000_000_000,
    ts_us: 1_700_000_000_000_000,
    row_version: version,
    row_hash: 1
  }
  const rows = op === 'd' ? { before: key, after: null } : { before: null, after: { ...key, label: text } }
  const value = { ...rows, source, op, ts_ms: 0 }
  return { id: `${text}@${version}`, key: text, value, position: '' as Position, at: new Date(source.ts_ms) }
}

const spellings = [
  '',
  ' ',
  'A12',
  ' A12',
  'A12 ',
  'A12\u00a0',
  'A12\t',
  'a12',
  'caf\u00e9',
  'cafe\u0301',
  '\u0000'
]
const uuid = 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'
const kinds: Readonly<Record<string, { type: AvroSchema; values: fc.Arbitrary<string> }>> = {
  string: { type: 'string', values: fc.oneof(fc.constantFrom(...spellings), fc.string({ unit: 'binary' })) },
  uuid: {
    type: { type: 'string', logicalType: 'uuid' },
    values: fc.oneof(fc.uuid(), fc.constantFrom(uuid, uuid.toUpperCase(), ` ${uuid}`, ''))
  },
  int: {
    type: 'int',
    values: fc.oneof(
      fc.integer().map(String),
      fc.constantFrom('1', '01', '+1', '1.0', '1e0', '0x1', ' 1', '-0', '0', '')
    )
  },
  long: {
    type: 'long',
    values: fc.oneof(
      fc.bigInt({ min: -(2n ** 64n), max: 2n ** 64n }).map(String),
      fc.constantFrom('1', '01', '+1', '1.0', ' 1', '-0', '0')
    )
  }
}

/** As PostgreSQL prints them: one text for each value, which is why a key may be declared so. */
const printedKinds: typeof kinds = {
  date: {
    type: { type: 'int', logicalType: 'date' },
    values: fc
      .integer({ min: -719_162, max: 2_932_896 })
      .map((day) => new Date(day * 86_400_000).toISOString().slice(0, 10))
  },
  time: {
    type: { type: 'long', logicalType: 'time-micros' },
    values: fc.integer({ min: 0, max: 86_399_999_999 }).map((micros) => clockText(micros))
  },
  'local timestamp': {
    type: { type: 'long', logicalType: 'local-timestamp-micros' },
    values: fc
      .tuple(fc.integer({ min: -51_000, max: 104_000 }), fc.integer({ min: 0, max: 86_399_999_999 }))
      .map(([day, micros]) => `${new Date(day * 86_400_000).toISOString().slice(0, 10)} ${clockText(micros)}`)
  },
  boolean: { type: 'boolean', values: fc.constantFrom('true', 'false') }
}

/** Such as 08:09:10.5. */
function clockText(micros: number): string {
  const clock = new Date(Math.floor(micros / 1_000_000) * 1000).toISOString().slice(11, 19)
  const fraction = String(micros % 1_000_000)
    .padStart(6, '0')
    .replace(/0+$/, '')
  return fraction === '' ? clock : `${clock}.${fraction}`
}

for (const [kind, { type, values }] of Object.entries({ ...kinds, ...printedKinds }))
  for (const columns of kind in printedKinds ? [['k']] : [['k'], ['k', 'l']])
    test(`distinct keys of ${columns.length} ${kind} stay distinct to the views, or are set aside, and a delete takes its own alone`, async (t) => {
      const table = tableOf(Object.fromEntries(columns.map((name) => [name, type])))
      const keyOf = fc.tuple(...columns.map(() => values)).map((parts) => {
        return Object.fromEntries(columns.map((name, n) => [name, parts[n] ?? ''])) as RawRow
      })
      const textOf = (key: RawRow) => keyText(Object.values(key) as string[])
      const keys = fc.uniqueArray(keyOf, { selector: textOf, minLength: 1, maxLength: 12 })
      await fc.assert(
        fc.asyncProperty(keys, async (list) => {
          const stages = await Stages.of(t, table)
          await stages.add(list.map((key) => changeOf(key, 'c')))
          const aside = new Set(stages.rejected.map(({ key }) => key))
          const shown = async () =>
            (
              await stages.rows(
                `SELECT ${columns.map((name) => `${name}::VARCHAR AS ${name}`).join(', ')} FROM silver.codes`
              )
            )
              .map((row) => keyText(Object.values(row).map(String)))
              .toSorted()
          const expected = list.map(textOf).filter((key) => !aside.has(key))
          assert.deepEqual(await shown(), expected.toSorted())
          const [gone] = list
          if (gone) await stages.add([changeOf(gone, 'd')])
          assert.deepEqual(await shown(), expected.filter((key) => gone && key !== textOf(gone)).toSorted())
        }),
        { numRuns: 6 }
      )
    })

test('text keys are never set aside, whatever they are', async (t) => {
  const stages = await Stages.of(t, tableOf({ code: 'string' }))
  await stages.add(spellings.map((code) => changeOf({ code }, 'c')))
  assert.deepEqual(stages.rejected, [])
})

test('a row that is no longer valid is no longer current, its history says why, and a valid version brings it back', async (t) => {
  const table = parseTable('schemas/shop/codes.avsc', {
    ...tableOf({ code: 'string' }).avro,
    fields: [
      { name: 'code', type: 'string' },
      { name: 'label', type: 'int' }
    ]
  })
  const stages = await Stages.of(t, table)
  const put = (label: string) => {
    const item = changeOf({ code: 'a' }, 'c')
    return { ...item, value: { ...item.value, after: { code: 'a', label } } }
  }
  const shown = () => stages.rows('SELECT code, label FROM silver.codes')
  await stages.add([put('1')])
  assert.deepEqual(await shown(), [{ code: 'a', label: 1 }])
  await stages.add([put('x')])
  assert.deepEqual(await shown(), [])
  await stages.add([put('y'), put('2')])
  assert.deepEqual(await shown(), [{ code: 'a', label: 2 }])
  assert.deepEqual(
    await stages.rows('SELECT label, _op, _withdrawn FROM silver.codes_history ORDER BY _version'),
    [
      { label: 1, _op: 'c', _withdrawn: null },
      { label: null, _op: 'd', _withdrawn: 'label_invalid' },
      { label: null, _op: 'd', _withdrawn: 'label_invalid' },
      { label: 2, _op: 'c', _withdrawn: null }
    ]
  )
  assert.equal(stages.clean.filter(({ value }) => value.withdrawn).length, stages.rejected.length)
})

test('a UUID in upper case is set aside where it is a key, for it would be another row', async (t) => {
  const stages = await Stages.of(t, tableOf({ id: kinds['uuid']?.type ?? 'string' }))
  await stages.add([uuid, uuid.toUpperCase()].map((id) => changeOf({ id }, 'c')))
  assert.deepEqual(
    stages.rejected.map(({ value }) => value.reason),
    ['id_not_as_at_source']
  )
})
