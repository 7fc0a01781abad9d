import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { settingsFrom } from '../../../runtime/settings.ts'
import { events } from '../../../schemas/events.ts'
import { deadLetterTopic, topicOf } from '../../../topics/catalogue.ts'
import { closeConnections, connectionFor } from '../../../topics/connection.ts'
import { applyPlan, planTopics } from '../../../topics/plan.ts'
import { SourceDatabase } from '../../producers/postgres/source-database.ts'
import { readTopic } from '../../support/read-topic.ts'
import { runCourant } from '../../support/run-courant.ts'
import { sharedStack } from '../../support/stack.ts'
import { unique } from '../../support/unique.ts'

const topic = topicOf(events.submittedApplication)
const deadLetters = deadLetterTopic('postgres.applications')

describe('courant applications', { timeout: 120_000 }, () => {
  let database: SourceDatabase
  let env: Record<string, string>

  before(async () => {
    database = await SourceDatabase.create()
    const servers = sharedStack('kafka', 'registry')
    env = { ...servers, ...database.env, COURANT_TOPIC_PREFIX: `${unique('applications')}.` }
    const settings = settingsFrom(env)
    const connection = connectionFor(settings)
    await applyPlan(await planTopics([topic, deadLetters], connection, settings), connection)
  })
  after(async () => {
    const admin = await connectionFor(settingsFrom(env)).kafka.admin()
    await admin.deleteTopics([topic.name, deadLetters.name])
    await admin.close()
    await closeConnections()
    await database.drop()
  })

  const run = (...args: string[]) => runCourant(['applications', ...args], { env })

  it('says what is missing where there are no tables', async () => {
    const { code, err } = await run('backfill', '--since', '24h')
    assert.equal(code, 1)
    assert.match(err, /no table "public"\."application"[^]*no table "public"\."user"[^]*SOURCE_REFUSED/)
  })

  it('makes a sample, once', async () => {
    const first = await run('sample', '--count', '20')
    assert.equal(first.code, 0, first.err)
    assert.match(first.out, /^application: 20 new rows$/m)
    assert.match((await run('sample', '--count', '20')).out, /^application: 0 new rows$/m)
  })

  it('publishes what changed in the window, with the same ids each time, and only counts in a dry run', async () => {
    const dry = await run('backfill', '--since', '60d', '--dry-run')
    assert.match(dry.out, /^20 applications .* nothing was published/)
    const settings = settingsFrom(env)
    assert.equal((await readTopic(topic, settings)).length, 0)
    for (const since of ['60d', '2026-01-01T00:00:00Z']) {
      const { code, err } = await run('backfill', '--since', since)
      assert.equal(code, 0, err)
    }
    const entries = await readTopic(topic, settings)
    assert.equal(entries.length, 40)
    const ids = new Set(entries.map(({ key, value }) => topic.shape.idOf?.(value, key)))
    assert.equal(ids.size, 20)
    assert.ok(entries.every(({ value }) => value.source.trigger === 'backfill'))
  })

  it('publishes the others when one cannot be read, and says which it set aside', async () => {
    const {
      rows: [one]
    } = await database.client.query<{ id: string }>('SELECT id FROM application ORDER BY id LIMIT 1')
    await database.client.query('ALTER TABLE application ALTER mtp_answers TYPE json')
    await database.client.query(`UPDATE application SET mtp_answers = '["\\u0000"]' WHERE id = $1`, [one?.id])
    const { code, out, err } = await run('backfill', '--since', '60d')
    assert.equal(code, 0, err)
    assert.match(out, /^19 applications/)
    assert.match(out, new RegExp(`Set aside: Application ${one?.id} .*"mtp_answers"`))
    assert.equal((await readTopic(topic, settingsFrom(env))).length, 59)
  })

  it('refuses a time that is none', async () => {
    assert.equal((await run('backfill', '--since', 'yesterday')).code, 2)
    assert.equal((await run('backfill')).code, 2)
  })
})
