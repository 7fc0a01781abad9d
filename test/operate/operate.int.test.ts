import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { audited, readAudit } from '../../operate/audit.ts'
import { browse } from '../../operate/browse.ts'
import { viewGroup } from '../../operate/group.ts'
import { applyReset, planReset } from '../../operate/offsets.ts'
import { trace } from '../../operate/trace.ts'
import { stageSchema, subjectOf } from '../../schemas/subjects.ts'
import { tables } from '../../schemas/tables.ts'
import { auditTopic } from '../../topics/audit-topic.ts'
import { topicsOf } from '../../topics/catalogue.ts'
import { connectionFor } from '../../topics/connection.ts'
import { applyPlan, planTopics } from '../../topics/plan.ts'
import { encoder } from '../../topics/registry/codec.ts'
import { userChange } from '../support/changes.ts'
import { testContext } from '../support/context.ts'
import { deleteTopics } from '../support/delete-topics.ts'
import { eventually } from '../support/eventually.ts'
import { sharedStack } from '../support/stack.ts'
import { unique } from '../support/unique.ts'

const signal = AbortSignal.timeout(120_000)
const topic = { ...topicsOf(tables.users).clean, partitions: 1 }
const count = 2_000
const begin = Date.UTC(2026, 10, 1)
const at = (n: number) => new Date(begin + n * 60_000)

describe('what operators are shown and do, on Kafka', { timeout: 120_000 }, () => {
  const context = testContext({
    ...sharedStack('kafka', 'registry'),
    COURANT_TOPIC_PREFIX: `${unique('operate')}.`
  })
  const connection = connectionFor(context.settings)
  const asking = { connection, signal }
  const look = (sought: Parameters<typeof browse>[2]['sought']) =>
    browse(topic, connection, { sought, limit: 3, signal })

  before(async () => {
    await applyPlan(await planTopics([topic, auditTopic], connection, context.settings), connection)
    const id = await connection.registry.idOf(subjectOf(topic.name), stageSchema(tables.users, 'clean'))
    const value = encoder(topic.type, id)(userChange(1).value)
    const producer = await connection.producer()
    const records = Array.from({ length: count }, (_, n) => ({
      topic: topic.name,
      partition: 0,
      key: `key-${n % 500}`,
      value,
      timestamp: at(n).getTime()
    }))
    await eventually(() => producer.send(records).then(() => true))
  })
  after(() => deleteTopics(context.settings))

  it('finds records by offset, the first at or after a time, and the newest', async () => {
    const offsets = async (sought: Parameters<typeof look>[0]) =>
      (await look(sought)).records.map(({ offset }) => offset)
    assert.deepEqual(await offsets({ by: 'offset', offset: 700 }), [700, 701, 702])
    assert.deepEqual(await offsets({ by: 'time', at: at(1234) }), [1234, 1235, 1236])
    assert.deepEqual(await offsets({ by: 'time', at: new Date(at(1234).getTime() + 1) }), [1235, 1236, 1237])
    assert.deepEqual(await offsets({ by: 'time', at: at(-5) }), [0, 1, 2])
    assert.deepEqual(await offsets({ by: 'time', at: at(count) }), [])
    assert.deepEqual(await offsets({ by: 'newest' }), [count - 3, count - 2, count - 1])
    const [first] = (await look({ by: 'newest' })).records
    assert.match(first?.value.kind === 'decoded' ? first.value.json : '', /"email": "‹email›"/)
  })

  it('finds all records of a key, and says which topics it could not ask', async () => {
    const absent = { name: 'is.not.there' }
    const found = await trace('key-7', [topic, absent], asking)
    assert.deepEqual(
      found.records.map(({ offset }) => offset),
      [7, 507, 1007, 1507]
    )
    assert.deepEqual([found.inPart, found.unknown], [[], ['is.not.there']])
  })

  it('moves a group where nobody reads as it, and is refused where somebody does', async () => {
    const plan = (to: 'start' | 'end') => planReset('moved', { topics: [topic.name], target: { to } }, asking)
    const ahead = await plan('end')
    assert.deepEqual([ahead.again, ahead.skipped], [0, count])
    await applyReset(ahead, connection)
    const view = await viewGroup('moved', [topic.name], asking)
    assert.deepEqual(
      view.partitions.map(({ committed, end, lag, seconds }) => [committed, end, lag, seconds]),
      [[count, count, 0, 0]]
    )
    const back = await planReset(
      'moved',
      { topics: [topic.name], target: { to: 'time', at: at(1500) } },
      asking
    )
    assert.deepEqual([back.again, back.partitions[0]?.to], [count - 1500, 1500])
    const consumer = await connection.kafka.consumer({ group: 'moved', topics: [topic.name] })
    const poll = { limit: 1, waitMs: 100, lingerMs: 0, signal }
    await eventually(async () => {
      await consumer.poll(poll)
      return consumer.assignment().length > 0
    })
    await assert.rejects(applyReset(back, connection), { code: 'TOPICS_REFUSED' })
    await consumer.close()
    await eventually(() => applyReset(back, connection).then(() => true))
    const [at1500] = (await viewGroup('moved', [topic.name], asking)).partitions
    assert.deepEqual([at1500?.committed, at1500?.lag], [1500, count - 1500])
  })

  it('keeps what was done, what failed, and what never came to an end', async () => {
    const intent = { who: 'ada', action: 'dismiss', target: 'p', previewed: '', reason: '' } as const
    await audited({ ...intent, command: 'one' }, { connection }, async () => ({ result: '3', value: 1 }))
    const failing = audited({ ...intent, command: 'two' }, { connection }, () =>
      Promise.reject(new Error('x'))
    )
    await assert.rejects(failing)
    const never = Promise.withResolvers<{ result: string; value: number }>()
    void audited({ ...intent, command: 'three' }, { connection }, () => never.promise)
    await eventually(async () => (await readAudit(connection, { limit: 9, signal })).length === 3)
    const actions = await readAudit(connection, { limit: 9, signal })
    assert.deepEqual(
      actions.map(({ command, state, result }) => [command, state, result]),
      [
        ['three', 'unfinished', ''],
        ['two', 'failed', 'failed'],
        ['one', 'done', '3']
      ]
    )
  })
})
