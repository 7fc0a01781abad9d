import assert from 'node:assert/strict'
import { test } from 'node:test'
import { StatusCollector } from '../../dashboard/status-collector.ts'
import { MetricsRegistry } from '../../runtime/observability.ts'
import { cleanUsers } from '../../processors/clean-users.ts'
import { memoryKafka } from '../../topics/kafka/memory.ts'
import { memoryTopics } from '../support/memory-topics.ts'

test('a Kafka that accepts and never answers leaves the page with an unknown lag, not without a page', async (t) => {
  const kafka = memoryKafka()
  const { context } = await memoryTopics({ kafka })
  kafka.admin = () => new Promise(() => undefined)
  const collector = new StatusCollector({
    pipelines: [cleanUsers],
    status: [],
    metrics: new MetricsRegistry(),
    settings: context.settings,
    answerWithinMs: 20
  })
  // The collector's own timer keeps no process alive.
  const alive = setInterval(() => undefined, 1000)
  t.after(() => clearInterval(alive))
  const { pipelines } = await collector.view()
  assert.deepEqual(
    pipelines.map(({ name, lag, lagSeconds }) => [name, lag, lagSeconds]),
    [['clean-users', null, null]]
  )
})
