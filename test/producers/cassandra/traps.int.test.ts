import assert from 'node:assert/strict'
import { after, before, describe, it, type TestContext } from 'node:test'
import type { Table } from '../../../schemas/table.ts'
import { tables } from '../../../schemas/tables.ts'
import { PolledTable } from './polled-table.ts'
import { numbered, type TestKeyspace, testKeyspace } from './test-table.ts'

let keyspace: TestKeyspace

before(async () => {
  keyspace = await testKeyspace()
})
after(() => keyspace.drop())

/** A table of its own that is read as the runner does; ended with the test. */
async function polled(
  t: TestContext,
  like: Table,
  options: { columns?: string; env?: Record<string, string> } = {}
): Promise<PolledTable> {
  const table = new PolledTable(await keyspace.table(like, options.columns), options.env)
  t.after(() => table.end())
  return table
}

const HOUR_MS = 3_600_000
const onlyLive = { COURANT_CASSANDRA_COMPARE_MS: '3600000' }
const notification = [numbered(1), new Date(1_700_000_000_000), numbered(1)]
const where = 'WHERE user_id = ? AND notification_time = ? AND notification_id = ?'

describe('versions of Cassandra rows', () => {
  it('are the newest write time of any column, and when that was is when the change happened', async (t) => {
    const table = await polled(t, tables.userNotifications)
    const set = (column: string, value: unknown, writtenAt: bigint) =>
      table.run(`UPDATE $ USING TIMESTAMP ? SET ${column} = ? ${where}`, [writtenAt, value, ...notification])
    await set('content', 'hello', 1_700_000_001_000_001n)
    await set('state', 'read', 1_700_000_001_000_005n)
    await set('modified_at', new Date(1_700_000_000_500), 1_700_000_001_000_003n)
    const [change] = await table.readToEnd()
    assert.equal(change?.source.row_version, 1_700_000_001_000_005)
    assert.equal(change.source.ts_us, 1_700_000_001_000_005)
    assert.equal(change.after?.['modified_at'], '2023-11-14T22:13:20.500Z')
  })

  it('never go back when a deleted row is written again with an older timestamp', async (t) => {
    const table = await polled(t, tables.userNotifications)
    const insert = (writtenAt: bigint, content: string) =>
      table.run(`UPDATE $ USING TIMESTAMP ? SET content = ? ${where}`, [writtenAt, content, ...notification])
    await insert(1_700_000_001_000_009n, 'first')
    const [first] = await table.readToEnd()
    await table.run(`DELETE content FROM $ USING TIMESTAMP ? ${where}`, [
      1_700_000_001_000_009n,
      ...notification
    ])
    await table.run(
      `INSERT INTO $ (user_id, notification_time, notification_id, state) VALUES (?, ?, ?, ?)
      USING TIMESTAMP ?`,
      [...notification, 'sent', 1_600_000_000_000_000n]
    )
    const [second] = await table.readUntil(1)
    assert.ok(first && second && second.source.row_version === first.source.row_version + 1)
    assert.deepEqual([second.op, second.after?.['content'], second.after?.['state']], ['u', null, 'sent'])
  })

  it('are the row’s own time where all columns are of the key', async (t) => {
    const like = { ...tables.userSessionEvents, columns: tables.userSessionEvents.columns.slice(0, 3) }
    const table = await polled(t, like)
    const at = new Date(1_750_000_000_123)
    await table.run('INSERT INTO $ (user_id, event_time, session_id) VALUES (?, ?, ?)', [
      numbered(1),
      at,
      numbered(2)
    ])
    const [change] = await table.readToEnd()
    assert.equal(change?.source.row_version, 1_750_000_000_123_000)
    assert.deepEqual(await table.readToEnd(), [])
  })

  it('are sound for write times no clock has shown', async (t) => {
    const table = await polled(t, tables.userNotifications)
    const write = (writtenAt: bigint) =>
      table.run(`UPDATE $ USING TIMESTAMP ? SET state = ? ${where}`, [
        writtenAt,
        String(writtenAt),
        ...notification
      ])
    await write(-5n)
    const [first] = await table.readToEnd()
    assert.equal(first?.source.row_version, 1_700_000_000_000_000)
    await write(2n ** 63n - 1n)
    const [second] = await table.readUntil(1)
    assert.equal(second?.source.row_version, 1_700_000_000_000_001)
  })
})

describe('what a look at the newest rows finds in Cassandra', () => {
  const write = (table: PolledTable, n: number, at: { modified: Date | null; sent: Date }) =>
    table.run(
      'INSERT INTO $ (user_id, notification_time, notification_id, content, modified_at) VALUES (?, ?, ?, ?, ?)',
      [numbered(n), at.sent, numbered(n), 'text', at.modified]
    )

  it('are new rows whose cursor is null, by their clustering time', async (t) => {
    const table = await polled(t, tables.userNotifications, { env: onlyLive })
    await table.readToEnd()
    await write(table, 1, { modified: null, sent: new Date() })
    const [change] = await table.readUntil(1)
    assert.deepEqual([change?.op, change?.source.snapshot], ['c', 'false'])
  })

  it('are rows of the overlap once, however often they are read', async (t) => {
    const table = await polled(t, tables.userNotifications, { env: onlyLive })
    await table.readToEnd()
    for (let n = 1; n <= 5; n += 1) await write(table, n, { modified: new Date(), sent: new Date() })
    assert.equal((await table.readUntil(5)).length, 5)
    for (let look = 0; look < 3; look += 1) assert.deepEqual(await table.readToEnd(), [])
  })

  it('are not rows that are late by more than the overlap: the comparison finds those', async (t) => {
    const table = await polled(t, tables.userNotifications, { env: onlyLive })
    await table.readToEnd()
    const late = new Date(Date.now() - HOUR_MS)
    await write(table, 1, { modified: late, sent: late })
    await write(table, 2, { modified: new Date(), sent: new Date() })
    assert.equal((await table.readUntil(1)).length, 1)
    assert.deepEqual(await table.readToEnd(), [])
    await table.restart({ COURANT_CASSANDRA_COMPARE_MS: '100' })
    const [found] = await table.readUntil(1)
    assert.deepEqual([found?.op, found?.source.snapshot], ['c', 'incremental'])
  })

  it('are rows written while nobody polled', async (t) => {
    const table = await polled(t, tables.userNotifications, {
      env: { ...onlyLive, COURANT_CASSANDRA_OVERLAP_MS: '0' }
    })
    await table.readToEnd()
    await table.restart()
    for (let n = 1; n <= 3; n += 1) await write(table, n, { modified: new Date(), sent: new Date() })
    assert.equal((await table.readUntil(3)).length, 3)
  })
})

describe('deletes in Cassandra', () => {
  const insert = (table: PolledTable, n: number, ttl = 0) =>
    table.run(
      'INSERT INTO $ (user_id, purchase_time, purchase_id, amount, currency) VALUES (?, ?, ?, ?, ?) USING TTL ?',
      [numbered(n), new Date(1_700_000_000_000), numbered(n), '1.50', 'EUR', ttl]
    )

  it('are published of rows, of whole partitions and of rows that expire', async (t) => {
    const table = await polled(t, tables.userPurchases)
    for (let n = 1; n <= 4; n += 1) await insert(table, n, n === 3 ? 6 : 0)
    assert.equal((await table.readToEnd()).length, 4)
    await table.run('DELETE FROM $ WHERE user_id = ? AND purchase_time = ? AND purchase_id = ?', [
      numbered(1),
      new Date(1_700_000_000_000),
      numbered(1)
    ])
    await table.run('DELETE FROM $ WHERE user_id = ?', [numbered(2)])
    const gone = await table.readUntil(3)
    assert.deepEqual(gone.map(({ op, before }) => `${op} ${before?.['user_id']}`).toSorted(), [
      `d ${numbered(1)}`,
      `d ${numbered(2)}`,
      `d ${numbered(3)}`
    ])
    for (const { before } of gone) assert.deepEqual(Object.keys(before ?? {}), tables.userPurchases.key)
  })

  it('are told from a column that expires: that is an update to null', async (t) => {
    const table = await polled(t, tables.userNotifications)
    await table.run(`UPDATE $ SET content = ? ${where}`, ['stays', ...notification])
    await table.run(`UPDATE $ USING TTL 6 SET state = ? ${where}`, ['sent', ...notification])
    const [first] = await table.readToEnd()
    const [second] = await table.readUntil(1)
    assert.deepEqual([first?.after?.['state'], second?.op, second?.after?.['state']], ['sent', 'u', null])
    assert.ok(first && second && second.source.row_version > first.source.row_version)
  })

  it('of a large share of the rows are refused until they are confirmed, and the rest goes on', async (t) => {
    // No pass is under way while the table is emptied: it would miss fewer rows than the guard lets through.
    const table = await polled(t, tables.userPurchases, { env: onlyLive })
    await table.insertMany(200, (n) => [
      numbered(n),
      new Date(1_700_000_000_000 + n),
      numbered(n),
      null,
      '1',
      'EUR'
    ])
    assert.equal((await table.readToEnd()).length, 200)
    await table.run('TRUNCATE $')
    await insert(table, 5000)
    await table.restart({ COURANT_CASSANDRA_COMPARE_MS: '100' })
    const [change] = await table.readUntil(1)
    assert.equal(change?.op, 'c')
    await table.untilWarned(/200 of 201 rows are gone/)
    assert.deepEqual(await table.readToEnd(), [])
    await table.restart({ COURANT_CONFIRM_DELETES: 'test' })
    const deletes = await table.readUntil(200)
    assert.ok(deletes.every(({ op }) => op === 'd'))
    assert.equal(new Set(deletes.map(({ before }) => before?.['purchase_id'])).size, 200)
  })
})

describe('the first snapshot of a Cassandra table', () => {
  it('goes on where it was, mid-ring, and runs between looks at what is new', async (t) => {
    const table = await polled(t, tables.userPurchases, { env: onlyLive })
    const row = (n: number) => [
      numbered(n),
      new Date(1_700_000_000_000 + n),
      numbered(n),
      'ticket',
      '1.50',
      'EUR'
    ]
    await table.insertMany(400, row)
    const first = await table.readUntil(200, 10)
    await table.run(
      'INSERT INTO $ (user_id, purchase_time, purchase_id, amount, currency) VALUES (?, ?, ?, ?, ?)',
      [numbered(1000), new Date(), numbered(1000), '2', 'EUR']
    )
    await table.restart()
    const rest = await table.readToEnd(10)
    assert.equal(first.length + rest.length, 401)
    const fresh = rest.findIndex(({ after }) => after?.['user_id'] === numbered(1000))
    assert.ok(
      fresh >= 0 && fresh < rest.length - 100,
      'what is new does not wait for the end of the snapshot'
    )
    assert.equal(rest[fresh]?.op, 'c')
    assert.ok(
      [...first, ...rest].every(({ op, source }) => op === 'c' || (op === 'r' && source.snapshot === 'true'))
    )
    assert.ok(table.rowsCompared() < 280, 'rows before the position are not read again')
  })
})

describe('keys of Cassandra whose time no calendar reaches', () => {
  it('stay distinct, and a delete takes its own alone', async (t) => {
    const like = { ...tables.userSessionEvents, columns: tables.userSessionEvents.columns.slice(0, 3) }
    const table = await polled(t, like)
    const beyond = [2n ** 63n - 1n, 2n ** 63n - 2n, -(2n ** 63n), 8_640_000_000_000_001n]
    const insert = 'INSERT INTO $ (user_id, event_time, session_id) VALUES (?, ?, ?)'
    for (const at of beyond) await table.run(insert, [numbered(1), at, numbered(2)])
    const found = await table.readToEnd()
    const timesOf = (rows: readonly { readonly event_time?: string | null }[]) =>
      rows.map((row) => String(row.event_time)).toSorted()
    assert.deepEqual(
      timesOf(found.map(({ after: row }) => row ?? {})),
      beyond.map((at) => `${at}ms`).toSorted()
    )
    await table.run('DELETE FROM $ WHERE user_id = ? AND event_time = ? AND session_id = ?', [
      numbered(1),
      2n ** 63n - 2n,
      numbered(2)
    ])
    const [gone, ...more] = await table.readUntil(1)
    assert.deepEqual([gone?.op, gone?.before?.['event_time'], more], ['d', '9223372036854775806ms', []])
  })
})
