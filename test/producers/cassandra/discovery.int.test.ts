import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { cassandraTables, discoverCassandra } from '../../../producers/cassandra/discover.ts'
import { settingsFrom } from '../../../runtime/settings.ts'
import { declareTable } from '../../../schemas/discovery/declare-table.ts'
import { type TestKeyspace, testKeyspace } from './test-table.ts'

describe("a stranger's keyspace", () => {
  let keyspace: TestKeyspace
  before(async () => {
    keyspace = await testKeyspace()
    const client = keyspace.client
    await client.execute(`CREATE TABLE ${keyspace.name}.readings (
      station text, day date, at timestamp, value decimal, level int, tags set<text>, place frozen<tuple<int, int>>, api_token text, contact_email text,
      PRIMARY KEY ((station, day), at)) WITH comment = 'What stations measure.'`)
    await client.execute(`CREATE TABLE ${keyspace.name}.odd (id frozen<tuple<int, int>> PRIMARY KEY, x int)`)
  })
  after(() => keyspace.drop())

  it('is declared from its catalogue: key in order, cursor, comment, and what is left out', async () => {
    const settings = settingsFrom(keyspace.env)
    assert.deepEqual(await cassandraTables(settings), ['odd', 'readings'])
    const [readings, odd, nothing] = await discoverCassandra(settings, ['readings', 'odd', 'nowhere'])
    assert.equal(nothing, null)
    assert.match(odd?.problems.join() ?? '', /key column id is a frozen<tuple<int, int>>/)
    const { avro, notes } = declareTable(readings ?? assert.fail(), 'weather', 'readings')
    assert.equal(avro.doc, 'What stations measure.')
    assert.deepEqual(avro.courant, {
      source: 'cassandra',
      table: 'readings',
      key: ['station', 'day', 'at'],
      cursor: 'at'
    })
    const names = avro.fields.map(({ name }) => name)
    assert.deepEqual(names, ['station', 'day', 'at', 'contact_email', 'level', 'tags', 'value'])
    assert.deepEqual(avro.fields.find(({ name }) => name === 'tags')?.type, [
      'null',
      { type: 'array', items: 'string' }
    ])
    assert.equal(avro.fields.find(({ name }) => name === 'contact_email')?.pii, 'email')
    const told = notes.join('\n')
    assert.match(told, /column place \(frozen<tuple<int, int>>\) is left out/)
    assert.match(told, /column api_token \(text\) is left out: it looks like a secret/)
  })
})
