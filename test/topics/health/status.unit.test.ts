import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import type { Connection } from '../../../topics/connection.ts'
import { applyPlan, planTopics } from '../../../topics/plan.ts'
import type { PipelineHealth } from '../../../topics/health/health.ts'
import { StatusBoard } from '../../../topics/health/status-board.ts'
import { publishStatus } from '../../../topics/health/status-publisher.ts'
import { believedForMs, statusTopic } from '../../../topics/health/status-topic.ts'
import { eventually } from '../../support/eventually.ts'
import { memoryTopics } from '../../support/memory-topics.ts'

const well: PipelineHealth = {
  name: 'silver.users',
  level: 'keepsUp',
  reason: 'inTime',
  code: null,
  seconds: 0,
  promiseSeconds: 300,
  notices: []
}
const failed: PipelineHealth = { ...well, level: 'fails', reason: 'restarts', code: 'TARGET_REFUSED' }

async function installation() {
  const { context, connection } = await memoryTopics()
  await applyPlan(await planTopics([statusTopic], connection, context.settings), connection)
  return { log: context.log, connection }
}

/** A process that says how its pipelines are, until it is stopped. */
function speaking(
  { log, connection }: Awaited<ReturnType<typeof installation>>,
  process: string,
  look: () => readonly PipelineHealth[]
) {
  const stop = new AbortController()
  const done = publishStatus({
    connection,
    log,
    process,
    signal: stop.signal,
    look: async () => look(),
    everyMs: 5
  })
  return async () => {
    stop.abort()
    await done
  }
}

const never = new AbortController().signal

async function statedIn(connection: Connection, board = new StatusBoard(), now = new Date()) {
  await board.read(connection, never)
  return [...board.stated(now)].map(([name, { health, process }]) => [
    name,
    health.level,
    health.reason,
    process
  ])
}

test('what each process says is seen by all, the worst of a pipeline first, until it stops on purpose', async (t: TestContext) => {
  const site = await installation()
  let health = well
  const stopA = speaking(site, 'a', () => [health])
  const stopB = speaking(site, 'b', () => [{ ...well, name: 'gold' }])
  t.after(() => Promise.all([stopA(), stopB()]))
  const board = new StatusBoard()
  const seen = (want: unknown) =>
    eventually(
      async () =>
        assert.deepEqual(
          (await statedIn(site.connection, board)).toSorted((a, b) => (String(a) < String(b) ? -1 : 1)),
          want
        ) === undefined
    )
  await seen([
    ['gold', 'keepsUp', 'inTime', 'b'],
    ['silver.users', 'keepsUp', 'inTime', 'a']
  ])
  health = failed
  await seen([
    ['gold', 'keepsUp', 'inTime', 'b'],
    ['silver.users', 'fails', 'restarts', 'a']
  ])
  const stopC = speaking(site, 'c', () => [well])
  t.after(stopC)
  await stopB()
  // A neighbour that is well does not hide the one that is not, and who stopped is not missed.
  await seen([['silver.users', 'fails', 'restarts', 'a']])
  assert.deepEqual(await statedIn(site.connection, new StatusBoard('a')), [
    ['silver.users', 'keepsUp', 'inTime', 'c']
  ])
  await stopA()
  await stopC()
  await seen([])
})

test('a process that says nothing any more leaves its pipelines unknown, never well', async (t: TestContext) => {
  const site = await installation()
  const stop = speaking(site, 'killed', () => [well])
  t.after(stop)
  const board = new StatusBoard()
  await eventually(async () => (await statedIn(site.connection, board)).length === 1)
  const later = new Date(Date.now() + believedForMs + 60_000)
  assert.deepEqual(await statedIn(site.connection, board, later), [
    ['silver.users', 'unknown', 'silent', 'killed']
  ])
  const [stated] = board.stated(later).values()
  assert.ok(Number(stated?.health.seconds) >= (believedForMs + 60_000) / 1000 - 1)
})

test('what no process of ours says is passed over, and a reason of a later version is unknown', async () => {
  const site = await installation()
  const producer = await site.connection.producer()
  await producer.send([
    { topic: statusTopic.name, partition: 0, key: 'x', value: Buffer.from('{"level":"keepsUp"}') }
  ])
  const strange = { ...well, reason: 'of a later version' as PipelineHealth['reason'] }
  const stop = speaking(site, 'new', () => [strange])
  await eventually(async () => {
    assert.deepEqual(await statedIn(site.connection), [['silver.users', 'unknown', 'silent', 'new']])
    return true
  })
  await stop()
})

test('where there is no such topic, nobody says anything, and nobody is kept', async () => {
  const { context, connection } = await memoryTopics()
  assert.deepEqual(await statedIn(connection), [])
  await speaking({ log: context.log, connection }, 'a', () => [well])()
})
