import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import type { CourantError } from '../../runtime/errors.ts'
import type { KafkaClient } from '../../topics/kafka/port.ts'
import { eventually } from '../support/eventually.ts'
import { type FaultProxy } from '../support/fault-proxy.ts'
import { commitOf, KafkaUse, poll, pollUntil, text } from '../support/kafka-use.ts'
import { fencingLateWriters } from './kafka-late-writers.ts'
import { producingThroughFaults } from './kafka-producing-faults.ts'

/** A client whose connections all pass a proxy, and one that knows nothing of it. */
export interface FaultyKafka {
  readonly client: KafkaClient
  readonly direct: KafkaClient
  readonly proxy: FaultProxy
  /** The client's timing, in milliseconds: tests wait in these terms. */
  readonly requestMs: number
  readonly deliveryMs: number
  readonly sessionMs: number
  readonly unavailableMs: number
  /** Deletes the records of a partition before an offset, as retention does. */
  readonly deleteBefore: (topic: string, partition: number, offset: number) => Promise<void>
  close(): Promise<void>
}

/**
 * What a client over the network promises when replies are lost, connections end or hang, and sessions expire: each
 * test is a defect that was measured in kafkajs 2.2.4 or one of its kind. Another client must pass it to replace it.
 */
export function kafkaFaultContract(name: string, start: () => Promise<FaultyKafka>): void {
  describe(`${name} keeps the Kafka contract when things go wrong`, () => {
    let kafka: FaultyKafka
    beforeEach(async () => {
      kafka = await start()
    })
    afterEach(() => kafka.close())
    producingThroughFaults(() => kafka)
    keepingThePlace(() => kafka)
    readingDamage(() => kafka)
    committingThroughFaults(() => kafka)
    fencingLateWriters(() => kafka)
    stoppingInTime(() => kafka)
  })
}

export type Get = () => FaultyKafka

function keepingThePlace(get: Get): void {
  it('sees nothing twice when the work takes longer than the session', async () => {
    const { client, direct, sessionMs } = get()
    const use = await KafkaUse.begin(direct)
    await use.send(['a', 'b'])
    let assignments = 0
    const onAssignment = () => assignments++
    const consumer = await client.consumer({ group: use.group, topics: [use.topic], onAssignment })
    const records = await pollUntil(consumer, 2)
    // The time itself is what is tested: the pipeline is busy and does not call us.
    await wait(sessionMs * 1.5)
    await consumer.commit(commitOf(records))
    await use.send(['c'])
    assert.deepEqual((await pollUntil(consumer, 1)).map(text), ['c'])
    assert.equal(await use.committed(), 2)
    assert.equal(assignments, 1, 'it kept its place')
  })

  it('commits what is in hand before a rebalance takes its partition away', async () => {
    const { client, direct, sessionMs } = get()
    const use = await KafkaUse.begin(direct, { partitions: 2 })
    await use.send(['a'], 0)
    await use.send(['b'], 1)
    const first = await client.consumer({ group: use.group, topics: [use.topic] })
    const inHand = await pollUntil(first, 2)
    const second = await client.consumer({ group: use.group, topics: [use.topic] })
    // Long enough for the first to hear of the rebalance, not so long that it gives the batch in hand up.
    await wait(sessionMs / 5 + 800)
    await first.commit(commitOf(inHand))
    await eventually(() => second.assignment().length === 1, { timeoutMs: 30_000 })
    await use.send(['c'], second.assignment()[0]?.partition)
    assert.deepEqual((await pollUntil(second, 1)).map(text), ['c'])
  })

  it('stops with OFFSET_LOST when retention overtakes it, commits nothing and skips nothing', async () => {
    const { client, direct, proxy, deleteBefore } = get()
    const use = await KafkaUse.begin(direct)
    await use.send(['a', 'b', 'c', 'd'])
    const consumer = await client.consumer({
      group: use.group,
      topics: [use.topic],
      startAt: async () => [use.at(1)]
    })
    // Nothing is fetched until the records are gone, as after a long pause.
    proxy.inflict({ api: 'Fetch', on: 'request', harm: 'drop' })
    await eventually(() => consumer.assignment().length === 1)
    await deleteBefore(use.topic, 0, 3)
    proxy.heal()
    await assert.rejects(poll(consumer, { waitMs: 30_000 }), { code: 'OFFSET_LOST' })
    assert.equal(await use.committed(), undefined)
  })

  it('stops with OFFSET_LOST at once when its commit was overtaken while it was away', async () => {
    const { client, direct, deleteBefore } = get()
    const use = await KafkaUse.begin(direct)
    await use.send(['a', 'b', 'c'])
    await use.admin.setCommitted(use.group, [use.at(1)])
    await deleteBefore(use.topic, 0, 2)
    const consumer = await client.consumer({ group: use.group, topics: [use.topic] })
    await assert.rejects(poll(consumer, { waitMs: 30_000 }), { code: 'OFFSET_LOST' })
    assert.equal(await use.committed(), 1)
  })

  it('goes on within seconds after every connection was cut and refused for a while', async () => {
    const { client, direct, proxy } = get()
    const use = await KafkaUse.begin(direct)
    await use.send(['a'])
    const consumer = await client.consumer({ group: use.group, topics: [use.topic] })
    const before = await pollUntil(consumer, 1)
    proxy.cut({ refuse: true })
    await use.send(['b'])
    await wait(3_000)
    proxy.heal()
    const healedAt = Date.now()
    assert.deepEqual((await pollUntil(consumer, 1)).map(text), ['b'])
    assert.ok(Date.now() - healedAt < 5_000, 'kafkajs with its defaults took 64 s')
    await consumer.commit(commitOf(before))
    assert.equal(await use.committed(), 1)
  })

  it('rejects polls as unavailable while brokers are silent, and goes on once they answer', async () => {
    const { client, direct, proxy, unavailableMs } = get()
    const use = await KafkaUse.begin(direct)
    await use.send(['a'])
    const consumer = await client.consumer({ group: use.group, topics: [use.topic] })
    await consumer.commit(commitOf(await pollUntil(consumer, 1)))
    proxy.blackHole()
    await assert.rejects(poll(consumer, { waitMs: unavailableMs * 2 }), { code: 'TOPICS_UNAVAILABLE' })
    await use.send(['b'])
    proxy.heal()
    assert.deepEqual((await pollUntil(consumer, 1)).map(text), ['b'])
  })

  for (const api of [
    'JoinGroup',
    'SyncGroup',
    'OffsetFetch',
    'ListOffsets',
    'FindCoordinator',
    'Fetch'
  ] as const)
    it(`reads everything once although a ${api} reply was lost`, async () => {
      const { client, direct, proxy } = get()
      const use = await KafkaUse.begin(direct)
      await use.send(['a', 'b'])
      const struck = proxy.inflict({ api, on: 'reply', harm: 'drop', times: 1 })
      const consumer = await client.consumer({ group: use.group, topics: [use.topic] })
      assert.deepEqual((await pollUntil(consumer, 2, 40_000)).map(text), ['a', 'b'])
      assert.equal(struck(), 1)
    })
}

function readingDamage(get: Get): void {
  const damage = { edit: (frame: Buffer) => withoutSense(frame) }

  it('reads again what came damaged', async () => {
    const { client, direct, proxy } = get()
    const use = await KafkaUse.begin(direct)
    await use.send(['damaged'])
    const struck = proxy.inflict({ api: 'Fetch', on: 'reply', harm: damage, times: 2 })
    const consumer = await client.consumer({ group: use.group, topics: [use.topic] })
    assert.deepEqual((await pollUntil(consumer, 1)).map(text), ['damaged'])
    assert.equal(struck(), 2)
  })

  it('names the partition and offset that stay damaged, and skips nothing; others go on meanwhile', async () => {
    const { client, direct, proxy } = get()
    const use = await KafkaUse.begin(direct, { partitions: 2 })
    await use.send(['well'], 0)
    await use.send(['damaged'], 0)
    await use.send(['other'], 1)
    proxy.inflict({ api: 'Fetch', on: 'reply', harm: damage })
    const consumer = await client.consumer({ group: use.group, topics: [use.topic] })
    assert.deepEqual((await pollUntil(consumer, 2)).map(text).sort(), ['other', 'well'])
    const unreadable = new RegExp(`${use.topic}/0 cannot be read at offset 1 .*checksum`)
    await assert.rejects(pollUntil(consumer, 9, 60_000), { code: 'LOG_UNREADABLE', message: unreadable })
    assert.equal(await use.committed(), undefined)
  })
}

/** A reply in which a value is not what its batch's checksum is of. */
function withoutSense(frame: Buffer): Buffer {
  const at = frame.indexOf('damaged')
  if (at !== -1) frame.write('DAMAGED', at)
  return frame
}

function committingThroughFaults(get: Get): void {
  it('commits after its session expired, without dying of it', async () => {
    const { client, direct, proxy, sessionMs } = get()
    const use = await KafkaUse.begin(direct)
    await use.send(['a', 'b'])
    const consumer = await client.consumer({ group: use.group, topics: [use.topic] })
    const records = await pollUntil(consumer, 2)
    proxy.inflict({ api: 'Heartbeat', on: 'request', harm: 'drop' })
    await wait(sessionMs * 1.5)
    proxy.heal()
    await consumer.commit(commitOf(records))
    assert.equal(await use.committed(), 2)
    await use.send(['c'])
    const more = await pollUntil(consumer, 1)
    assert.equal(text(more.at(-1)!), 'c')
  })

  it('does not commit for a partition that another member got meanwhile', async () => {
    const { client, direct, proxy, sessionMs } = get()
    const use = await KafkaUse.begin(direct)
    await use.send(['a', 'b', 'c'])
    const zombie = await client.consumer({ group: use.group, topics: [use.topic] })
    const inHand = await poll(zombie, { limit: 1, waitMs: 30_000 })
    proxy.blackHole()
    const heir = await direct.consumer({ group: use.group, topics: [use.topic] })
    const taken = await pollUntil(heir, 3, sessionMs * 3)
    await heir.commit(commitOf(taken))
    proxy.heal()
    await zombie.commit(commitOf(inHand))
    assert.equal(await use.committed(), 3)
    await heir.close()
  })

  it('writes nothing for a partition whose next owner may have begun, though nobody told it', async () => {
    const { client, direct, proxy, sessionMs } = get()
    const use = await KafkaUse.begin(direct)
    await use.send(['a', 'b'])
    const zombie = await client.consumer({ group: use.group, topics: [use.topic] })
    await pollUntil(zombie, 2)
    const lease = zombie.lease()
    assert.ok(lease.isHeld)
    proxy.inflict({ api: 'Heartbeat', on: 'request', harm: 'drop' })
    proxy.inflict({ api: 'JoinGroup', on: 'request', harm: 'drop' })
    let wasLost: boolean | null = null
    const onAssignment = () => {
      wasLost ??= !lease.isHeld
    }
    const heir = await direct.consumer({ group: use.group, topics: [use.topic], onAssignment })
    assert.deepEqual((await pollUntil(heir, 2, sessionMs * 4)).map(text), ['a', 'b'])
    assert.equal(wasLost, true)
    const producer = await client.producer()
    await assert.rejects(producer.send(use.records(['late']), { lease }), { name: 'LeaseLost' })
    assert.deepEqual(await use.log(), ['a', 'b'])
    const left = await poll(zombie, { waitMs: 500 }).catch((error: CourantError) => {
      assert.equal(error.verdict, 'transient')
      return []
    })
    assert.deepEqual(left, [])
    await heir.close()
  })

  it('commits although a reply was lost', async () => {
    const { client, direct, proxy } = get()
    const use = await KafkaUse.begin(direct)
    await use.send(['a'])
    const consumer = await client.consumer({ group: use.group, topics: [use.topic] })
    const records = await pollUntil(consumer, 1)
    const struck = proxy.inflict({ api: 'OffsetCommit', on: 'reply', harm: 'drop', times: 1 })
    await consumer.commit(commitOf(records))
    assert.equal(struck(), 1)
    assert.equal(await use.committed(), 1)
  })
}

function stoppingInTime(get: Get): void {
  it('closes within seconds although no broker answers', async () => {
    const { client, direct, proxy } = get()
    const use = await KafkaUse.begin(direct)
    await use.send([randomBytes(8).toString('hex')])
    const consumer = await client.consumer({ group: use.group, topics: [use.topic] })
    const producer = await client.producer()
    await pollUntil(consumer, 1)
    proxy.blackHole()
    const startedAt = Date.now()
    await Promise.all([consumer.close(), producer.close()])
    assert.ok(Date.now() - startedAt < 6_000)
  })

  it('leaves its group when it closes, so that the next member need not wait for its session', async () => {
    const { client, direct } = get()
    const use = await KafkaUse.begin(direct)
    await use.send(['a'])
    const first = await client.consumer({ group: use.group, topics: [use.topic] })
    await pollUntil(first, 1)
    await first.close()
    const next = await client.consumer({ group: use.group, topics: [use.topic] })
    const startedAt = Date.now()
    await pollUntil(next, 1)
    assert.ok(Date.now() - startedAt < 4_000)
  })
}
