import assert from 'node:assert/strict'
import { test } from 'node:test'
import { statusPage } from '../../dashboard/status-page.ts'
import type { PipelineView } from '../../dashboard/status.ts'
import { languageOf } from '../../dashboard/texts.ts'
import type { PipelineHealth } from '../../topics/health/health.ts'

const at = new Date('2026-11-22T10:00:00Z')
const health: PipelineHealth = {
  name: 'clean-users',
  level: 'keepsUp',
  reason: 'inTime',
  code: null,
  seconds: 0,
  promiseSeconds: 300,
  notices: []
}
const pipeline: PipelineView = {
  name: 'clean-users',
  state: 'running',
  elsewhere: null,
  health,
  read: 1234,
  written: 1200,
  held: 0,
  rejected: 34,
  deadLetters: 0,
  perSecond: 0,
  readsTopics: true,
  lag: 0,
  lagSeconds: 0,
  lagAskedAt: at,
  lastBatchAt: at
}
const named = (name: string, some: Partial<PipelineHealth>): PipelineView => ({
  ...pipeline,
  name,
  health: { ...health, name, ...some }
})
const page = (pipelines: readonly PipelineView[], language: 'en' | 'fr' = 'en') =>
  statusPage({ at, pipelines }, language)

test('what is unknown is called unknown, in the language asked for', () => {
  const unknown = { ...pipeline, lag: null, lagSeconds: null, lastBatchAt: null }
  assert.match(page([unknown]), /<td class="number">unknown<\/td>/)
  assert.match(page([unknown], 'fr'), /<td class="number">inconnu<\/td>/)
})

test('a producer has no lag, which is neither zero nor unknown', () => {
  const producer = page([{ ...pipeline, readsTopics: false, lag: null, lagSeconds: null }])
  assert.doesNotMatch(producer, /unknown</)
  assert.match(producer, /<td class="number">–<\/td>/)
})

test('ten hours of lag are not green, and are called ten hours', () => {
  const late = named('silver.users', { level: 'behind', reason: 'catchesUp', seconds: 36_000 })
  const html = page([{ ...late, lag: 1_000_000, lagSeconds: 36_000 }])
  assert.match(html, /<p class="unwell">1 pipeline is behind what is promised \(silver\.users\)\.</)
  assert.match(html, /<td class="number">10 h<\/td>/)
  assert.doesNotMatch(html, /36,?000/)
  assert.match(html, /It is 10 h behind \(promised: 5 min\) and catching up\./)
})

test('one failed pipeline is enough to say so, with its code and what to do', () => {
  const failed = named('gold', { level: 'fails', reason: 'failed', code: 'TARGET_REFUSED' })
  const html = page([failed, pipeline])
  assert.match(html, /<p class="unwell">1 pipeline fails \(gold\); 1 pipeline keeps up\.</)
  assert.match(html, /It failed \(TARGET_REFUSED\) and is not started again by itself/)
})

test('dead letters and refused deletes are said, though everything keeps up', () => {
  const refused = named('postgres.users', { notices: [{ kind: 'deletesRefused', count: 4081 }] })
  const html = page([refused])
  assert.match(html, /<p class="unsure">The only pipeline keeps up\. Have a look at postgres\.users\./)
  assert.match(html, /4,081 deletes are not carried out/)
})

test('what Kafka told long ago is shown with its age', () => {
  const told = { ...pipeline, lag: 7, lagSeconds: 12, lagAskedAt: new Date(at.getTime() - 240_000) }
  assert.match(page([told]), /12 s \(4 min ago\)<\/td><td class="number">7 \(4 min ago\)/)
  assert.match(page([told], 'fr'), /12 s \(il y a 4 min\)/)
})

test('the last batch is so long ago, in French too', () => {
  const then = { ...pipeline, lastBatchAt: new Date(at.getTime() - 36_001_000) }
  assert.match(page([then]), />10 h ago</)
  assert.match(page([then], 'fr'), />il y a 10 h</)
})

test('what another process runs is said to be so, with how old that is', () => {
  const elsewhere = { process: 'host-b 12', saidAt: new Date(at.getTime() - 4_000) }
  const silent = named('ods.client', { level: 'unknown', reason: 'silent', seconds: 300 })
  const html = page([{ ...silent, state: null, elsewhere, read: null, deadLetters: null }])
  assert.match(html, /<p class="unsure">/)
  assert.match(html, /said nothing for 5 min/)
  assert.match(html, /Another process runs it \(host-b 12\) and said so 4 s ago/)
  assert.match(page([{ ...silent, elsewhere }], 'fr'), /Un autre processus le fait tourner/)
})

test('a name cannot become markup', () => {
  assert.doesNotMatch(page([named('<script>', { level: 'fails', reason: 'failed' })]), /<script>/)
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

test('what has not yet had a batch is not said to keep up', () => {
  assert.match(
    page([named('x', { level: 'unknown', reason: 'starting' })], 'fr'),
    /1 pipeline dans un état inconnu/
  )
})
