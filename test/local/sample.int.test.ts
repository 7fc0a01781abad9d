import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { type ConnectedSources, connectSources } from '../../local/sample/connect-sources.ts'
import { createSourceSchema, tablesOf } from '../../local/sample/create-source-schema.ts'
import { fillSample } from '../../local/sample/fill-sample.ts'
import type { SourceTableName } from '../../local/sample/source-tables.ts'
import { trickle } from '../../local/sample/trickle.ts'
import { settingsFrom } from '../../runtime/settings.ts'
import { asAdmin } from '../support/postgres-admin.ts'
import { sharedStack } from '../support/stack.ts'
import { unique } from '../support/unique.ts'

const database = unique('sample')
const keyspace = database.replaceAll('-', '_')
const size = { seed: 5, users: 60, days: 3, eventsPerUserDay: 12, endingAt: new Date('2026-11-20T18:00:00Z') }
let sources: ConnectedSources

before(async () => {
  await asAdmin(`CREATE DATABASE "${database}"`)
  const stack = sharedStack('postgres', 'cassandra')
  sources = await connectSources(
    settingsFrom({ ...stack, PGDATABASE: database, COURANT_CASSANDRA_KEYSPACE: keyspace })
  )
  await createSourceSchema(sources)
})

after(async () => {
  await sources.cassandra.client.execute(`DROP KEYSPACE "${keyspace}"`)
  await sources.close()
  await asAdmin(`DROP DATABASE "${database}" WITH (FORCE)`)
})

async function rowsOf(table: SourceTableName): Promise<number> {
  const isSql = tablesOf('postgres').includes(table)
  if (isSql) return Number((await sources.pg.query(`SELECT count(*) AS n FROM "${table}"`)).rows[0]?.['n'])
  const { rows } = await sources.cassandra.client.execute(
    `SELECT count(*) AS n FROM "${keyspace}"."${table}"`
  )
  return Number(rows[0]?.['n'])
}

const allTables = [...tablesOf('postgres'), ...tablesOf('cassandra')]

describe('the sample in its databases', () => {
  it('is what its counts say, also when it is filled in twice', async () => {
    const counts = await fillSample(size, sources)
    assert.deepEqual(await fillSample(size, sources), counts)
    await createSourceSchema(sources)
    for (const table of allTables) assert.equal(await rowsOf(table), counts.rows[table], table)
  })

  it('was written in Cassandra when it happened, not now', async () => {
    const { rows } = await sources.cassandra.client.execute(
      `SELECT event_time, writetime(event_type) AS written FROM "${keyspace}"."C_UserSessionEvents" LIMIT 20`
    )
    for (const { event_time, written } of rows)
      assert.equal(Number(written), (event_time as Date).getTime() * 1000)
  })

  it('goes on with new rows, changes and deletes for as long as it is let', async () => {
    const stop = new AbortController()
    const earlier = new Map(await Promise.all(allTables.map(async (t) => [t, await rowsOf(t)] as const)))
    const going = trickle({ signal: stop.signal, perSecond: 200, seed: 9 }, sources)
    for (let more = 0; more < 100; )
      more = (await rowsOf('C_UserSessionEvents')) - (earlier.get('C_UserSessionEvents') ?? 0)
    stop.abort()
    const { happened, rows, failedRounds } = await going
    assert.equal(failedRounds, 0)
    assert.ok((happened['login'] ?? 0) > 0 && (happened['session_event'] ?? 0) > 0)
    for (const table of ['C_UserSessionEvents', 'C_UserPurchases', 'C_UserNotifications'] as const)
      assert.equal(await rowsOf(table), (earlier.get(table) ?? 0) + (rows[table] ?? 0), table)
  })
})
