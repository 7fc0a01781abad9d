import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { after, before, describe, it } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import type { KafkaClient } from '../../topics/kafka/port.ts'
import { eventually } from '../support/eventually.ts'
import { commitOf, KafkaUse, poll, pollUntil, text, type Use } from '../support/kafka-use.ts'
import { unique } from '../support/unique.ts'
import { administering, reading } from './kafka-administering.ts'
import { drawing } from './kafka-drawing.ts'
import { replacing } from './kafka-replacing.ts'

/** What every implementation of the Kafka port promises while nothing goes wrong. */
export function kafkaContract(name: string, start: () => Promise<KafkaClient>): void {
  describe(`${name} keeps the Kafka contract`, () => {
    let client: KafkaClient
    before(async () => {
      client = await start()
    })
    after(() => client.close())
    const use = (options?: Parameters<typeof KafkaUse.begin>[1]) => KafkaUse.begin(client, options)

    producing(use)
    consuming(use)
    sharing(use)
    administering(use)
    reading(use)
    replacing(use)
    drawing(use)
  })
}

function producing(use: Use): void {
  it('writes records as they are, in order, with headers, tombstones and their time', async () => {
    const it = await use({ partitions: 2 })
    const producer = await it.client.producer()
    await producer.send([
      {
        topic: it.topic,
        partition: 1,
        key: 'a',
        value: Buffer.from('1'),
        headers: { id: 'x', raw: Buffer.from([0]) }
      },
      { topic: it.topic, partition: 1, key: Buffer.from('a'), value: null, timestamp: 1_700_000_000_123 }
    ])
    const consumer = await it.consumer()
    const [first, second] = await pollUntil(consumer, 2)
    assert.deepEqual(first, {
      topic: it.topic,
      partition: 1,
      offset: 0,
      key: Buffer.from('a'),
      value: Buffer.from('1'),
      headers: { id: Buffer.from('x'), raw: Buffer.from([0]) },
      timestamp: first?.timestamp
    })
    assert.ok(Math.abs((first?.timestamp ?? 0) - Date.now()) < 60_000)
    assert.equal(second?.value, null)
    assert.equal(second?.timestamp, 1_700_000_000_123)
    assert.deepEqual(second?.headers, {})
    await consumer.close()
  })

  it('sends one call after the other, in the order they were made', async () => {
    const it = await use()
    const producer = await it.client.producer()
    await Promise.all(['a', 'b', 'c', 'd'].map((value) => producer.send(it.records([value]))))
    assert.deepEqual(await it.log(), ['a', 'b', 'c', 'd'])
  })

  it('splits what is too much for one batch and keeps its order', async () => {
    const it = await use({ partitions: 2 })
    const producer = await it.client.producer()
    const large = (index: number) => `${index} ${randomBytes(60_000).toString('hex')}`
    const texts = Array.from({ length: 30 }, (_, index) => large(index))
    await producer.send([...it.records(texts, 0), ...it.records(['other'], 1)])
    const log = await it.log()
    assert.deepEqual(
      log.map((value) => value.split(' ')[0]),
      texts.map((value) => value.split(' ')[0])
    )
    assert.deepEqual(await it.log(1), ['other'])
  })

  it('names the record that is too large for its topic', async () => {
    const it = await use({ config: { 'max.message.bytes': '2000' } })
    const producer = await it.client.producer()
    const records = it.records(['small', randomBytes(4_000).toString('hex'), 'small too'])
    const error = { code: 'RECORD_TOO_LARGE', details: { topic: it.topic, partition: 0, index: 1 } }
    await assert.rejects(producer.send(records), error)
    await producer.send(it.records(['after']))
    // Of its partition, what came before it is in the log, and what came behind it is not.
    assert.deepEqual(await it.log(), ['small', 'after'])
  })

  it('refuses a topic that does not exist, and does not create it', async () => {
    const it = await use()
    const topic = unique('absent')
    const producer = await it.client.producer()
    const record = { topic, partition: 0, key: 'a', value: null }
    await assert.rejects(producer.send([record]), { code: 'TOPIC_MISSING' })
    await assert.rejects(it.client.consumer({ group: it.group, topics: [topic] }), { code: 'TOPIC_MISSING' })
    assert.ok(!(await it.admin.topics()).some((one) => one.name === topic))
    await producer.send(it.records(['still works']))
    assert.deepEqual(await it.log(), ['still works'])
  })
}

function consuming(use: Use): void {
  it('reads from the beginning, and goes on after the last commit when started again', async () => {
    const it = await use()
    await it.send(['a', 'b', 'c'])
    const first = await it.consumer()
    assert.deepEqual((await pollUntil(first, 3)).map(text), ['a', 'b', 'c'])
    await first.commit([it.at(2)])
    assert.equal(await it.committed(), 2)
    await first.close()
    const second = await it.consumer()
    assert.deepEqual((await pollUntil(second, 1)).map(text), ['c'])
    await second.close()
  })

  it('hands out more while earlier records are uncommitted, and never moves a commit back', async () => {
    const it = await use()
    await it.send(['a', 'b', 'c', 'd'])
    const consumer = await it.consumer()
    const one = await poll(consumer, { limit: 2, waitMs: 30_000 })
    const two = await poll(consumer, { limit: 2, waitMs: 30_000 })
    assert.deepEqual([...one, ...two].map(text), ['a', 'b', 'c', 'd'])
    await consumer.commit(commitOf(two))
    await consumer.commit(commitOf(one))
    assert.equal(await it.committed(), 4)
    await consumer.close()
  })

  it('gives no more than asked for, and waits no longer than told', async () => {
    const it = await use()
    await it.send(['a', 'b', 'c'])
    const consumer = await it.joined()
    assert.deepEqual((await poll(consumer, { limit: 2, waitMs: 30_000, lingerMs: 30_000 })).map(text), [
      'a',
      'b'
    ])
    assert.deepEqual((await poll(consumer, { limit: 2, waitMs: 30_000, lingerMs: 0 })).map(text), ['c'])
    const startedAt = Date.now()
    assert.deepEqual(await poll(consumer, { waitMs: 200 }), [])
    assert.ok(Date.now() - startedAt >= 190)
    const abort = new AbortController()
    const waiting = poll(consumer, { waitMs: 60_000, signal: abort.signal })
    abort.abort()
    assert.deepEqual(await waiting, [])
    await consumer.close()
  })

  it('gathers what arrives while it lingers', async () => {
    const it = await use()
    const consumer = await it.joined()
    const polled = poll(consumer, { limit: 2, waitMs: 30_000, lingerMs: 30_000 })
    await it.send(['a'])
    await it.send(['b'])
    assert.deepEqual((await polled).map(text), ['a', 'b'])
    await consumer.close()
  })

  it('starts where startAt says, in place of the commit, and shows nothing before it', async () => {
    const it = await use({ partitions: 2 })
    await it.send(['a', 'b', 'c', 'd'], 0)
    await it.send(['x', 'y'], 1)
    await it.admin.setCommitted(it.group, [it.at(1, 0), it.at(1, 1)])
    const consumer = await it.consumer({ startAt: async () => [it.at(3, 0)] })
    assert.deepEqual((await pollUntil(consumer, 2)).map(text).sort(), ['d', 'y'])
    await consumer.close()
  })

  it('rejects with what startAt threw, and asks it again', async () => {
    const it = await use()
    await it.send(['a'])
    let asked = 0
    const startAt = async () => {
      if (asked++ === 0) throw new TypeError('a bug in the sink')
      return []
    }
    const consumer = await it.consumer({ startAt })
    await assert.rejects(poll(consumer, { waitMs: 30_000 }), TypeError)
    assert.deepEqual((await pollUntil(consumer, 1)).map(text), ['a'])
    await consumer.close()
  })

  for (const source of ['commit', 'startAt'] as const)
    it(`stops with OFFSET_LOST when the ${source} lies outside the log, and skips nothing`, async () => {
      const it = await use()
      await it.send(['a', 'b'])
      if (source === 'commit') await it.admin.setCommitted(it.group, [it.at(7)])
      const consumer = await it.consumer(source === 'startAt' ? { startAt: async () => [it.at(7)] } : {})
      await assert.rejects(poll(consumer, { waitMs: 30_000 }), { code: 'OFFSET_LOST' })
      await assert.rejects(poll(consumer, { waitMs: 30_000 }), { code: 'OFFSET_LOST' })
      assert.equal(await it.committed(), source === 'commit' ? 7 : undefined)
      await consumer.close()
    })

  it('lets no partition wait behind one with much to read', async () => {
    const it = await use({ partitions: 2 })
    const producer = await it.client.producer()
    const many = Array.from({ length: 20_000 }, (_, index) => `${index} ${'x'.repeat(200)}`)
    await producer.send(it.records(many, 0))
    await producer.send(it.records(['urgent'], 1))
    const consumer = await it.joined()
    const early: string[] = []
    for (let turn = 0; turn < 8; turn++)
      early.push(...(await poll(consumer, { limit: 500, waitMs: 5_000, lingerMs: 500 })).map(text))
    assert.ok(early.includes('urgent'), 'the record of the quiet partition came among the first 4,000')
    await consumer.close()
  })
}

function sharing(use: Use): void {
  it('shares the partitions of a group; what is taken away is neither returned nor committed', async () => {
    const it = await use({ partitions: 2 })
    await it.send(['a0', 'a1', 'a2'], 0)
    await it.send(['b0', 'b1', 'b2'], 1)
    const told: number[] = []
    const first = await it.joined({ onAssignment: (held) => told.push(held.length) })
    assert.equal(first.assignment().length, 2)
    const inHand = await pollUntil(first, 6)
    const second = await it.consumer()
    await eventually(() => first.assignment().length === 1 && second.assignment().length === 1, {
      timeoutMs: 30_000
    })
    const [kept] = first.assignment()
    const [lost] = second.assignment()
    assert.ok(kept && lost && kept.partition !== lost.partition)
    assert.equal(told.at(-1), 1)
    // The batch was in hand during the rebalance: the part still ours counts, the part taken away does not.
    await first.commit(commitOf(inHand))
    assert.equal(await it.committed(kept.partition), 3)
    assert.equal(await it.committed(lost.partition), undefined)
    assert.deepEqual(await poll(first, { waitMs: 1_000 }), [])
    const repeated = await pollUntil(second, 3)
    assert.ok(repeated.every(({ partition }) => partition === lost.partition))
    await second.commit(commitOf(repeated))
    await second.close()
    await eventually(() => first.assignment().length === 2, { timeoutMs: 30_000 })
    await it.send(['a3'], 0)
    await it.send(['b3'], 1)
    assert.deepEqual((await pollUntil(first, 2)).map(text).sort(), ['a3', 'b3'])
    await first.close()
  })

  it('ends the right to what it returned before another member gets any of it, and returns it again', async () => {
    const it = await use({ partitions: 2 })
    await it.send(['a0', 'a1'], 0)
    await it.send(['b0', 'b1'], 1)
    const producer = await it.client.producer()
    const first = await it.joined()
    await pollUntil(first, 4)
    const lease = first.lease()
    assert.ok(lease.isHeld)
    const second = await it.consumer()
    await eventually(() => second.assignment().length === 1, { timeoutMs: 30_000 })
    assert.ok(!lease.isHeld)
    await assert.rejects(producer.send(it.records(['late']), { lease }), { name: 'LeaseLost' })
    await eventually(() => first.assignment().length === 1, { timeoutMs: 30_000 })
    const again = [...(await pollUntil(first, 2)), ...(await pollUntil(second, 2))]
    assert.deepEqual(again.map(text).sort(), ['a0', 'a1', 'b0', 'b1'])
    assert.ok(first.lease().isHeld && second.lease().isHeld && !lease.isHeld)
    await producer.send(it.records(['in time']), { lease: first.lease() })
    assert.deepEqual(await it.log(0), ['a0', 'a1', 'in time'])
    await first.close()
    await second.close()
  })

  it('ends a poll in its time although the clock is set back by an hour meanwhile', async () => {
    const it = await use()
    const consumer = await it.joined()
    const told = Date.now
    const polled = poll(consumer, { waitMs: 500 })
    Date.now = () => told() - 3_600_000
    try {
      assert.deepEqual(await Promise.race([polled, wait(20_000, 'still waiting', { ref: false })]), [])
    } finally {
      Date.now = told
      await consumer.close()
    }
  })

  it('takes up partitions that are added', async () => {
    const it = await use()
    const consumer = await it.joined()
    await it.admin.addPartitions(it.topic, 3)
    assert.equal(await it.admin.partitionCount(it.topic), 3)
    await it.send(['new'], 2)
    assert.deepEqual((await pollUntil(consumer, 1)).map(text), ['new'])
    await consumer.close()
  })
}
