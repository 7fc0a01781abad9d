import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { Client, errors } from 'cassandra-driver'
import { tables } from '../../../schemas/tables.ts'
import { CourantError } from '../../../runtime/errors.ts'
import { eventually } from '../../support/eventually.ts'
import { Line } from '../../support/line.ts'
import { PolledTable } from './polled-table.ts'
import { numbered, type TestKeyspace, testKeyspace } from './test-table.ts'

let keyspace: TestKeyspace
let line: Line

before(async () => {
  keyspace = await testKeyspace()
  line = await Line.to(process.env['COURANT_CASSANDRA_CONTACT_POINTS'] ?? '')
})
after(async () => {
  await line.close()
  await keyspace.drop()
})

describe('a Cassandra that is gone for a while', () => {
  it('is a transient error at each read, and reading goes on when it is back', async (t) => {
    const table = new PolledTable(await keyspace.table(tables.userSessionEvents), {
      COURANT_CASSANDRA_CONTACT_POINTS: line.endpoint,
      COURANT_CASSANDRA_TIMEOUT_MS: '2000'
    })
    t.after(() => table.end())
    const write = (n: number) =>
      table.run('INSERT INTO $ (user_id, event_time, session_id, event_type) VALUES (?, ?, ?, ?)', [
        numbered(n),
        new Date(),
        numbered(n),
        'login'
      ])
    await write(1)
    assert.equal((await table.readToEnd()).length, 1)
    await line.close()
    for (let n = 0; n < 3; n += 1)
      await assert.rejects(table.readAndCommit(), (error) => {
        assert.ok(error instanceof CourantError && error.verdict === 'transient', String(error))
        return true
      })
    await write(2)
    await line.open()
    const [change] = await eventually(() => table.readUntil(1), { timeoutMs: 20_000 })
    assert.equal(change?.after?.['user_id'], numbered(2))
    // The driver would keep a connection of before, and with it the process.
    await table.restart()
    await eventually(() => line.isIdle, { what: 'the end of every connection' })
  })
})

describe('a Cassandra that is late with what is asked first', () => {
  for (const [n, what] of ['its partitioner', 'the columns of the table', 'its clock'].entries())
    it(`is a transient error when it is ${what}, and reading begins when it answers`, async (t) => {
      const table = new PolledTable(await keyspace.table(tables.userSessionEvents))
      t.after(() => table.end())
      const late = () => Promise.reject(new errors.OperationTimedOutError('late'))
      t.mock.method(Client.prototype, 'execute').mock.mockImplementationOnce(late, n)
      await assert.rejects(table.readAndCommit(), (error) => {
        assert.ok(error instanceof CourantError && error.verdict === 'transient', String(error))
        return true
      })
      assert.deepEqual(await table.readToEnd(), [])
    })
})
