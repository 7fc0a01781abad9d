import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { splitBatches } from '../../../../topics/kafka/wire/batch-decoder.ts'
import { encodeBatch } from '../../../../topics/kafka/wire/batch-encoder.ts'
import { Inbox, Intake } from '../../../../topics/kafka/consume/inbox.ts'
import type { KafkaRecord, TopicPartition } from '../../../../topics/kafka/port.ts'

const held = { isHeld: true }
const identity = { producerId: -1, epoch: -1, sequence: -1 }

/** The record set of a partition's log from offset 0 in batches of these sizes. */
async function log(partition: number, sizes: readonly number[], value = Buffer.from('v')) {
  return logOf({ topic: 't', partition }, sizes, value)
}

async function logOf(at: TopicPartition, sizes: readonly number[], value = Buffer.from('v')) {
  let offset = 0
  const sets: Buffer[] = []
  for (const size of sizes) {
    const records = Array.from({ length: size }, () => ({ ...at, key: 'k', value }))
    const { bytes } = await encodeBatch(records, 0, {
      compression: 'none',
      identity,
      maxBytes: 1e9,
      maxRecords: 1e9
    })
    bytes.writeBigInt64BE(BigInt(offset))
    offset += size
    sets.push(bytes)
  }
  return splitBatches(Buffer.concat(sets), at)
}

/** What one poll gets. */
async function took(inbox: Inbox, limit: number): Promise<readonly KafkaRecord[]> {
  const intake = new Intake({ limit })
  await inbox.take(intake)
  return intake.records
}

const offsetsOf = (records: readonly KafkaRecord[], partition: number) =>
  records.filter((record) => record.partition === partition).map(({ offset }) => offset)

test('whatever the batches, the start and the limits, each record comes out once and in order', async () => {
  const sizes = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 6 })
  await fc.assert(
    fc.asyncProperty(
      fc.tuple(sizes, sizes),
      fc.nat(8),
      fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 5 }),
      async (logs, start, limits) => {
        const inbox = new Inbox()
        inbox.assign(
          [0, 1].map((partition) => ({ topic: 't', partition, offset: start })),
          held
        )
        for (const [partition, sizes] of logs.entries()) {
          const inlet = inbox.find({ topic: 't', partition })
          assert.ok(inlet)
          inbox.add(inlet, await log(partition, sizes))
        }
        const taken: KafkaRecord[] = []
        for (let turn = 0; inbox.inlets.some((inlet) => !inlet.isIdle); turn++) {
          const limit = limits[turn % limits.length] ?? 1
          const into = await took(inbox, limit)
          assert.ok(into.length <= limit)
          taken.push(...into)
        }
        for (const [partition, sizes] of logs.entries()) {
          const end = sizes.reduce((sum, size) => sum + size, 0)
          const expected = Array.from({ length: Math.max(0, end - start) }, (_, index) => start + index)
          assert.deepEqual(offsetsOf(taken, partition), expected)
        }
      }
    )
  )
})

test('nothing comes out while paused or of an assignment that is over', async () => {
  const inbox = new Inbox()
  inbox.assign([{ topic: 't', partition: 0, offset: 0 }], held)
  const inlet = inbox.find({ topic: 't', partition: 0 })
  assert.ok(inlet)
  inbox.add(inlet, await log(0, [3]))
  const taking = took(inbox, 10)
  inbox.pause()
  assert.deepEqual([...(await taking), ...(await took(inbox, 10))], [])
  inbox.assign([{ topic: 't', partition: 1, offset: 0 }], held)
  inbox.add(inlet, await log(0, [1]))
  assert.deepEqual(await took(inbox, 10), [])
})

test('nothing comes out once the right to it is lost', async () => {
  const inbox = new Inbox()
  const lease = { isHeld: true }
  inbox.assign([{ topic: 't', partition: 0, offset: 0 }], lease)
  const inlet = inbox.find({ topic: 't', partition: 0 })
  assert.ok(inlet)
  inbox.add(inlet, await log(0, [3]))
  const first = await took(inbox, 1)
  lease.isHeld = false
  assert.deepEqual(offsetsOf([...first, ...(await took(inbox, 10))], 0), [0])
})

test('a partition is left out of fetches while a megabyte of it waits, and taken up again once polled', async () => {
  const inbox = new Inbox()
  inbox.assign([{ topic: 't', partition: 0, offset: 0 }], held)
  const inlet = inbox.find({ topic: 't', partition: 0 })
  assert.ok(inlet && inbox.hasRoom(inlet))
  inbox.add(inlet, await log(0, [1, 1], Buffer.alloc(600_000)))
  assert.ok(!inbox.hasRoom(inlet))
  await took(inbox, 1)
  assert.ok(inbox.hasRoom(inlet))
})

test('only what moves a held partition forward is committed, and a rebalance waits for what was handed out', async () => {
  const inbox = new Inbox()
  inbox.assign([{ topic: 't', partition: 0, offset: 5 }], held)
  const at = (offset: number, partition = 0) => ({ topic: 't', partition, offset })
  assert.deepEqual(inbox.committable([at(5), at(4), at(9, 1)]), [])
  assert.deepEqual(inbox.committable([at(6)]), [at(6)])
  const inlet = inbox.find(at(0))
  assert.ok(inlet)
  inbox.add(inlet, await log(0, [8]))
  await took(inbox, 2)
  assert.ok(inbox.isDrained, 'taken for a poll that never returned')
  inbox.handOver()
  assert.ok(!inbox.isDrained)
  inbox.committed([at(7)])
  assert.ok(inbox.isDrained)
})

for (const { isAsked, given } of [
  { isAsked: false, given: [6, 7] },
  { isAsked: true, given: [0, 1, 2, 3, 4, 5, 6, 7] }
])
  test(`what was committed after a rebalance is given out again only where it was asked for: ${isAsked}`, async () => {
    const inbox = new Inbox()
    inbox.assign([{ topic: 't', partition: 0, offset: 0, isAsked }], held)
    const inlet = inbox.find({ topic: 't', partition: 0 })
    assert.ok(inlet)
    inbox.add(inlet, await log(0, [4, 4]))
    inbox.committed([{ topic: 't', partition: 0, offset: 6 }])
    assert.deepEqual(offsetsOf(await took(inbox, 10), 0), given)
  })

test('a poll takes no further batch once it has sixteen megabytes, and ends a batch before it begins another', async () => {
  const inbox = new Inbox()
  inbox.assign(
    [0, 1].map((partition) => ({ topic: 't', partition, offset: 0 })),
    held
  )
  for (const partition of [0, 1]) {
    const inlet = inbox.find({ topic: 't', partition })
    assert.ok(inlet)
    inbox.add(inlet, await log(partition, [2, 2], Buffer.alloc(6 * 1_048_576)))
  }
  assert.equal((await took(inbox, 100)).length, 4, '12 MB are less, 24 MB are enough')
  const [one] = await took(inbox, 1)
  const [other] = await took(inbox, 1)
  assert.equal(one?.partition, other?.partition)
})

test('a poll takes from the topics that it prefers, in their order, and from the others after them', async () => {
  const inbox = new Inbox()
  const topics = ['batch', 'standard', 'premium', 'other']
  inbox.assign(
    topics.map((topic) => ({ topic, partition: 0, offset: 0 })),
    held
  )
  for (const inlet of inbox.inlets) inbox.add(inlet, await logOf({ topic: inlet.topic, partition: 0 }, [2]))
  const taken: string[] = []
  while (inbox.inlets.some((inlet) => !inlet.isIdle)) {
    const intake = new Intake({ limit: 1, prefer: ['premium', 'standard', 'batch'] })
    await inbox.take(intake)
    taken.push(...intake.records.map(({ topic }) => topic))
  }
  assert.deepEqual(
    taken,
    ['premium', 'standard', 'batch', 'other'].flatMap((topic) => [topic, topic])
  )
})
