import assert from 'node:assert/strict'
import { test } from 'node:test'
import { tables } from '../../../schemas/tables.ts'
import { topicsOf } from '../../../topics/catalogue.ts'
import { share } from '../../../topics/connection.ts'
import { kafkaClient } from '../../../topics/kafka/client.ts'
import { applyPlan, planTopics } from '../../../topics/plan.ts'
import { memoryRegistry } from '../../../topics/registry/memory.ts'
import { userChange } from '../../support/changes.ts'
import { testContext } from '../../support/context.ts'
import { deleteTopics } from '../../support/delete-topics.ts'
import { eventually } from '../../support/eventually.ts'
import { sharedStack } from '../../support/stack.ts'
import { unique } from '../../support/unique.ts'

const topic = topicsOf(tables.users).clean
const group = 'sink'

test('a repeat is dropped although its first one was committed only after a rebalance', async (t) => {
  const context = testContext({
    ...sharedStack('kafka'),
    COURANT_TOPIC_PREFIX: `${unique('late')}.`,
    COURANT_KAFKA_PARTITIONS: '1'
  })
  const { settings } = context
  const kafka = kafkaClient(settings, { drainMs: 100 })
  const connection = share(settings, { kafka, registry: memoryRegistry() })
  t.after(() => deleteTopics(settings))
  await applyPlan(await planTopics([topic], connection, settings), connection)
  const signal = AbortSignal.timeout(100_000)
  const writer = await topic.writer().open(context)
  const written = [1, 2, 3].map((n) => userChange(n))
  await writer.write(written, { signal })
  const reader = await topic.reader(group, { repeatWindow: 100 }).open(context)
  const read = () => reader.read({ limit: 100, lingerMs: 500, signal })
  let inHand = await read()
  while (inHand.items.length < 3) inHand = await read()
  const another = await connection.kafka.consumer({ group, topics: [topic.name] })
  await eventually(() => inHand.lease?.isHeld === false, { timeoutMs: 30_000 })
  await another.close()
  const admin = await connection.kafka.admin()
  await eventually(
    async () => {
      await reader.commit(inHand)
      return (await admin.committed(group, [topic.name]))[0]?.offset === 3
    },
    { timeoutMs: 30_000 }
  )
  await admin.close()
  // As a producer does that was killed before its own commit.
  await writer.write(written.slice(0, 1), { signal })
  const offsets: number[] = []
  for (let isAtEnd = false; !isAtEnd; ) {
    const { items, caughtUp } = await read()
    offsets.push(...items.map(({ offset }) => offset))
    isAtEnd = caughtUp
  }
  await reader.close()
  assert.ok(!offsets.includes(3), `the repeat came out: ${offsets.join()}`)
})
