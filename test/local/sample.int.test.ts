import assert from 'node:assert/strict'
import { after, before, describe, it, type TestContext } from 'node:test'
import { type ConnectedSources, connectSources } from '../../local/sample/connect-sources.ts'
import { createSourceSchema, tablesOf } from '../../local/sample/create-source-schema.ts'
import { createApplicationTables } from '../../local/sample/applications/create-tables.ts'
import { fillSample } from '../../local/sample/fill-sample.ts'
import type { SourceTableName } from '../../local/sample/source-tables.ts'
import { trickle } from '../../local/sample/trickle.ts'
import { settingsFrom } from '../../runtime/settings.ts'
import { asAdmin } from '../support/postgres-admin.ts'
import { runCourant } from '../support/run-courant.ts'
import { sharedStack, temporaryFolder } from '../support/stack.ts'
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

/** Empty sources of somebody else on the same servers, dropped after the test. */
async function othersSources(t: TestContext) {
  const name = unique('others')
  await asAdmin(`CREATE DATABASE "${name}"`)
  const env = {
    ...sharedStack('postgres', 'cassandra'),
    PGDATABASE: name,
    COURANT_CASSANDRA_KEYSPACE: name.replaceAll('-', '_')
  }
  const others = await connectSources(settingsFrom(env))
  t.after(async () => {
    await others.cassandra.client.execute(`DROP KEYSPACE IF EXISTS "${others.cassandra.keyspace}"`)
    await others.close()
    await asAdmin(`DROP DATABASE "${name}" WITH (FORCE)`)
  })
  return { env, pg: others.pg, cassandra: others.cassandra }
}

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

  it('has no users before it is whole, so that a fill that was killed is taken up again', async (t) => {
    const { pg, cassandra } = await othersSources(t)
    await createSourceSchema({ pg, cassandra })
    const dying = {
      pg,
      cassandra: {
        keyspace: cassandra.keyspace,
        client: new Proxy(cassandra.client, {
          get: (client, name) =>
            name === 'batch'
              ? () => Promise.reject(new Error('killed'))
              : (Reflect.get(client, name) as unknown)
        })
      }
    }
    await assert.rejects(fillSample(size, dying), /killed/)
    const { rows } = await pg.query('SELECT count(*) AS count FROM "PG_Users"')
    assert.equal(Number(rows[0]?.['count']), 0)
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

describe("somebody's own tables", () => {
  it('are left alone in PostgreSQL: the demo refuses before it writes anywhere', async (t) => {
    const { env, pg, cassandra } = await othersSources(t)
    await pg.query('CREATE TABLE "PG_Users" (id uuid PRIMARY KEY, first_name text, updated_at timestamptz)')
    await pg.query(`INSERT INTO "PG_Users" VALUES (gen_random_uuid(), 'Ada', now())`)
    const { code, err } = await runCourant(['demo', '--once'], {
      env: {
        ...sharedStack('kafka', 'registry'),
        ...env,
        COURANT_DATA_DIR: temporaryFolder(t),
        COURANT_TOPIC_PREFIX: `${unique('others')}.`
      }
    })
    assert.equal(code, 2)
    assert.match(err, /database others-\w+ has PG_Users already: name an empty database in PGDATABASE/)
    const { rows } = await pg.query('SELECT first_name FROM "PG_Users"')
    assert.deepEqual(rows, [{ first_name: 'Ada' }])
    const { rows: tables } = await pg.query(
      `SELECT relname FROM pg_class WHERE relname LIKE 'PG\\_%' AND relkind = 'r'`
    )
    assert.deepEqual(tables, [{ relname: 'PG_Users' }])
    const keyspaces = await cassandra.client.execute(
      `SELECT * FROM system_schema.keyspaces WHERE keyspace_name = '${cassandra.keyspace}'`
    )
    assert.equal(keyspaces.rowLength, 0)
  })

  it('are left alone in Cassandra', async (t) => {
    const { pg, cassandra } = await othersSources(t)
    const { client, keyspace } = cassandra
    await client.execute(
      `CREATE KEYSPACE "${keyspace}" WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}`
    )
    await client.execute(
      `CREATE TABLE "${keyspace}"."C_GroupMessages" (group_id uuid PRIMARY KEY, content text)`
    )
    await assert.rejects(createSourceSchema({ pg, cassandra }), {
      code: 'CONFIG_INVALID',
      message: new RegExp(`keyspace ${keyspace} has C_GroupMessages already: .*COURANT_CASSANDRA_KEYSPACE`)
    })
    const { rows } = await pg.query(`SELECT to_regclass('"PG_Users"') AS users`)
    assert.deepEqual(rows, [{ users: null }])
  })

  it('are left alone by the sample of job applications', async (t) => {
    const { pg } = await othersSources(t)
    await pg.query('CREATE TABLE job_offer (id uuid PRIMARY KEY, title text)')
    await assert.rejects(createApplicationTables(pg), {
      code: 'CONFIG_INVALID',
      message: /has job_offer already: .*COURANT_APPLICATIONS_DATABASE_URL/
    })
    const { rows } = await pg.query('SELECT to_regclass($1) AS application', ['application'])
    assert.deepEqual(rows, [{ application: null }])
  })
})
