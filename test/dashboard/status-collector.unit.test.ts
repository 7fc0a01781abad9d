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

test('the rate is that of the last moments, and unknown to the first who looks for long', async (t) => {
  t.mock.timers.enable({ apis: ['Date'], now: 0 })
  const { context } = await memoryTopics()
  const metrics = new MetricsRegistry()
  const collector = new StatusCollector({
    pipelines: [cleanUsers],
    status: [],
    metrics,
    settings: context.settings
  })
  const rateAfter = async (ms: number, written: number) => {
    t.mock.timers.tick(ms)
    metrics.of('clean-users').count('items_written_total', written)
    const { pipelines } = await collector.view()
    return pipelines[0]?.perSecond
  }
  assert.equal(await rateAfter(10_000, 50), 5)
  assert.equal(await rateAfter(2000, 4), 2)
  assert.equal(await rateAfter(3_600_000, 1_000_000), null)
  assert.equal(await rateAfter(2000, 4), 2)
})
