import assert from 'node:assert/strict'
import { after, before, describe, it, type TestContext } from 'node:test'
import { type AvroSchema, parseTable, type Table } from '../../../schemas/table.ts'
import { PolledTable } from './polled-table.ts'
import { type TestKeyspace, testKeyspace } from './test-table.ts'

let keyspace: TestKeyspace

before(async () => {
  keyspace = await testKeyspace()
})
after(() => keyspace.drop())

/** A table of its own that is read as the runner does; ended with the test. */
async function polled(t: TestContext, like: Table, { columns }: { columns: string }): Promise<PolledTable> {
  const table = new PolledTable(await keyspace.table(like, columns))
  t.after(() => table.end())
  return table
}

describe('values that the driver for Cassandra cannot read', () => {
  const badTime = Buffer.from('7fffffffffffffff', 'hex')
  const own = (fields: Record<string, AvroSchema>, key: readonly string[]): Table =>
    parseTable('schemas/shop/slots.avsc', {
      type: 'record',
      name: 'Slot',
      namespace: 'courant.shop',
      doc: 'A slot.',
      courant: { source: 'cassandra', table: 'slots', key, cursor: null },
      fields: Object.entries(fields).map(([name, type]) => ({
        name,
        type,
        ...(key.includes(name) ? {} : { default: null })
      }))
    })

  it('are their bytes, and stop neither their own row nor its neighbours', async (t) => {
    const like = own({ id: 'int', opens: ['null', 'string'], all: ['null', 'string'] }, ['id'])
    const table = await polled(t, like, {
      columns: 'id int PRIMARY KEY, opens time, all frozen<list<time>>'
    })
    const insert = 'INSERT INTO $ (id, opens, all) VALUES (?, ?, ?)'
    for (let id = 1; id <= 20; id += 1) await table.run(insert, [id, '08:00:00', ['09:00:00']])
    await table.run(insert, [7, badTime, ['09:00:00']])
    await table.run(insert, [8, '08:00:00', [badTime]])
    const found = await table.readToEnd()
    const rows = new Map(found.map(({ after: row }) => [row?.['id'], [row?.['opens'], row?.['all']]]))
    assert.equal(rows.size, 20)
    assert.deepEqual(rows.get('7'), ['0x7fffffffffffffff', '["09:00:00"]'])
    assert.deepEqual(rows.get('8'), ['08:00:00', '["0x7fffffffffffffff"]'])
    assert.deepEqual(rows.get('9'), ['08:00:00', '["09:00:00"]'])
  })

  it('stay distinct in keys, as do times within frozen collections, and a delete takes its own alone', async (t) => {
    const like = own({ opens: 'string', days: 'string' }, ['opens', 'days'])
    const table = await polled(t, like, {
      columns: 'opens time, days frozen<list<timestamp>>, PRIMARY KEY (opens, days)'
    })
    const days = [2n ** 63n - 1n, 2n ** 63n - 2n, -(2n ** 63n)].map((ms) => [ms])
    for (const opens of ['08:00:00', badTime, Buffer.from('7ffffffffffffffe', 'hex')])
      for (const list of days) await table.run('INSERT INTO $ (opens, days) VALUES (?, ?)', [opens, list])
    const found = await table.readToEnd()
    assert.equal(new Set(found.map(({ after: row }) => `${row?.['opens']} ${row?.['days']}`)).size, 9)
    await table.run('DELETE FROM $ WHERE opens = ? AND days = ?', [badTime, days[1]])
    const [gone, ...more] = await table.readUntil(1)
    assert.deepEqual(
      [gone?.op, gone?.before, more],
      ['d', { opens: '0x7fffffffffffffff', days: '["9223372036854775806ms"]' }, []]
    )
  })
})
