import assert from 'node:assert/strict'
import { test } from 'node:test'
import { settingsFrom } from '../../../runtime/settings.ts'
import { kafkaClient } from '../../../topics/kafka/client.ts'
import { eventually } from '../../support/eventually.ts'
import { commitOf, KafkaUse, pollUntil, text } from '../../support/kafka-use.ts'
import { ownStack } from '../../support/stack.ts'

test('a broker killed with -9 under load loses nothing acknowledged and repeats nothing in the log', async (t) => {
  const stack = await ownStack(t, 'kafka')
  const broker = stack.servers.get('kafka')
  assert.ok(broker)
  const client = kafkaClient(settingsFrom(stack.env), { requestMs: 3_000, deliveryMs: 60_000 })
  t.after(() => client.close())
  const use = await KafkaUse.begin(client, { partitions: 2 })
  const producer = await client.producer()
  const consumer = await use.joined()

  let sent = 0
  const stop = new AbortController()
  const sending = (async () => {
    for (; !stop.signal.aborted; sent += 10) {
      const texts = Array.from({ length: 10 }, (_, index) => String(sent + index))
      await producer.send(use.records(texts, (sent / 10) % 2))
    }
  })()
  const seen = new Set<string>()
  const receiving = (async () => {
    while (!stop.signal.aborted || seen.size < sent) {
      const records = await pollUntil(consumer, 1, 90_000)
      for (const record of records) seen.add(text(record))
      await consumer.commit(commitOf(records))
    }
  })()

  for (let round = 0; round < 2; round++) {
    const before = sent
    await eventually(() => sent > before + 500, { timeoutMs: 60_000, what: 'load' })
    await broker.kill()
    const killedAt = sent
    await broker.restart()
    const readyAt = Date.now()
    await eventually(() => sent > killedAt + 100, { timeoutMs: 60_000, what: 'writing again' })
    t.diagnostic(`written again ${Date.now() - readyAt} ms after the broker was ready`)
  }
  stop.abort()
  await Promise.all([sending, receiving])

  const logs = [...(await use.log(0)), ...(await use.log(1))]
  assert.deepEqual(
    logs.map(Number).sort((one, other) => one - other),
    Array.from({ length: sent }, (_, index) => index)
  )
  assert.equal(seen.size, sent)
})
