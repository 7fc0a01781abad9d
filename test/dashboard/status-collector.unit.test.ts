import assert from 'node:assert/strict'
import { test } from 'node:test'
import { StatusCollector } from '../../dashboard/status-collector.ts'
import { cleanUsers } from '../../processors/clean-users.ts'
import { MetricsRegistry } from '../../runtime/observability.ts'
import { settingsFrom } from '../../runtime/settings.ts'
import { HealthWatch } from '../../topics/health/health-watch.ts'
import { StatusBoard } from '../../topics/health/status-board.ts'
import { LagBook } from '../../topics/health/lag-book.ts'

const topic = 'activity.users.changes'

function collecting() {
  const metrics = new MetricsRegistry()
  const book = new LagBook()
  const sources = { pipelines: [cleanUsers], status: [], metrics, book }
  const health = new HealthWatch({ ...sources, settings: settingsFrom({}) })
  const board = new StatusBoard()
  return { metrics, book, collector: new StatusCollector({ ...sources, health, board }) }
}

test('a Kafka that never answers leaves the page with an unknown lag, not without a page', async () => {
  const { pipelines } = await collecting().collector.view()
  assert.deepEqual(
    pipelines.map(({ name, lag, lagSeconds, lagAskedAt }) => [name, lag, lagSeconds, lagAskedAt]),
    [['clean-users', null, null, null]]
  )
})

test('what Kafka told last stays, with when that was', async () => {
  const { book, collector } = collecting()
  const sampledAt = Date.now() - 600_000
  book.add('clean-users', [
    { topic, partition: 0, sampledAt, committed: 1, records: 7, ageMs: 12_000, members: 1 }
  ])
  // What comes after it is nothing.
  book.add('clean-users', [])
  const [view] = (await collector.view()).pipelines
  assert.deepEqual([view?.lag, view?.lagSeconds, view?.lagAskedAt], [7, 12, new Date(sampledAt)])
  assert.ok(book.isWanted)
})

test('letters that wait are told as Kafka has them, until then those of this process', async (t) => {
  t.mock.timers.enable({ apis: ['Date'], now: 0 })
  const { metrics, collector } = collecting()
  metrics.of('clean-users').count('dead_letters_total', 4, { code: 'RECORD_INVALID' })
  const letters = async () => {
    t.mock.timers.tick(2000)
    return (await collector.view()).pipelines[0]?.deadLetters
  }
  assert.equal(await letters(), 4)
  metrics.of('clean-users').gauge('dead_letters_waiting', 0)
  assert.equal(await letters(), 0)
})

test('the rate is that of the last moments, and unknown to the first who looks for long', async (t) => {
  t.mock.timers.enable({ apis: ['Date'], now: 0 })
  const { metrics, collector } = collecting()
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
