import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { cassandraReader } from '../../../producers/cassandra/cassandra-reader.ts'
import { type AvroSchema, parseTable } from '../../../schemas/table.ts'
import { testContext } from '../../support/context.ts'
import { Stages } from '../../support/stages.ts'
import { type TestKeyspace, testKeyspace } from './test-table.ts'

let keyspace: TestKeyspace
before(async () => {
  keyspace = await testKeyspace()
})
after(() => keyspace.drop())

const uuid = { type: 'string', logicalType: 'uuid' }
const decimal = { type: 'bytes', logicalType: 'decimal', precision: 38, scale: 7 }
const micros = { type: 'long', logicalType: 'timestamp-micros' }

/** The type, the field, and literals with what DuckDB prints of each. */
const kept: Readonly<
  Record<string, readonly [cql: string, field: AvroSchema, cells: readonly [string, string][]]>
> = {
  a_tinyint: ['tinyint', 'int', [['-128', '-128']]],
  a_smallint: ['smallint', 'int', [['32767', '32767']]],
  an_int: [
    'int',
    'int',
    [
      ['-2147483648', '-2147483648'],
      ['2147483647', '2147483647']
    ]
  ],
  a_bigint: [
    'bigint',
    'long',
    [
      ['-9223372036854775808', '-9223372036854775808'],
      ['9007199254740993', '9007199254740993']
    ]
  ],
  a_varint: ['varint', 'long', [['9223372036854775807', '9223372036854775807']]],
  a_decimal: [
    'decimal',
    decimal,
    [
      ['-12.3400', '-12.3400000'],
      ['1E-7', '0.0000001']
    ]
  ],
  a_float: [
    'float',
    'double',
    [
      ['0.1', '0.1'],
      ['-0.5', '-0.5']
    ]
  ],
  a_double: [
    'double',
    'double',
    [
      ['0.1', '0.1'],
      ['-1.5', '-1.5']
    ]
  ],
  a_boolean: [
    'boolean',
    'boolean',
    [
      ['true', 'true'],
      ['false', 'false']
    ]
  ],
  a_text: [
    'text',
    'string',
    [
      ["' padded '", ' padded '],
      ["''", ''],
      ["'cafe\u0301'", 'cafe\u0301']
    ]
  ],
  an_ascii: ['ascii', 'string', [['\'a,"b"\'', 'a,"b"']]],
  a_uuid: ['uuid', uuid, [['A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11', 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11']]],
  a_timeuuid: [
    'timeuuid',
    uuid,
    [['50554d6e-29bb-11e5-b345-feff819cdc9f', '50554d6e-29bb-11e5-b345-feff819cdc9f']]
  ],
  a_date: [
    'date',
    { type: 'int', logicalType: 'date' },
    [
      ["'2024-02-29'", '2024-02-29'],
      ["'0001-01-01'", '0001-01-01']
    ]
  ],
  a_timestamp: [
    'timestamp',
    micros,
    [
      ['-1', '1969-12-31 23:59:59.999+00'],
      ['1700000000123', '2023-11-14 22:13:20.123+00']
    ]
  ],
  a_time: ['time', 'string', [["'08:12:54.123456789'", '08:12:54.123456789']]],
  an_inet: ['inet', 'string', [["'2001:db8::1'", '2001:db8::1']]],
  a_blob: [
    'blob',
    'string',
    [
      ['0x00ff', '0x00ff'],
      ['0x', '0x']
    ]
  ]
}

const names = Object.keys(kept)
const depth = Math.max(...Object.values(kept).map(([, , cells]) => cells.length))

test('every plain type of Cassandra comes to DuckDB cell by cell as it is at the source', async (t) => {
  const record = parseTable('schemas/shop/zoo.avsc', {
    type: 'record',
    name: 'Zoo',
    namespace: 'courant.shop',
    doc: 'A value of each type.',
    courant: { source: 'cassandra', table: 'zoo', key: ['id'], cursor: null },
    fields: [
      { name: 'id', type: 'int' },
      ...names.map((name) => ({ name, type: ['null', kept[name]?.[1] ?? 'string'], default: null }))
    ]
  })
  const columns = `id int PRIMARY KEY, ${names.map((name) => `${name} ${kept[name]?.[0]}`).join(', ')}`
  const { table, name, client, env, drop } = await keyspace.table(record, columns)
  t.after(drop)
  // The last row has nothing but its key.
  for (let id = 0; id <= depth; id++) {
    const values = names.map((column) => kept[column]?.[2][id]?.[0] ?? 'null')
    await client.execute(`INSERT INTO ${name} (id, ${names.join(', ')}) VALUES (${id}, ${values.join(', ')})`)
  }
  const reader = await cassandraReader(table).open(testContext(env))
  t.after(() => reader.close())
  const stages = await Stages.of(t, record)
  const signal = AbortSignal.timeout(30_000)
  for (let left = depth + 1; left > 0; ) {
    const batch = await reader.read({ limit: 100, lingerMs: 0, signal })
    await reader.commit(batch)
    await stages.add(batch.items)
    left -= batch.items.length
  }
  assert.deepEqual(
    stages.rejected.map(({ value }) => value.reasons),
    []
  )
  const cells = names.map((column) => `${column}::VARCHAR AS ${column}`)
  const got = await stages.rows(`SELECT ${cells.join(', ')} FROM silver.zoo ORDER BY id`)
  for (const column of names) {
    const expected = Array.from({ length: depth + 1 }, (_, id) => kept[column]?.[2][id]?.[1] ?? null)
    assert.deepEqual(
      got.map((row) => row[column]),
      expected,
      column
    )
  }
})
