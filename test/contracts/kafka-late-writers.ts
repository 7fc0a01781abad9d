import assert from 'node:assert/strict'
import { it } from 'node:test'
import { ByteReader } from '../../topics/kafka/wire/byte-reader.ts'
import type { KafkaRecord, OutgoingRecord } from '../../topics/kafka/port.ts'
import { eventually } from '../support/eventually.ts'
import { KafkaUse, pollUntil, text } from '../support/kafka-use.ts'
import type { Get } from './kafka-faults.contract.ts'

const oldEpoch = 47

/** Of records that a process sent under its lease and that the leader gets only when another has its work. */
export function fencingLateWriters(get: Get): void {
  it('has the leader refuse what comes once the next owner has written there, and takes what comes before', async () => {
    const { client, direct, proxy, sessionMs } = get()
    const [use, begun, untouched] = [
      await KafkaUse.begin(direct),
      await KafkaUse.begin(direct),
      await KafkaUse.begin(direct)
    ] as const
    const made = (records: readonly KafkaRecord[], ...targets: readonly KafkaUse[]) =>
      targets.flatMap(({ topic }) => records.map(madeFor(topic)))
    await use.send(['a', 'b'])
    const zombie = await client.consumer({ group: use.group, topics: [use.topic] })
    const read = await pollUntil(zombie, 2)
    const producer = await client.producer()
    await producer.send(made(read.slice(0, 1), begun), { lease: zombie.lease() })
    const kept: Buffer[] = []
    proxy.inflict({ api: 'Produce', on: 'request', harm: { keep: (frame) => kept.push(frame) } })
    const sent = producer.send(made(read, begun, untouched), { lease: zombie.lease() })
    const lost = assert.rejects(sent, { name: 'LeaseLost' })
    await eventually(() => kept.length > 0, { timeoutMs: 30_000, what: 'a request on its way' })
    proxy.inflict({ api: 'Heartbeat', on: 'request', harm: 'drop' })
    proxy.inflict({ api: 'JoinGroup', on: 'request', harm: 'drop' })

    const heir = await direct.consumer({ group: use.group, topics: [use.topic] })
    const taken = await pollUntil(heir, 2, sessionMs * 4)
    await lost
    const next = await direct.producer()
    await next.send(made(taken, begun), { lease: heir.lease() })
    const codes = codesOf(await proxy.deliver(kept[0]!))
    await next.send(made(taken, untouched), { lease: heir.lease() })
    await heir.close()

    assert.deepEqual(
      codes,
      new Map([
        [begun.topic, oldEpoch],
        [untouched.topic, 0]
      ])
    )
    assert.deepEqual(await begun.log(), ['a', 'a', 'b'])
    assert.deepEqual(await untouched.log(), ['a', 'b', 'a', 'b'], 'where readers know a repeat')
  })

  it('keeps the order of a send within a partition, wherever its records were read', async () => {
    const { direct } = get()
    const use = await KafkaUse.begin(direct, { partitions: 2 })
    await use.send(['a', 'b'], 0)
    await use.send(['c', 'd'], 1)
    const target = await KafkaUse.begin(direct)
    const consumer = await use.consumer()
    const [a, b, c, d] = (await pollUntil(consumer, 4)).toSorted((one, two) =>
      text(one).localeCompare(text(two))
    )
    const mixed = [c!, a!, b!, d!]
    const producer = await direct.producer()
    await producer.send(mixed.map(madeFor(target.topic)), { lease: consumer.lease() })
    await producer.send(mixed.map(madeFor(target.topic)), { lease: consumer.lease() })
    assert.deepEqual(await target.log(), ['c', 'a', 'b', 'd', 'c', 'a', 'b', 'd'])
    await consumer.close()
  })
}

const madeFor =
  (topic: string) =>
  ({ topic: readIn, partition, value }: KafkaRecord): OutgoingRecord => ({
    topic,
    partition: 0,
    key: 'k',
    value,
    from: { topic: readIn, partition }
  })

/** The code of each topic in the reply to a Produce request of one partition each. */
function codesOf(reply: Buffer): Map<string, number> {
  const reader = new ByteReader(reply)
  return new Map(
    reader.array(() => {
      const topic = reader.string()
      const [code = -1] = reader.array(() => {
        reader.int32()
        const code = reader.int16()
        reader.at += 24
        return code
      })
      return [topic, code] as const
    })
  )
}
