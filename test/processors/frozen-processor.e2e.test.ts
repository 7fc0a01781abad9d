import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { objectStoreFor } from '../../runtime/object-store/object-store-for.ts'
import { settingsFrom } from '../../runtime/settings.ts'
import { tables } from '../../schemas/tables.ts'
import { topicsOf } from '../../topics/catalogue.ts'
import { connectionFor } from '../../topics/connection.ts'
import { silverRows } from '../sinks/lake/stored-rows.ts'
import { groupChange } from '../support/changes.ts'
import { testContext } from '../support/context.ts'
import { CourantProcess } from '../support/courant-process.ts'
import { deleteTopics } from '../support/delete-topics.ts'
import { eventually } from '../support/eventually.ts'
import { lagOf } from '../support/lag-of.ts'
import { runCourant } from '../support/run-courant.ts'
import { sharedStack, temporaryFolder } from '../support/stack.ts'
import { unique } from '../support/unique.ts'

// More than the repeat window in each partition, so that nothing downstream can mend what a late writer repeats.
const rows = 100_000
const prefix = `${unique('frozen')}.`
const group = 'clean-groups'

after(() => deleteTopics(settingsFrom({ ...process.env, COURANT_TOPIC_PREFIX: prefix })))

// A process stopped at any other moment writes nothing because its lease is over; here only the leaders can refuse it.
test('a processor stopped with a batch on its way, while another took its partitions, doubles nothing', async (t) => {
  const folder = temporaryFolder(t)
  const env = {
    ...sharedStack('kafka', 'registry'),
    COURANT_TOPIC_PREFIX: prefix,
    COURANT_SYSTEMS: 'activity',
    COURANT_KAFKA_SESSION_MS: '6000',
    COURANT_LAKE_URL: join(folder, 'lake'),
    COURANT_OPERATOR_PORT: '0'
  }
  const courant = async (...args: readonly string[]) => {
    const { code, err } = await runCourant(args, { env })
    assert.equal(code, 0, `courant ${args.join(' ')}: ${err}`)
  }
  const stops = {
    NODE_OPTIONS: `--import ${import.meta.resolve('../support/stop-before-send.ts')}`,
    STOP_BEFORE_PRODUCE: '10'
  }
  const processes = [
    { name: 'frozen', env: { ...env, ...stops } },
    { name: 'heir', env }
  ].map(
    ({ name, env }) =>
      new CourantProcess(name, { args: ['run', group], env, logFile: join(folder, `${name}.log`) })
  )
  t.after(() => Promise.all(processes.filter((one) => one.isRunning).map((one) => one.end('SIGKILL'))))
  const [frozen, heir] = processes as [CourantProcess, CourantProcess]
  await courant('topics', 'apply')
  const { changes } = topicsOf(tables.groups)
  const settings = settingsFrom(env)
  const connection = connectionFor(settings)
  const writer = await changes.writer().open(testContext(env))
  await writer.write(
    Array.from({ length: rows }, (_, n) => groupChange(n)),
    { signal: t.signal }
  )
  const lag = async () => {
    const samples = (await lagOf(connection, [{ group, topics: [changes.name] }], t.signal)).get(group) ?? []
    return samples.reduce((sum, { records }) => sum + records, 0)
  }

  frozen.start()
  await eventually(() => frozen.isStopped, { timeoutMs: 60_000, what: 'a batch to be stopped with' })
  const left = await lag()
  t.diagnostic(`frozen with ${left} of ${rows} left`)
  assert.ok(left > rows / 2, 'it was frozen in the middle')
  heir.start()
  await eventually(async () => (await lag()) === 0, { timeoutMs: 60_000, what: 'the heir has caught up' })
  frozen.signal('SIGCONT')
  const admin = await connection.kafka.admin()
  await eventually(async () => (await admin.members(group)) === 2, { timeoutMs: 60_000, what: 'back' })
  await admin.close()
  for (const one of processes) assert.equal(await one.end('SIGTERM'), 0, one.output().slice(-3000))

  await courant('run', '--once', 'silver.groups')
  const ids = (await silverRows(await objectStoreFor(settings), 'groups')).map(({ id }) => id)
  const doubled = ids.length - new Set(ids).size
  t.diagnostic(`${ids.length} rows in Silver, ${doubled} of them twice`)
  assert.equal(new Set(ids).size, rows)
  assert.equal(doubled, 0, `${doubled} rows are twice in Silver`)
})
