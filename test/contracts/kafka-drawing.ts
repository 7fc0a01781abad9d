import assert from 'node:assert/strict'
import { it } from 'node:test'
import { poll, text, type Use } from '../support/kafka-use.ts'

/** What a reader may want of a poll beside what comes: records not before their time. */
export function drawing(use: Use): void {
  it('holds a record back until its delay is over, and with it what lies behind it in its partition, and no other', async () => {
    const it = await use({ partitions: 2 })
    const producer = await it.client.producer()
    const dueAt = Date.now() + 1_500
    const delays = new Map([[it.topic, 60_000]])
    const waits = { delays, waitMs: 30_000, lingerMs: 0 }
    const records = [...it.records(['later', 'behind'], 0), ...it.records(['neighbour'], 1)]
    await producer.send(
      records.map((record, n) => ({ ...record, timestamp: dueAt - 60_000 - (n === 0 ? 0 : 30_000) }))
    )
    await producer.close()
    const consumer = await it.consumer()
    assert.deepEqual((await poll(consumer, waits)).map(text), ['neighbour'])
    const waited = await poll(consumer, waits)
    assert.ok(Date.now() >= dueAt, 'not before its time')
    assert.deepEqual(waited.map(text), ['later', 'behind'])
    await consumer.close()
  })
}
