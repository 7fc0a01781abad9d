import assert from 'node:assert/strict'
import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { settingsFrom } from '../../runtime/settings.ts'
import { topicsOf } from '../../topics/catalogue.ts'
import { tables } from '../../schemas/tables.ts'
import { itemsOf, uuid } from '../sinks/gold/happenings.ts'
import { deleteTopics } from '../support/delete-topics.ts'
import { runCourant } from '../support/run-courant.ts'
import { sharedStack, temporaryFolder } from '../support/stack.ts'
import { unique } from '../support/unique.ts'

const prefix = `${unique('run')}.`

after(() => deleteTopics(settingsFrom({ ...process.env, COURANT_TOPIC_PREFIX: prefix })))

test('run --once ends when analysts see all there is, though a topic ends in what gives no row', async (t) => {
  const folder = temporaryFolder(t)
  const env = {
    ...sharedStack('kafka', 'registry'),
    COURANT_TOPIC_PREFIX: prefix,
    COURANT_SYSTEMS: 'activity',
    COURANT_GOLD_DIR: join(folder, 'gold'),
    COURANT_ANALYTICS_PATH: join(folder, 'analytics.duckdb'),
    COURANT_GOLD_FILE_MODE: '640',
    COURANT_LAKE_URL: join(folder, 'lake'),
    COURANT_OPERATOR_PORT: '0',
    COURANT_LOG_LEVEL: 'warn'
  }
  const courant = async (args: readonly string[], input = '') => {
    const { code, out, err } = await runCourant(args, { env, input })
    assert.equal(code, 0, `courant ${args.join(' ')}: ${err}`)
    return out
  }
  const message = (n: number, isDelete = false) => {
    const at = 1_763_800_000_000_000 + n
    const row = {
      group_id: uuid(3, 0),
      created_at: at,
      message_id: uuid(4, n),
      user_id: uuid(1, n),
      content: 'hello'
    }
    return { table: tables.groupMessages, row, at, isDelete }
  }
  await courant(['topics', 'apply'])
  const changes = itemsOf([message(1), message(2), message(2, true)]).map(({ value }) =>
    JSON.stringify(value)
  )
  // The delete brings a tombstone with it, and its repeat is dropped: all of that lies behind the last row that Gold keeps.
  const lines = [...changes, changes.at(-1)].join('\n')
  await courant(['publish', topicsOf(tables.groupMessages).clean.name, '--stdin'], lines)
  await courant(['run', '--once', 'gold'])
  const shown = JSON.parse(await courant(['gold', 'show', '--json']))
  const users = shown.global_user_activity_per_day.map((row: { user_id: string }) => row.user_id)
  assert.deepEqual(users, [uuid(1, 1)])
  // Texts of people lie there: another account reads what the setting says, and nothing else.
  assert.equal(statSync(env.COURANT_ANALYTICS_PATH).mode & 0o777, 0o640)
  const others = readdirSync(env.COURANT_GOLD_DIR, { withFileTypes: true }).filter((entry) => entry.isFile())
  assert.ok(others.length > 0)
  for (const { name } of others)
    assert.equal(statSync(join(env.COURANT_GOLD_DIR, name)).mode & 0o077, 0, name)
})

test('run --once ends when Kafka does not answer, instead of going on unwatched', async (t) => {
  const folder = temporaryFolder(t)
  const { code, err } = await runCourant(['run', '--once', 'bronze.users'], {
    env: {
      COURANT_KAFKA_BROKERS: '127.0.0.1:1',
      COURANT_STATE_DIR: join(folder, 'state'),
      COURANT_LAKE_URL: join(folder, 'lake'),
      COURANT_OPERATOR_PORT: '0',
      COURANT_LOG_LEVEL: 'error'
    }
  })
  assert.equal(code, 1)
  assert.match(err, /Kafka could not .* \(TOPICS_UNAVAILABLE\)/)
})
