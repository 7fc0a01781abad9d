import assert from 'node:assert/strict'
import { test } from 'node:test'
import { statusPage } from '../../dashboard/status-page.ts'
import type { PipelineView } from '../../dashboard/status.ts'
import { languageOf } from '../../dashboard/texts.ts'

const pipeline: PipelineView = {
  name: 'clean-users',
  state: 'running',
  read: 1234,
  written: 1200,
  rejected: 34,
  deadLetters: 0,
  perSecond: 0,
  readsTopics: true,
  lag: null,
  lagSeconds: 0,
  lastBatchAt: null,
  error: null
}
const at = new Date('2026-11-22T10:00:00Z')

test('what is unknown is called unknown, in the language asked for', () => {
  assert.match(statusPage({ at, pipelines: [pipeline] }, 'en'), /<td class="number">unknown<\/td>/)
  assert.match(statusPage({ at, pipelines: [pipeline] }, 'fr'), /<td class="number">inconnu<\/td>/)
})

test('a producer has no lag, which is neither zero nor unknown', () => {
  const page = statusPage({ at, pipelines: [{ ...pipeline, readsTopics: false, lastBatchAt: at }] }, 'en')
  assert.doesNotMatch(page, /unknown/)
  assert.match(page, /<td class="number">–<\/td>/)
})

test('one failed pipeline is enough to say that somebody is needed', () => {
  const failed: PipelineView = { ...pipeline, name: 'gold', state: 'failed', error: 'TARGET_REFUSED' }
  const page = statusPage({ at, pipelines: [pipeline, failed] }, 'en')
  assert.match(page, /Something needs you/)
  assert.match(page, /failed \(TARGET_REFUSED\)/)
})

test('where Kafka does not tell the lag, the page does not say that everything runs', () => {
  const page = (lag: number | null) => statusPage({ at, pipelines: [{ ...pipeline, lag }] }, 'en')
  assert.match(page(0), /Everything runs\./)
  assert.match(page(null), /Something is out of reach/)
})

test('a name cannot become markup', () => {
  const page = statusPage({ at, pipelines: [{ ...pipeline, name: '<script>' }] }, 'en')
  assert.doesNotMatch(page, /<script>/)
})

test('the address goes before the browser, and English stands in for other languages', () => {
  assert.deepEqual(
    [
      languageOf('en', 'fr'),
      languageOf(undefined, 'fr-FR,fr;q=0.9'),
      languageOf(['fr', 'en'], 'en'),
      languageOf(undefined, 'de'),
      languageOf(undefined, undefined)
    ],
    ['en', 'fr', 'fr', 'en', 'en']
  )
})

test('a pipeline that waits for a server is neither well nor in need of anybody', () => {
  const waiting: PipelineView = { ...pipeline, name: 'gold', state: 'waiting', error: 'TOPICS_UNAVAILABLE' }
  const page = statusPage({ at, pipelines: [pipeline, waiting] }, 'en')
  assert.match(page, /Something is out of reach/)
  assert.match(page, /waiting \(TOPICS_UNAVAILABLE\)/)
})

test('what has not yet had a batch is not said to run', () => {
  const starting: PipelineView = { ...pipeline, state: 'starting' }
  assert.match(statusPage({ at, pipelines: [starting] }, 'fr'), /Démarrage en cours/)
})
