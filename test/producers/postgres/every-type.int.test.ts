import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { postgresReader } from '../../../producers/postgres/postgres-reader.ts'
import { type AvroSchema, parseTable } from '../../../schemas/table.ts'
import { testContext } from '../../support/context.ts'
import { Stages } from '../../support/stages.ts'
import { SourceDatabase } from './source-database.ts'

let source: SourceDatabase
before(async () => {
  source = await SourceDatabase.create()
})
after(() => source.drop())

const micros = { type: 'long', logicalType: 'timestamp-micros' }

/** A type of PostgreSQL, the field it is declared as, and values of it that are odd and are kept to the last bit. */
interface Kept {
  readonly sql: string
  readonly field: AvroSchema
  /** A cast in DuckDB to the source's own precision, before its text is taken. */
  readonly shown?: string
  readonly values: readonly string[]
}

const hostile = [
  '',
  ' ',
  ' padded ',
  'caf\u00e9',
  'cafe\u0301',
  'a,"b"\\c',
  '\n\t',
  '\u{1f600}',
  '\u0001',
  "'; DROP"
]
const instants = [
  '1828-01-01 00:00:00',
  '1969-12-31 23:59:59.999999',
  '2026-03-29 02:30:00.000001',
  '2254-12-31 23:59:59.999999'
]
const duckInstant = (column: string) => `strftime(${column}, '%Y-%m-%d %H:%M:%S.%f')`
const pgInstant = (column: string) => `to_char(${column}, 'YYYY-MM-DD HH24:MI:SS.US')`

const kept: Readonly<Record<string, Kept>> = {
  a_smallint: { sql: 'smallint', field: 'int', values: ['-32768', '0', '32767'] },
  an_int: { sql: 'integer', field: 'int', values: ['-2147483648', '2147483647'] },
  a_bigint: {
    sql: 'bigint',
    field: 'long',
    values: ['-9223372036854775808', '-9007199254740993', '9007199254740991', '9223372036854775807']
  },
  a_numeric: {
    sql: 'numeric(38,4)',
    field: { type: 'bytes', logicalType: 'decimal', precision: 38, scale: 4 },
    values: ['-9999999999999999999999999999999999.9999', '0.0001', '1.0050', '4503599627370497.2000']
  },
  a_real: { sql: 'real', field: 'double', shown: '::FLOAT', values: ['0.1', '-0.5', '16777216'] },
  a_double: { sql: 'double precision', field: 'double', values: ['0.1', '5e-324', '-1.5'] },
  a_boolean: { sql: 'boolean', field: 'boolean', values: ['true', 'false'] },
  a_text: { sql: 'text', field: 'string', values: hostile },
  a_varchar: { sql: 'varchar(40)', field: 'string', values: hostile },
  a_char: { sql: 'char(4)', field: 'string', values: ['ab', ''] },
  a_uuid: {
    sql: 'uuid',
    field: { type: 'string', logicalType: 'uuid' },
    values: ['A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11', '00000000-0000-0000-0000-000000000000']
  },
  a_date: {
    sql: 'date',
    field: { type: 'int', logicalType: 'date' },
    values: ['0001-01-01', '1582-10-10', '2024-02-29', '9999-12-31']
  },
  a_timestamptz: { sql: 'timestamptz', field: micros, values: instants },
  a_timestamp: { sql: 'timestamp', field: micros, values: instants },
  a_time: { sql: 'time', field: 'string', values: ['24:00:00', '00:00:00.000001'] },
  a_timetz: { sql: 'timetz', field: 'string', values: ['23:59:59.999999+15:59'] },
  an_interval: { sql: 'interval', field: 'string', values: ['-1 year 2 mons -3 days 04:05:06.789', '0'] },
  a_bytea: { sql: 'bytea', field: 'string', values: ['\\x', '\\x00ff'] },
  a_json: { sql: 'json', field: 'string', values: ['{"a": 1, "a":2}', '"\\u0000"', '1e999999'] },
  a_jsonb: { sql: 'jsonb', field: 'string', values: ['{"b": [1, null], "a": 1.10}'] },
  an_array: { sql: 'text[]', field: 'string', values: ['{a,"b,c",NULL,"NULL",""}', '{}'] },
  a_matrix: { sql: 'int[]', field: 'string', values: ['[0:1][1:1]={{1},{2}}'] },
  a_range: { sql: 'int4range', field: 'string', values: ['[1,)', 'empty'] },
  an_inet: { sql: 'inet', field: 'string', values: ['10.0.0.1', '10.0.0.1/24', '::1'] },
  a_bit: { sql: 'varbit', field: 'string', values: ['', '0101'] },
  a_point: { sql: 'point', field: 'string', values: ['(1,-0.5)'] },
  an_xml: { sql: 'xml', field: 'string', values: ['<a>&amp;</a>'] },
  a_vector: { sql: 'tsvector', field: 'string', values: [`'a':1 'it''s':2`] }
}

const names = Object.keys(kept)
const depth = Math.max(...Object.values(kept).map(({ values }) => values.length))
const isInstant = (name: string) => kept[name]?.field === micros

test('every type of PostgreSQL comes to DuckDB cell by cell as it is at the source, odd values too', async (t) => {
  const avro = {
    type: 'record' as const,
    name: 'Zoo',
    namespace: 'courant.shop',
    doc: 'A value of each type.',
    courant: { source: 'postgres' as const, table: 'zoo', key: ['id'], cursor: null },
    fields: [
      { name: 'id', type: 'int' },
      ...names.map((name) => ({ name, type: ['null', kept[name]?.field ?? 'string'], default: null }))
    ]
  }
  const table = parseTable('schemas/shop/zoo.avsc', avro)
  await source.client.query(
    `CREATE TABLE zoo (id int PRIMARY KEY, ${names.map((name) => `${name} ${kept[name]?.sql}`).join(', ')})`
  )
  const row = `INSERT INTO zoo VALUES (${['id', ...names].map((_, n) => `$${n + 1}`).join(', ')})`
  // The last row has nothing but its key.
  for (let id = 0; id <= depth; id++)
    await source.client.query(row, [id, ...names.map((name) => kept[name]?.values[id] ?? null)])
  const reader = await postgresReader(table).open(testContext(source.stateEnv()))
  const { items } = await reader.read({ limit: 100, lingerMs: 0, signal: AbortSignal.timeout(10_000) })
  await reader.close()
  const stages = await Stages.of(t, table)
  await stages.add(items)
  assert.deepEqual(
    stages.rejected.map(({ value }) => value.reasons),
    [],
    'nothing is set aside'
  )
  await source.client.query(`SET TimeZone = 'UTC'; SET IntervalStyle = 'iso_8601'`)
  const there = names.map((name) => `${isInstant(name) ? pgInstant(name) : printed(name)} AS ${name}`)
  const here = names.map((name) => {
    const shown = isInstant(name) ? duckInstant(name) : `${name}${kept[name]?.shown ?? ''}::VARCHAR`
    return `${shown} AS ${name}`
  })
  const expected = (await source.client.query(`SELECT ${there.join(', ')} FROM zoo ORDER BY id`)).rows
  const got = await stages.rows(`SELECT ${here.join(', ')} FROM silver.zoo ORDER BY id`)
  for (const name of names)
    assert.deepEqual(
      got.map((cells) => canonical(name, cells[name])),
      expected.map((cells: Record<string, unknown>) => canonical(name, cells[name])),
      name
    )
})

/** As PostgreSQL prints a value within a row: with the blanks of char(n), and an address without a mask it has not. */
function printed(name: string): string {
  if (name === 'an_inet') return `abbrev(${name})`
  return name === 'a_char' ? `rpad(${name}::text, 4)` : `${name}::text`
}

/** Numbers are compared as such: two programs print 5e-324 in two ways. */
const canonical = (name: string, cell: unknown) =>
  cell !== null && kept[name]?.field === 'double' ? Number(cell) : cell
