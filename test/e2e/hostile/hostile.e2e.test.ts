import assert from 'node:assert/strict'
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { pipelinesNamed } from '../../../cli/pipelines.ts'
import { objectStoreFor } from '../../../runtime/object-store/object-store-for.ts'
import { settingsFrom } from '../../../runtime/settings.ts'
import type { AnyPipeline, Position } from '../../../runtime/pipeline.ts'
import { jsonBlobName } from '../../../schemas/applications/blob-names.ts'
import { eventList, events } from '../../../schemas/events.ts'
import { subjectOf } from '../../../schemas/subjects.ts'
import { tableList, tables } from '../../../schemas/tables.ts'
import { topicOf, topicsOf, type TableTopics } from '../../../topics/catalogue.ts'
import { connectionFor } from '../../../topics/connection.ts'
import { type DeadLetter, waitingLetters } from '../../../topics/letters/letters.ts'
import type { Topic } from '../../../topics/topic.ts'
import { claimedApplication } from '../../support/applications.ts'
import { userChange } from '../../support/changes.ts'
import { testContext } from '../../support/context.ts'
import { CourantProcess } from '../../support/courant-process.ts'
import { deleteTopics } from '../../support/delete-topics.ts'
import { eventually } from '../../support/eventually.ts'
import { lagOf } from '../../support/lag-of.ts'
import { runCourant } from '../../support/run-courant.ts'
import { rawBatch, rawRecord, sendRaw } from '../../support/raw-batch.ts'
import { sharedStack } from '../../support/stack.ts'
import { unique } from '../../support/unique.ts'
import { silverRows } from '../../sinks/lake/stored-rows.ts'
import { applicationSystems } from './applications.ts'
import { extremes, hostileNames, mutatedBatches, poisonFor } from './poison.ts'
import type { Slowest } from './watch-life.ts'

const seed = Number(process.env['COURANT_TEST_SEED'] ?? Date.now() % 1_000_000)
const mostBytes = 500 * 1_048_576
const signal = AbortSignal.timeout(300_000)
const activity = tableList.filter(({ domain }) => domain === 'activity').map((table) => topicsOf(table))
const attacked: readonly Topic<unknown>[] = [
  ...activity.flatMap((topics: TableTopics<unknown>) => [
    topics.changes as Topic<unknown>,
    topics.clean as Topic<unknown>
  ]),
  ...eventList.filter(({ domain }) => domain === 'applications').map(topicOf)
]

const applications = await applicationSystems()
const folder = mkdtempSync(join(tmpdir(), 'courant-hostile-'))
const env: Record<string, string> = {
  ...sharedStack('kafka', 'registry'),
  ...applications.env,
  COURANT_TOPIC_PREFIX: `${unique('hostile')}.`,
  COURANT_KAFKA_PARTITIONS: '1',
  COURANT_SYSTEMS: 'activity,applications',
  COURANT_STATE_DIR: join(folder, 'state'),
  COURANT_GOLD_DIR: join(folder, 'gold'),
  COURANT_ANALYTICS_PATH: join(folder, 'analytics.duckdb'),
  COURANT_LAKE_URL: join(folder, 'lake'),
  COURANT_LAKE_LINGER_MS: '500',
  COURANT_OPERATOR_PORT: '0',
  COURANT_LOG_LEVEL: 'info'
}
const context = testContext(env)
const connection = connectionFor(settingsFrom(env))
const names = [
  ['clean-*'],
  ['bronze.*', 'silver.*'],
  ['gold'],
  ['claim-application-documents', 'curate-applications', 'azure.*']
]
const processes = names.map(
  (some, n) =>
    new CourantProcess(some.join(' '), {
      args: ['run', ...some],
      env,
      logFile: join(folder, 'logs', `${n}.log`)
    })
)
const readers = pipelinesNamed(names.flat(), env).filter(({ reads }) =>
  reads.some((name) => attacked.some((topic) => topic.name === name))
)

before(async () => {
  const applied = await runCourant(['topics', 'apply'], { env })
  assert.equal(applied.code, 0, applied.err)
  for (const one of processes) one.start()
})

after(async () => {
  await Promise.all(processes.filter(({ isRunning }) => isRunning).map((one) => one.end('SIGKILL')))
  await deleteTopics(context.settings)
  await connection.kafka.close()
  await applications.close()
  rmSync(folder, { recursive: true, force: true })
})

/** Where poison lies: `topic/offset`, and what it is. */
const poisoned = new Map<string, string>()
const goodUsers: string[] = []

async function sendGood(n: number, headers: Record<string, string> = {}): Promise<void> {
  const { clean } = topicsOf(tables.users)
  const id = await connection.registry.idOf(subjectOf(clean.name), clean.schema)
  const { encoder } = await import('../../../topics/registry/codec.ts')
  const { key, value } = userChange(n)
  const bytes = encoder(clean.type, id)(value)
  const producer = await connection.producer()
  await producer.send([{ topic: clean.name, partition: 0, key, value: bytes, headers }], { signal })
  goodUsers.push(key)
}

const goodApplications: string[] = []

async function sendGoodApplication(n: number): Promise<void> {
  const claimed = topicOf(events.claimedApplication)
  const value = claimedApplication(n, () => ({ documents: [] }))
  const writer = await claimed.writer().open(context)
  const at = new Date()
  const item = { id: value.application.id, key: value.application.id, position: '' as Position, at, value }
  await writer.write([item], { signal })
  goodApplications.push(jsonBlobName(value))
}

let sent = 0
let accepted = 0

/** Sends a batch as it is; notes where it lies if it must be set aside, and the broker did not refuse it itself. */
async function sendBatch(topic: string, batch: Buffer, what?: string): Promise<void> {
  sent++
  const at = { topic: env['COURANT_TOPIC_PREFIX'] + topic, partition: 0 }
  const { code, offset } = await sendRaw(env['COURANT_KAFKA_BROKERS'] ?? '', at, batch)
  if (code !== 0) return
  accepted++
  if (what !== undefined) poisoned.set(`${topic}/${offset}`, what)
}

async function attack(topic: Topic<unknown>, foreign: number): Promise<void> {
  const producer = await connection.producer()
  const own = await connection.registry.idOf(subjectOf(topic.name), topic.schema)
  const place = { topic: topic.name, partition: 0 }
  for (const [n, name] of hostileNames.entries()) {
    const [value = Buffer.alloc(0)] = extremes(topic.schema, own, seed + n)
    await producer.send([{ ...place, key: name, value, headers: { [name]: name } }], { signal })
  }
  const values = extremes(topic.schema, own, seed)
  await producer.send(
    values.map((value) => ({ ...place, key: 'extreme', value })),
    { signal }
  )
  for (const { what, value, batch } of poisonFor(topic.schema, { own, foreign }, seed))
    await sendBatch(topic.name, batch ?? rawBatch(rawRecord(value ?? Buffer.alloc(0))), what)
  for (const batch of mutatedBatches(values, seed)) await sendBatch(topic.name, batch)
}

async function lettersOf(pipeline: string): Promise<DeadLetter[]> {
  const letters: DeadLetter[] = []
  for await (const letter of waitingLetters(pipeline, connection, { limit: 10_000, signal }))
    letters.push(letter)
  return letters
}

/** The places of poison that a pipeline reads, each once for each letter it has. */
async function setAsideBy({ name }: AnyPipeline): Promise<string[]> {
  const places = (await lettersOf(name)).map(({ source }) => `${source?.topic}/${source?.offset}`)
  return places.filter((place) => poisoned.has(place)).sort()
}

const placesFor = ({ reads }: AnyPipeline) =>
  [...poisoned.keys()].filter((place) => reads.includes(place.slice(0, place.lastIndexOf('/')))).sort()

function assertRunning(): void {
  for (const one of processes) assert.ok(one.isRunning, `${one.name} ended:\n${one.output().slice(-3000)}`)
}

async function untilRead(): Promise<void> {
  const groups = readers.map(({ name, reads }) => ({ group: name, topics: reads }))
  await eventually(
    async () => {
      assertRunning()
      const lags = [...(await lagOf(connection, groups, signal))]
      const behind = lags
        .filter(([, samples]) => samples.some(({ records }) => records > 0))
        .map(([name]) => name)
      assert.deepEqual(behind, [])
      return true
    },
    { timeoutMs: 140_000, what: 'every pipeline has read everything' }
  )
}

/** Has another process ask ours whether they live, and gives what took longest beyond what the machine takes. */
function watchLife(): () => Promise<readonly Slowest[]> {
  const watcher = fork(join(import.meta.dirname, 'watch-life.ts'), { execArgv: [] })
  const telling = setInterval(() => {
    for (const one of processes) {
      const url = one.isRunning ? one.pagesUrl() : ''
      if (url !== '') watcher.send({ name: one.name, url })
    }
  }, 300)
  return async () => {
    clearInterval(telling)
    if (!watcher.connected) return []
    const report = once(watcher, 'message') as Promise<[readonly Slowest[]]>
    watcher.send('report')
    const [answers] = await report
    watcher.disconnect()
    return answers
  }
}

const inWords = ({ name, ms, controlMs }: Slowest) =>
  `${name}: ${Math.round(ms)} ms, and ${Math.round(controlMs)} ms an endpoint that does nothing`

test(`poison in every topic stops nobody, and everything else arrives (COURANT_TEST_SEED=${seed})`, async (t) => {
  const lifeless = watchLife()
  t.after(lifeless)
  const foreign = await connection.registry.idOf(
    subjectOf(topicsOf(tables.groups).rejects.topic.name),
    topicsOf(tables.groups).rejects.topic.schema
  )
  for (const [n, topic] of attacked.entries()) {
    await sendGood(1_000 + n)
    await sendGoodApplication(1_000 + n)
    await attack(topic, foreign)
  }
  // An ordinary change with the header of a replay is everybody's.
  await sendGood(2_000, { 'courant-replayed-from': 'gold.dead/1' })
  await untilRead()
  for (const reader of readers)
    assert.deepEqual(await setAsideBy(reader), placesFor(reader), `letters of ${reader.name}`)
  t.diagnostic(`taken by the broker: ${accepted} of ${sent} batches that are not what they say`)
  const slowest = await lifeless()
  for (const one of slowest) t.diagnostic(inWords(one))
  assert.equal(slowest.length, processes.length)
  // A machine that keeps an idle thread waiting for longer than that says nothing about us.
  const late = slowest.filter(({ ms, controlMs }) => ms > 1_000 && ms > 3 * controlMs)
  assert.deepEqual(late.map(inWords), [], '/livez answers within a second')
  for (const one of processes) assert.ok(one.peakBytes() < mostBytes, `${one.name}: ${one.peakBytes()} bytes`)
})

test('a restart changes nothing', async () => {
  const before = new Map<string, number>()
  for (const { name } of readers) before.set(name, (await lettersOf(name)).length)
  for (const one of processes) {
    assert.equal(await one.end('SIGTERM'), 0, one.output().slice(-2000))
    one.start()
  }
  await sendGood(3_000)
  await untilRead()
  for (const { name } of readers) assert.equal((await lettersOf(name)).length, before.get(name), name)
})

test('what people look with survives the same records', async () => {
  for (const args of [
    ['topics', 'tail', 'activity.users.clean', '-n', '200'],
    ['topics', 'tail', 'activity.users.changes', '-n', '200'],
    ['topics', 'tail', 'applications.application.claimed', '-n', '200'],
    ['dlq', 'list'],
    ['dlq', 'show', 'gold', '-n', '500'],
    ['dlq', 'replay', 'silver.users', '--dry-run']
  ]) {
    const { code, err } = await runCourant(args, { env })
    assert.deepEqual([args.join(' '), code], [args.join(' '), 0], err)
  }
})

test('the good records are in the lake, each once and in their order', async () => {
  const store = await objectStoreFor(context.settings)
  const rows = await eventually(async () => {
    const all = await silverRows(store, 'users')
    const good = all
      .toSorted((one, other) => Number(one['_offset']) - Number(other['_offset']))
      .map((row) => String(row['id']))
      .filter((id) => goodUsers.includes(id))
    return good.length >= goodUsers.length && good
  })
  assert.deepEqual(rows, goodUsers)
})

test('the good applications are in their containers', async () => {
  for (const store of applications.stores)
    for (const name of goodApplications) assert.ok(await store.head(name), `${name} in ${store.describe}`)
})
