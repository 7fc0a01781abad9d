import assert from 'node:assert/strict'
import { after, before, describe, it, type TestContext } from 'node:test'
import { CourantError } from '../../../runtime/errors.ts'
import type { Column, Table } from '../../../schemas/table.ts'
import { tables } from '../../../schemas/tables.ts'
import { eventually } from '../../support/eventually.ts'
import { PolledTable } from './polled-table.ts'
import { numbered, type TestKeyspace, testKeyspace } from './test-table.ts'

let keyspace: TestKeyspace

before(async () => {
  keyspace = await testKeyspace()
})
after(() => keyspace.drop())

/** A record of text columns with the given names. */
function recordOf(
  names: readonly string[],
  { key, cursor = null }: { key: string[]; cursor?: string | null }
): Table {
  const column = (name: string): Column => ({ name, type: { kind: 'string' }, nullable: true, pii: null })
  return { ...tables.userPurchases, columns: names.map(column), key, cursor }
}

interface Wanted {
  readonly columns: string
  readonly env?: Record<string, string>
}

async function polled(t: TestContext, record: Table, { columns, env }: Wanted) {
  const table = new PolledTable(await keyspace.table(record, columns), env)
  t.after(() => table.end())
  return table
}

const refusedWith = (pattern: RegExp) => (error: unknown) => {
  assert.ok(error instanceof CourantError && error.code === 'SOURCE_REFUSED', String(error))
  assert.match(error.message, pattern)
  return true
}

describe('empty values, which are not null,', () => {
  it('are in keys what no value prints, so that such a row is set aside and its delete is found', async (t) => {
    const record = recordOf(['a', 'b', 'n', 'v'], { key: ['a', 'b', 'n'] })
    const columns = 'a int, b text, n int, v text, PRIMARY KEY ((a, b), n)'
    const table = await polled(t, record, { columns })
    await table.run(`INSERT INTO $ (a, b, n, v) VALUES (blobAsInt(0x), '', blobAsInt(0x), 'x')`)
    await table.run(`INSERT INTO $ (a, b, n, v) VALUES (1, '', 0, 'x')`)
    await table.run(`INSERT INTO $ (a, b, n, v) VALUES (1, '', blobAsInt(0x), null)`)
    const rows = await table.readToEnd()
    const keys = rows.map(({ after: row }) => [row?.['a'], row?.['b'], row?.['n']].join('|'))
    assert.deepEqual(keys.toSorted(), ['1||', '1||0', '||'])
    await table.readThroughPasses(2)
    await table.run(`DELETE FROM $ WHERE a = 1 AND b = '' AND n = blobAsInt(0x)`)
    const [gone] = await table.readUntil(1)
    assert.deepEqual([gone?.op, gone?.before], ['d', { a: '1', b: '', n: '' }])
  })

  it('are told from a partition that has static columns alone', async (t) => {
    const record = recordOf(['id', 'n', 's', 'v'], { key: ['id', 'n'] })
    const columns = 'id int, n int, s text static, v text, PRIMARY KEY (id, n)'
    const table = await polled(t, record, { columns })
    await table.run(`INSERT INTO $ (id, s) VALUES (1, 'static')`)
    await table.run(`INSERT INTO $ (id, n, v) VALUES (2, blobAsInt(0x), 'x')`)
    const rows = await table.readToEnd()
    assert.deepEqual(
      rows.map(({ after: row }) => row?.['id']),
      ['2']
    )
  })

  it('are not all: minus zero is a key beside zero', async (t) => {
    const record = recordOf(['d', 'f', 'v'], { key: ['d', 'f'] })
    const table = await polled(t, record, {
      columns: 'd double, f float, v text, PRIMARY KEY (d, f)'
    })
    for (const [d, f] of [
      [0, 0],
      [-0, -0],
      [0, -0]
    ])
      await table.run('INSERT INTO $ (d, f, v) VALUES (?, ?, ?)', [d, f, 'x'])
    assert.equal((await table.readToEnd()).length, 3)
    await table.readThroughPasses(2)
    await table.run('DELETE FROM $ WHERE d = ? AND f = ?', [-0, -0])
    const [gone] = await table.readUntil(1)
    assert.deepEqual(gone?.before, { d: '-0', f: '-0' })
  })
})

describe('a Cassandra table that is not as its schema says', () => {
  it('is refused with everything that does not fit, and how to correct it', async (t) => {
    const record = recordOf(['id', 'absent', 'tags', 'password_hash'], {
      key: ['id', 'absent'],
      cursor: 'tags'
    })
    const table = await polled(t, record, {
      columns: 'id uuid PRIMARY KEY, tags frozen<tuple<int, int>>, password_hash text'
    })
    await assert.rejects(
      table.readAndCommit(),
      refusedWith(
        /absent does not exist[^]*tags is a frozen<tuple<int, int>>[^]*password_hash looks like a secret[^]*primary key is \(id\)[^]*cursor tags/
      )
    )
  })

  it('is refused once a column is dropped while it is read', async (t) => {
    const record = recordOf(['id', 'v'], { key: ['id'] })
    const table = await polled(t, record, { columns: 'id int PRIMARY KEY, v text' })
    await table.run(`INSERT INTO $ (id, v) VALUES (1, 'x')`)
    assert.equal((await table.readToEnd()).length, 1)
    await table.run('ALTER TABLE $ DROP v')
    const refusal = () =>
      table.readAndCommit().then(
        () => null,
        (error: unknown) => error instanceof CourantError && error.code === 'SOURCE_REFUSED' && error
      )
    const error = await eventually(refusal, { what: 'the refusal' })
    refusedWith(/column v does not exist: correct the \.avsc file/)(error)
  })

  it('is refused with a hint when it is not there', async (t) => {
    const table = await polled(t, tables.userPurchases, {
      columns: 'id uuid PRIMARY KEY',
      env: { COURANT_CASSANDRA_KEYSPACE: 'nowhere' }
    })
    await assert.rejects(table.readAndCommit(), refusedWith(/does not exist: create it there/))
  })

  it('is waited for when the server does not answer', async (t) => {
    const table = await polled(t, tables.userPurchases, {
      columns: 'id uuid PRIMARY KEY',
      env: { COURANT_CASSANDRA_CONTACT_POINTS: '127.0.0.1:1' }
    })
    await assert.rejects(table.readAndCommit(), { code: 'SOURCE_UNAVAILABLE' })
  })
})

describe('columns of a Cassandra table', () => {
  const types: Record<string, [cql: string, written: string, text: string | null]> = {
    a_text: ['text', '\'naïve, "quoted"\'', 'naïve, "quoted"'],
    an_empty: ['text', "''", ''],
    a_null: ['text', 'null', null],
    an_id: ['timeuuid', '50554d6e-29bb-11e5-b345-feff819cdc9f', '50554d6e-29bb-11e5-b345-feff819cdc9f'],
    a_time: ['timestamp', '1700000000123', '2023-11-14T22:13:20.123Z'],
    before_1970: ['timestamp', '-1', '1969-12-31T23:59:59.999Z'],
    beyond: ['timestamp', '9000000000000000000', '9000000000000000000ms'],
    a_day: ['date', "'2024-02-29'", '2024-02-29'],
    an_hour: ['time', "'08:12:54.123456789'", '08:12:54.123456789'],
    an_amount: ['decimal', '-12.3400', '-12.3400'],
    a_large: ['decimal', '99E3', '99000'],
    a_tiny: ['decimal', '1E-7', '0.0000001'],
    a_bomb: ['decimal', '1E-999999999', '1E-999999999'],
    a_long: ['bigint', '9223372036854775807', '9223372036854775807'],
    an_integer: ['varint', '-123456789012345678901234567890', '-123456789012345678901234567890'],
    a_small: ['smallint', '-32768', '-32768'],
    a_float: ['float', '0.1', '0.1'],
    a_double: ['double', '0.1', '0.1'],
    a_flag: ['boolean', 'false', 'false'],
    an_address: ['inet', "'2001:db8::1'", '2001:db8::1'],
    some_bytes: ['blob', '0x00ff', '0x00ff']
  }
  const names = ['id', ...Object.keys(types)]

  it('become the text the source means, exactly, whatever their type', async (t) => {
    const list = Object.entries(types).map(([name, [cql]]) => `${name} ${cql}`)
    const columns = `id uuid PRIMARY KEY, ${list.join(', ')}`
    const table = await polled(t, recordOf(names, { key: ['id'] }), { columns })
    const values = Object.values(types).map(([, written]) => written)
    await table.run(`INSERT INTO $ (${names.join(', ')}) VALUES (${numbered(1)}, ${values.join(', ')})`)
    const [change] = await table.readToEnd()
    const expected = Object.fromEntries(Object.entries(types).map(([name, [, , text]]) => [name, text]))
    assert.deepEqual(change?.after, { id: numbered(1), ...expected })
  })

  it('find their row again by its key, whatever the types of the key', async (t) => {
    const key = ['a_long', 'a_flag', 'an_amount', 'an_integer', 'a_day', 'a_time', 'an_address', 'some_bytes']
    key.push('a_text')
    const list = key.map((name) => `${name} ${types[name]?.[0]}`)
    const primaryKey = `PRIMARY KEY ((${key.slice(0, 2).join()}), ${key.slice(2).join()})`
    const columns = `${list.join(', ')}, v text, ${primaryKey}`
    const table = await polled(t, recordOf([...key, 'v'], { key }), { columns })
    const values = key.map((name) => types[name]?.[1])
    await table.run(`INSERT INTO $ (${key.join(', ')}, v) VALUES (${values.join(', ')}, 'x')`)
    const [change] = await table.readToEnd()
    assert.deepEqual(await table.readToEnd(), [])
    await table.run(`DELETE FROM $ WHERE ${key.map((name, n) => `${name} = ${values[n]}`).join(' AND ')}`)
    const [gone] = await table.readUntil(1)
    const { v: _, ...keyRow } = change?.after ?? {}
    assert.deepEqual([gone?.op, gone?.before], ['d', keyRow])
  })
})
