import assert from 'node:assert/strict'
import { it } from 'node:test'
import { eventually } from '../support/eventually.ts'
import { KafkaUse } from '../support/kafka-use.ts'
import type { Get } from './kafka-faults.contract.ts'

export function producingThroughFaults(get: Get): void {
  it('loses no acknowledged message when a reply is lost while sends are in flight', async () => {
    const { client, direct, proxy } = get()
    const use = await KafkaUse.begin(direct)
    const producer = await client.producer()
    await producer.send(use.records(['first']))
    const struck = proxy.inflict({ api: 'Produce', on: 'reply', harm: 'drop', times: 1 })
    await Promise.all(['A', 'B', 'C'].map((value) => producer.send(use.records([value]))))
    assert.equal(struck(), 1)
    assert.deepEqual(await use.log(), ['first', 'A', 'B', 'C'])
  })

  it('keeps every record in its partition over retries', async () => {
    const { client, direct, proxy } = get()
    const use = await KafkaUse.begin(direct, { partitions: 3 })
    const producer = await client.producer()
    proxy.inflict({ api: 'Produce', on: 'reply', harm: 'cut', times: 2 })
    await producer.send([0, 1, 2].flatMap((partition) => use.records([`for ${partition}`], partition)))
    for (const partition of [0, 1, 2])
      assert.deepEqual(new Set(await use.log(partition)), new Set([`for ${partition}`]))
  })

  it('does not take a reply that leaves a partition out for an acknowledgement of it', async () => {
    const { client, direct, proxy } = get()
    const use = await KafkaUse.begin(direct, { partitions: 2 })
    const producer = await client.producer()
    await producer.send(use.records(['before']))
    const struck = proxy.inflict({ api: 'Produce', on: 'request', harm: { edit: withoutTopics }, times: 1 })
    await producer.send([...use.records(['a'], 0), ...use.records(['b'], 1)])
    assert.equal(struck(), 1)
    assert.deepEqual([await use.log(0), await use.log(1)], [['before', 'a'], ['b']])
  })

  it('gives up after its deadline as unavailable, and sends the same records well afterwards', async () => {
    const { client, direct, proxy, requestMs, deliveryMs } = get()
    const use = await KafkaUse.begin(direct)
    const producer = await client.producer()
    await producer.send(use.records(['before']))
    proxy.blackHole()
    const startedAt = Date.now()
    await assert.rejects(producer.send(use.records(['again'])), { code: 'TOPICS_UNAVAILABLE' })
    assert.ok(Date.now() - startedAt < deliveryMs + 3 * requestMs + 3_000)
    proxy.heal()
    await producer.send(use.records(['again']))
    assert.deepEqual(await use.log(), ['before', 'again'])
  })

  it('stops waiting when it is told to', async () => {
    const { client, direct, proxy } = get()
    const use = await KafkaUse.begin(direct)
    const producer = await client.producer()
    proxy.cut({ refuse: true })
    const stop = new AbortController()
    const sent = producer.send(use.records(['a']), { signal: stop.signal })
    const stopped = assert.rejects(sent, { name: 'AbortError' })
    await eventually(() => proxy.refused > 0, { what: 'an attempt that fails' })
    stop.abort()
    await stopped
  })
}

/** A Produce request that lost its records on the way, so that the reply names no partition: versions 3 to 8. */
function withoutTopics(body: Buffer): Buffer {
  const clientIdLength = body.readInt16BE(8)
  const beforeTopics = 10 + clientIdLength + 2 + 2 + 4
  return Buffer.concat([body.subarray(0, beforeTopics), Buffer.alloc(4)])
}
