import assert from 'node:assert/strict'
import { test } from 'node:test'
import kafkajs from 'kafkajs'
import { settingsFrom } from '../../../runtime/settings.ts'
import { kafkaClient } from '../../../topics/kafka/client.ts'
import { partitionFor } from '../../../topics/kafka/produce/partitioner.ts'
import { eventually } from '../../support/eventually.ts'
import { KafkaUse, pollUntil, text } from '../../support/kafka-use.ts'
import { sharedStack } from '../../support/stack.ts'

const env = sharedStack('kafka')

/** kafkajs by itself: another client on the same topics, with its own encoder, decoder and partitioner. */
function otherClient() {
  const { Kafka, logLevel } = kafkajs
  const brokers = (env['COURANT_KAFKA_BROKERS'] ?? '').split(',')
  return new Kafka({ brokers, logLevel: logLevel.NOTHING, retry: { initialRetryTime: 20 } })
}

for (const compression of ['none', 'gzip'] as const)
  test(`another client reads what we wrote with ${compression}`, async (t) => {
    const client = kafkaClient(settingsFrom({ ...env, COURANT_KAFKA_COMPRESSION: compression }))
    t.after(() => client.close())
    const use = await KafkaUse.begin(client)
    await use.send(['a', 'b'])
    const consumer = otherClient().consumer({ groupId: use.group, maxWaitTimeInMs: 100 })
    t.after(() => consumer.disconnect())
    const got: unknown[] = []
    await consumer.subscribe({ topic: use.topic, fromBeginning: true })
    await consumer.run({
      eachMessage: async ({ message }) =>
        void got.push([message.offset, String(message.key), String(message.value)])
    })
    await eventually(() => got.length === 2)
    assert.deepEqual(got, [
      ['0', 'a', 'a'],
      ['1', 'b', 'b']
    ])
  })

test('we read what another client wrote, and agree with it on the partition of a key', async (t) => {
  const client = kafkaClient(settingsFrom(env))
  t.after(() => client.close())
  const use = await KafkaUse.begin(client, { partitions: 5 })
  const { CompressionTypes, Partitioners } = kafkajs
  // Without idempotence it sends all again when the leader of one new partition is not ready yet.
  const producer = otherClient().producer({
    createPartitioner: Partitioners.DefaultPartitioner,
    idempotent: true,
    maxInFlightRequests: 1
  })
  await producer.connect()
  const keys = Array.from({ length: 20 }, (_, index) => `key ${index}`)
  await producer.send({
    topic: use.topic,
    compression: CompressionTypes.GZIP,
    messages: keys.map((key) => ({ key, value: key, headers: { twice: ['x', 'y'] } }))
  })
  await producer.disconnect()
  const records = await pollUntil(await use.consumer(), keys.length)
  assert.deepEqual(records.map(text).sort(), [...keys].sort())
  for (const { key, partition, headers } of records) {
    assert.equal(partition, partitionFor(key ?? '', 5))
    assert.equal(String(headers['twice']), 'y')
  }
})

test('records of an aborted transaction stay unseen, those of a committed one arrive', async (t) => {
  const client = kafkaClient(settingsFrom(env))
  t.after(() => client.close())
  const use = await KafkaUse.begin(client)
  const producer = otherClient().producer({
    transactionalId: use.group,
    maxInFlightRequests: 1,
    idempotent: true
  })
  await producer.connect()
  t.after(() => producer.disconnect())
  for (const [value, isKept] of [
    ['kept', true],
    ['aborted', false],
    ['kept too', true]
  ] as const) {
    const transaction = await producer.transaction()
    await transaction.send({ topic: use.topic, messages: [{ key: 'k', value }] })
    await (isKept ? transaction.commit() : transaction.abort())
  }
  await use.send(['plain'])
  const consumer = await use.consumer()
  assert.deepEqual((await pollUntil(consumer, 3)).map(text), ['kept', 'kept too', 'plain'])
  assert.deepEqual(await use.log(), ['kept', 'kept too', 'plain'])
})
