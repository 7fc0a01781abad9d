import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { operatorPages } from '../../dashboard/operator-page.ts'
import { StatusCollector } from '../../dashboard/status-collector.ts'
import { buildOperator } from '../../edge/operator.ts'
import { cleanUsers } from '../../processors/clean-users.ts'
import { postgresProducers } from '../../producers/postgres/index.ts'
import { CourantError } from '../../runtime/errors.ts'
import { MetricsRegistry } from '../../runtime/observability.ts'
import type { PipelineStatus } from '../../runtime/loop/run-all.ts'
import { settingsFrom } from '../../runtime/settings.ts'
import { topicCatalogue } from '../../topics/catalogue.ts'
import { HealthWatch } from '../../topics/health/health-watch.ts'
import { LagBook } from '../../topics/health/lag-book.ts'
import { LettersWatch } from '../../topics/health/letters-watch.ts'
import { StatusBoard } from '../../topics/health/status-board.ts'
import { eventually } from '../support/eventually.ts'
import { pagesWorld } from './pages-world.ts'

const [producer] = postgresProducers
assert.ok(producer)
const pipelines = [producer, cleanUsers]
const topic = 'activity.users.changes'

/** The pages over what the loop itself says of its pipelines and what Kafka tells, as in a process that runs them. */
async function running() {
  const world = await pagesWorld()
  const { connection } = world
  const status: PipelineStatus[] = pipelines.map(({ name }) => ({
    name,
    state: 'running',
    caughtUp: true,
    lastBatchAt: new Date(),
    waitingOn: null,
    error: null,
    restartAt: null,
    failures: 0
  }))
  const [metrics, book] = [new MetricsRegistry(), new LagBook()]
  const sources = { pipelines, status, metrics, book }
  const health = new HealthWatch({ ...sources, settings: settingsFrom({}) })
  const collector = new StatusCollector({ ...sources, health, board: new StatusBoard() })
  const declared = { pipelines, topics: topicCatalogue(), systemOf: () => 'activity' }
  const app = buildOperator({
    metrics,
    isReady: () => true,
    pages: operatorPages({ connection, declared, view: () => collector.view() })
  })
  const letters = new LettersWatch(connection, metrics, [cleanUsers.name])
  const told = (committed: number, records: number, seconds: number) =>
    book.add(cleanUsers.name, [
      { topic, partition: 0, sampledAt: Date.now(), committed, records, ageMs: seconds * 1000, members: 1 }
    ])
  told(10, 0, 0)
  return {
    app,
    setAside: (code: string, message: string) => world.setAside(code, message),
    told,
    countLetters: () => letters.look(),
    is: (name: string, some: Partial<PipelineStatus>) =>
      Object.assign(status.find((one) => one.name === name) ?? {}, some),
    page: async () => (await app.inject({ method: 'GET', url: '/' })).body
  }
}

/** The rows of what needs somebody, as text. */
const incidents = (body: string) =>
  [...body.matchAll(/<li class="\w+">(.*?)<\/li>/gs)].map(([, row = '']) =>
    row.replaceAll(/<[^>]*>/g, ' ').replaceAll(/\s+/g, ' ')
  )

describe('the first screen of an incident names the cause and one thing to do', () => {
  let world: Awaited<ReturnType<typeof running>>
  beforeEach(async () => {
    world = await running()
  })
  afterEach(() => world.app.close())
  const only = async () => {
    const rows = incidents(await world.page())
    assert.equal(rows.length, 1, rows.join('\n'))
    return rows[0] ?? ''
  }

  it('nothing is wrong', async () => {
    const body = await world.page()
    assert.match(body, /<p class="well">All 2 pipelines keep up/)
    assert.deepEqual(incidents(body), [])
  })

  it('a poison record', async () => {
    for (let n = 0; n < 3; n++) await world.setAside('RECORD_INVALID', 'after.amount is not of type double')
    await world.countLetters()
    await eventually(async () => /100 % of them for one error/.test(await world.page()))
    const row = await only()
    assert.match(
      row,
      /3 records that were set aside wait .*one error: RECORD_INVALID after\.amount, since 20/
    )
    assert.match(row, /Look at what was set aside, then replay or dismiss it\. courant dlq show clean-users/)
    assert.match(await world.page(), /<a href="\/d\/clean-users">Open<\/a>/)
  })

  it('a slow sink', async () => {
    for (const n of [1, 2, 3]) world.told(10 + n, 500 * n, 400 + n)
    for (let n = 4; n < 14; n++) world.told(10 + n, 500 * n, 400 + n)
    const row = await only()
    assert.match(row, /clean-users behind; nothing is deleted by age/)
    assert.match(row, /6 min behind \(promised: 5 min\) and not catching up/)
    assert.match(row, /Give it a process of its own/)
  })

  it('a dead broker', async () => {
    const waitingOn = new CourantError('TOPICS_UNAVAILABLE', 'no broker answers')
    world.is(cleanUsers.name, { state: 'waiting', waitingOn })
    const row = await only()
    assert.match(row, /waited .* for Kafka \(TOPICS_UNAVAILABLE\)/)
    assert.match(row, /See which server does not answer\. The pipeline goes on by itself\. courant doctor/)
  })

  it('a late source', async () => {
    world.is(producer.name, { lastBatchAt: new Date(Date.now() - 1_000_000) })
    const row = await only()
    assert.match(row, /stands still .*It has not finished a look at its source for 16 min/)
    assert.match(row, /Read its log, then start its process again: nothing is lost by that/)
  })

  it('a schema that breaks', async () => {
    const error = new CourantError('SCHEMA_INCOMPATIBLE', 'the registry refuses it')
    world.is(cleanUsers.name, { state: 'failed', error })
    const row = await only()
    assert.match(row, /fails .*It failed \(SCHEMA_INCOMPATIBLE\)/)
    assert.match(row, /Correct what the error says.* courant check/)
  })
})
