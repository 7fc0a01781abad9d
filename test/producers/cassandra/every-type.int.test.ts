import assert from 'node:assert/strict'
import { after, before, test, type TestContext } from 'node:test'
import { types } from 'cassandra-driver'
import * as fc from 'fast-check'
import { cassandraReader } from '../../../producers/cassandra/cassandra-reader.ts'
import { discoverCassandra } from '../../../producers/cassandra/discover.ts'
import { settingsFrom } from '../../../runtime/settings.ts'
import type { RawRow } from '../../../schemas/change.ts'
import { declareTable } from '../../../schemas/discovery/declare-table.ts'
import { parseTable, type Table } from '../../../schemas/table.ts'
import { canonicalClean, canonicalDuck, sameDoubles } from '../../support/canonical-cells.ts'
import { testContext } from '../../support/context.ts'
import { temporaryFolder } from '../../support/stack.ts'
import { Stages } from '../../support/stages.ts'
import { type TestKeyspace, testKeyspace } from './test-table.ts'

let keyspace: TestKeyspace
before(async () => {
  keyspace = await testKeyspace()
})
after(() => keyspace.drop())

/** A value: its literal, what it says, and its text where that is another; null says that docs/types.md sets it aside. */
type Value = readonly [literal: string, says: string | null, text?: string]

const same = (...texts: string[]): Value[] => texts.map((text) => [text, text])
const quoted = (...texts: string[]): Value[] => texts.map((text) => [`'${text.replaceAll("'", "''")}'`, text])
const texts = quoted('', ' padded ', 'a,"b"\\c', "it's", '__proto__', '1', 'NULL', '\n\t\u0001')
const accents = quoted('caf\u00e9', 'cafe\u0301', '\u{1f600}', '\u0000')

/** Odd values of each type that the driver's catalogue has. */
const values: Readonly<Record<string, readonly Value[]>> = {
  ascii: texts,
  text: [...texts, ...accents],
  varchar: accents,
  tinyint: same('-128', '0', '127'),
  smallint: same('-32768', '32767'),
  int: same('-2147483648', '0', '2147483647'),
  bigint: same('-9223372036854775808', '-9007199254740993', '9223372036854775807'),
  varint: same('-1', '9223372036854775808', '123456789012345678901234567890'),
  decimal: [...same('-12.3400', '0.0'), ['1E-7', '0.0000001'], ['1E+3', '1000'], ['1E-2000', '1E-2000']],
  float: [
    ...same('0.1', '-0.5', '1.5'),
    ['16777216', '16777216'],
    ['NaN', null, 'NaN'],
    ['-Infinity', null, '-Infinity']
  ],
  double: [...same('0.1', '-1.5', '5e-324', '1e+300'), ['NaN', null, 'NaN'], ['Infinity', null, 'Infinity']],
  boolean: same('true', 'false'),
  uuid: [['A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11', 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11']],
  timeuuid: same('50554d6e-29bb-11e5-b345-feff819cdc9f'),
  date: [
    ...quoted('2024-02-29', '0001-01-01', '9999-12-31'),
    ['0', null, '-2147483648'],
    ['4294967295', null, '2147483647']
  ],
  time: [
    ["'08:12:54'", String(29_574_000_000), '08:12:54'],
    ["'08:12:54.123456'", String(29_574_123_456), '08:12:54.123456'],
    ["'23:59:59.999999999'", null, '23:59:59.999999999']
  ],
  timestamp: [
    ['-1', '1969-12-31 23:59:59.999000', '1969-12-31T23:59:59.999Z'],
    ['1700000000123', '2023-11-14 22:13:20.123000', '2023-11-14T22:13:20.123Z'],
    ['-62135596800000', null, '0001-01-01T00:00:00.000Z'],
    ['9223372036854775807', null, '9223372036854775807ms'],
    ['-9223372036854775808', null, '-9223372036854775808ms']
  ],
  duration: [
    ['14mo3d4h', '14 3 14400000000', 'P14M3DT14400S'],
    ['-1mo1d500ms', '-1 -1 -500000', 'P-1M-1DT-0.5S'],
    ['P0D', '0 0 0', 'P0M0DT0S'],
    ['1us', '0 0 1', 'P0M0DT0.000001S'],
    ['1ns', null, 'P0M0DT0.000000001S']
  ],
  inet: quoted('10.0.0.1', '2001:db8::1'),
  blob: same('0x00ff', '0x')
}

/** What only holds others, is the user's own, or can be in no table with other columns. */
const others = ['custom', 'list', 'map', 'set', 'udt', 'tuple', 'counter']

/** A column: its type, and its values with what they say as JSON. */
interface ZooColumn {
  readonly cql: string
  readonly values: readonly {
    readonly literal: string
    readonly says: unknown
    readonly text: string | undefined
  }[]
}

const plain = (cql: string): ZooColumn => ({
  cql,
  values: (values[cql] ?? []).map(([literal, says, text = says ?? undefined]) => ({ literal, says, text }))
})

const isAside = (value: Value) => value[1] === null

function collections(cql: string, order: (list: readonly Value[]) => readonly Value[]): ZooColumn[] {
  const all = values[cql] ?? []
  const lists = [
    order(all.filter((value) => !isAside(value))),
    ...all.filter(isAside).map((value) => [value])
  ]
  const says = (list: readonly Value[]) => (list.some(isAside) ? null : list.map(([, one]) => one))
  const text = (list: readonly Value[]) => JSON.stringify(list.map(([, one, raw = one]) => raw))
  const column = (type: string, literal: (list: readonly Value[]) => string) => ({
    cql: type,
    values: lists.map((list) => ({ literal: literal(list), says: says(list), text: text(list) }))
  })
  const found = [
    column(`list<${cql}>`, (list) => `[${list.map(([one]) => one).join(', ')}]`),
    column(`frozen<list<frozen<list<${cql}>>>>`, (list) => `[[${list.map(([one]) => one).join(', ')}]]`)
  ].map((one, n) =>
    n === 0 ? one : { ...one, values: one.values.map((value) => ({ ...value, text: `[${value.text}]` })) }
  )
  const map: ZooColumn = {
    cql: `map<text, ${cql}>`,
    values: lists.map((list) => ({
      literal: `{${list.map(([one], n) => `'k${String(n).padStart(2, '0')}': ${one}`).join(', ')}}`,
      says: list.some(isAside) ? null : list.map(([, one], n) => [`k${String(n).padStart(2, '0')}`, one]),
      text: undefined
    }))
  }
  return [...found, map]
}

/** A column of each type of the driver's catalogue, and of collections of each. */
function zooOf(seed: number): readonly ZooColumn[] {
  const known = Object.keys(types.dataTypes).filter(
    (name) => !others.includes(name) && typeof types.dataTypes[name as 'int'] === 'number'
  )
  assert.deepEqual(
    known.filter((name) => !(name in values)),
    [],
    'each type has values here'
  )
  const order = (list: readonly Value[]) =>
    fc.sample(fc.shuffledSubarray([...list], { minLength: list.length }), { seed, numRuns: 1 })[0] ?? []
  return [
    ...known.map(plain),
    ...known.flatMap((name) => collections(name, order)),
    { cql: 'set<int>', values: [{ literal: '{3, 1, 2}', says: ['1', '2', '3'], text: '["1","2","3"]' }] },
    {
      cql: 'map<int, text>',
      values: [
        {
          literal: "{10: 'x', 9: '__proto__'}",
          says: [
            ['9', '__proto__'],
            ['10', 'x']
          ],
          text: '[["9","__proto__"],["10","x"]]'
        }
      ]
    },
    {
      cql: 'map<blob, frozen<set<text>>>',
      values: [{ literal: "{0xff: {'b', 'a'}}", says: [['0xff', ['a', 'b']]], text: '[["0xff",["a","b"]]]' }]
    },
    {
      cql: 'vector<float, 3>',
      values: [{ literal: '[0.1, -1.5, 3]', says: ['0.1', '-1.5', '3'], text: '["0.1","-1.5","3"]' }]
    }
  ]
}

/** The table as discovery declares it. */
async function zooTable(columns: number): Promise<Table> {
  const [found] = await discoverCassandra(settingsFrom(keyspace.env), ['zoo'])
  assert.ok(found)
  const { avro, file } = declareTable(found, 'shop', 'zoo')
  assert.equal(avro.fields.length, columns + 1, 'no column is left out')
  return parseTable(file, JSON.parse(JSON.stringify(avro)))
}

async function streamed(t: TestContext, table: Table, rows: number) {
  const env = { ...keyspace.env, COURANT_CASSANDRA_RANGES: '1', COURANT_STATE_DIR: temporaryFolder(t) }
  const reader = await cassandraReader(table).open(testContext(env))
  t.after(() => reader.close())
  const stages = await Stages.of(t, table)
  const changes = new Map<string, RawRow>()
  const signal = AbortSignal.timeout(60_000)
  while (changes.size < rows) {
    const batch = await reader.read({ limit: 1000, lingerMs: 0, signal })
    await reader.commit(batch)
    await stages.add(batch.items)
    for (const { key, value } of batch.items) changes.set(key, value.after ?? {})
  }
  return { stages, changes }
}

test('every type of Cassandra comes to changes, clean, Silver and DuckDB cell by cell, but for what is declared', async (t) => {
  const seed = Number(process.env['COURANT_TEST_SEED'] ?? Date.now() % 1_000_000)
  t.diagnostic(`seed ${seed} (COURANT_TEST_SEED)`)
  const zoo = zooOf(seed)
  const name = `${keyspace.name}.zoo`
  await keyspace.client.execute(
    `CREATE TABLE ${name} (id int PRIMARY KEY, ${zoo.map(({ cql }, n) => `c${n} ${cql}`).join(', ')})`
  )
  const cells = zoo.flatMap(({ cql, values: own }, n) =>
    own.map((value) => ({ ...value, cql, column: `c${n}` }))
  )
  await Promise.all(
    cells.map(({ literal, column }, id) =>
      keyspace.client.execute(`INSERT INTO ${name} (id, ${column}) VALUES (${id}, ${literal})`)
    )
  )
  const table = await zooTable(zoo.length)
  const { stages, changes } = await streamed(t, table, cells.length)
  await stages.compact()
  const kinds = new Map(table.columns.map((column) => [column.name, column.type]))
  const clean = new Map(stages.clean.map(({ key, value }) => [key, value.after]))
  const select = table.columns
    .slice(1)
    .map((column) => `${canonicalDuck(column.name, column.type)} AS ${column.name}`)
  const shown = new Map(
    (await stages.rows(`SELECT id, ${select.join(', ')} FROM silver.zoo`)).map((row) => [
      String(row['id']),
      row
    ])
  )
  const reasons = new Map(stages.rejected.map(({ key, value }) => [key, value.reasons]))
  t.diagnostic(`${zoo.length} types, ${cells.length} values, ${reasons.size} rows set aside`)
  for (const [n, { cql, column, literal, says, text }] of cells.entries()) {
    const at = `${cql}: ${literal}`
    const id = String(n)
    if (text !== undefined) assert.equal(changes.get(id)?.[column], text, `changes: ${at}`)
    assert.equal(
      reasons.has(id),
      says === null,
      `set aside as declared: ${at} ${reasons.get(id)?.join() ?? ''}`
    )
    if (says === null) continue
    const kind = kinds.get(column) ?? assert.fail(column)
    const expected = sameDoubles(says, kind)
    assert.deepEqual(
      sameDoubles(canonicalClean(clean.get(id)?.[column], kind), kind),
      expected,
      `clean: ${at}`
    )
    const cell = JSON.parse(String(shown.get(id)?.[column])) as unknown
    assert.deepEqual(sameDoubles(cell, kind), expected, `DuckDB: ${at}`)
  }
})
