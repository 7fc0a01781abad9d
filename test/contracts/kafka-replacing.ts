import assert from 'node:assert/strict'
import { it } from 'node:test'
import { CourantError, verdictOf } from '../../runtime/errors.ts'
import type { AssignedPartition, KafkaConsumer } from '../../topics/kafka/port.ts'
import { eventually } from '../support/eventually.ts'
import { commitOf, type KafkaUse, poll, pollUntil, text, type Use } from '../support/kafka-use.ts'

/** What holds when a topic is deleted and made anew under its name. */
export function replacing(use: Use): void {
  it('tells which topic it is, and what the group has of it, to whom asks where to start', async () => {
    const it = await use()
    await it.send(['a', 'b', 'c'])
    const first = await assigned(it)
    const { topic } = it
    assert.deepEqual({ ...first, topicId: '' }, { topic, partition: 0, ...ends(0, 3), topicId: '' })
    assert.ok(first.topicId, 'Kafka says which topic it is')
    await it.admin.setCommitted(it.group, [it.at(2)])
    assert.deepEqual(await assigned(it), { ...first, committed: 2 })
    await madeAnew(it)
    const second = await assigned(it)
    assert.ok(second.topicId !== null && second.topicId !== first.topicId)
    assert.deepEqual(second, { ...first, ...ends(0, 0), topicId: second.topicId })
  })

  it('stops when the topic it reads is made anew, and skips none of the new records', async () => {
    const it = await use()
    await it.send(['a', 'b', 'c'])
    const consumer = await it.consumer()
    const inHand = await pollUntil(consumer, 3)
    await madeAnew(it)
    // More than the old one had: the old position lies within the new log.
    const records = ['u', 'v', 'w', 'x', 'y', 'z']
    await eventually(() => it.send(records).then(() => true), { timeoutMs: 30_000 })
    const error = await failureOf(consumer)
    assert.equal(error.code, 'TOPIC_REPLACED')
    assert.equal(verdictOf(error), 'fatal')
    // What was in hand is not of the new topic, whether the commit is refused or comes through.
    await consumer.commit(commitOf(inHand)).catch(() => undefined)
    await consumer.close()
    const next = await it.consumer()
    assert.deepEqual((await pollUntil(next, records.length)).map(text), records)
    await next.close()
  })

  it('stops, too, when partitions are dealt anew between the two topics, and commits nothing to the new one', async () => {
    const it = await use({ partitions: 2 })
    for (const partition of [0, 1]) await it.send(['a', 'b', 'c'], partition)
    const [consumer, another] = [await it.joined(), await it.joined()]
    await eventually(() => consumer.assignment().length + another.assignment().length === 2, {
      timeoutMs: 30_000
    })
    const inHand = await pollUntil(consumer, 3)
    await madeAnew(it, async () => {
      await another.close()
      await eventually(() => consumer.assignment().length === 0, { timeoutMs: 30_000 })
    })
    for (const partition of [0, 1])
      await eventually(() => it.send(['u', 'v', 'w', 'x'], partition).then(() => true), { timeoutMs: 30_000 })
    assert.equal((await failureOf(consumer)).code, 'TOPIC_REPLACED')
    await consumer.commit(commitOf(inHand)).catch(() => undefined)
    await consumer.close()
    const next = await it.consumer()
    assert.equal((await pollUntil(next, 8)).length, 8)
    await next.close()
  })
}

const ends = (low: number, high: number) => ({ low, high, committed: null })

/** What startAt is told of the only partition, by a consumer that comes and goes. */
async function assigned(it: KafkaUse): Promise<Partial<AssignedPartition>> {
  let told: AssignedPartition | undefined
  const startAt = async ([partition]: readonly AssignedPartition[]) => {
    told = partition
    return []
  }
  const consumer = await it.consumer({ startAt })
  await eventually(async () => {
    await poll(consumer, { limit: 1, waitMs: 50 })
    return told !== undefined
  })
  await consumer.close()
  return { ...told }
}

async function madeAnew(it: KafkaUse, meanwhile = async () => {}): Promise<void> {
  const [config] = (await it.admin.topics()).filter(({ name }) => name === it.topic)
  assert.ok(config)
  await it.admin.deleteTopics([it.topic])
  await eventually(async () => !(await it.admin.topics()).some(({ name }) => name === it.topic))
  await meanwhile()
  await eventually(() => it.admin.createTopics([config]).then(() => true))
  await eventually(async () => (await it.admin.offsets(it.topic)).length === config.partitions)
}

/** What a consumer fails with that would otherwise go on; nothing may come of it before. */
async function failureOf(consumer: KafkaConsumer): Promise<CourantError> {
  const deadline = Date.now() + 60_000
  while (Date.now() < deadline)
    try {
      assert.deepEqual((await poll(consumer, { waitMs: 200 })).map(text), [])
    } catch (error) {
      if (error instanceof CourantError && error.verdict === 'fatal') return error
      if (verdictOf(error) !== 'transient') throw error
    }
  throw new Error('the consumer went on')
}
