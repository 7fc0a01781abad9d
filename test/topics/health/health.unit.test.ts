import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { CourantError, errorTable } from '../../../runtime/errors.ts'
import { MetricsRegistry } from '../../../runtime/observability.ts'
import { settingsFrom } from '../../../runtime/settings.ts'
import { durationText } from '../../../topics/health/durations.ts'
import { french } from '../../../topics/health/french.ts'
import { healthOf, isAtWork, type PipelineFacts, worstFirst } from '../../../topics/health/health.ts'
import { healthAlerts } from '../../../topics/health/health-alerts.ts'
import { HealthWatch } from '../../../topics/health/health-watch.ts'
import { LagBook } from '../../../topics/health/lag-book.ts'
import { promisesOf } from '../../../topics/health/promise.ts'
import { headline, headlineTone, noticeTexts, reasonText } from '../../../topics/health/sentences.ts'
import { cleanUsers } from '../../../processors/clean-users.ts'

const now = new Date('2026-11-30T12:00:00Z')
const ago = (seconds: number) => new Date(now.getTime() - seconds * 1000)

const facts = (some: Partial<PipelineFacts> = {}): PipelineFacts => ({
  name: 'silver.users',
  state: 'running',
  since: ago(3600),
  error: null,
  restartAt: null,
  lastBatchAt: ago(1),
  readsTopics: true,
  lag: { records: 0, seconds: 0, status: 'OK', askedAt: ago(5) },
  held: 0,
  promiseSeconds: 300,
  notices: [],
  ...some
})
const lag = (some: Partial<NonNullable<PipelineFacts['lag']>>) => ({
  records: 1000,
  seconds: 36_000,
  status: 'OK' as const,
  askedAt: ago(5),
  ...some
})
const of = (some: Partial<PipelineFacts>) => healthOf(facts(some), now)
const verdict = (some: Partial<PipelineFacts>) => {
  const { level, reason } = of(some)
  return `${level} ${reason}`
}
const kafkaDown = new CourantError('TOPICS_UNAVAILABLE', 'canary')

describe('the health of a pipeline', () => {
  it('is what its lag says against its promise', () => {
    assert.equal(verdict({}), 'keepsUp inTime')
    assert.equal(verdict({ lag: lag({ seconds: 299 }) }), 'keepsUp inTime')
    assert.equal(verdict({ lag: lag({}) }), 'behind catchesUp')
    assert.equal(verdict({ lag: lag({ status: 'WARN' }) }), 'behind fallsBack')
    assert.equal(verdict({ lag: lag({ status: 'STALL' }) }), 'stands noProgress')
    assert.equal(verdict({ lag: lag({ status: 'STOP', seconds: 1 }) }), 'stands nobodyReads')
    assert.equal(verdict({ lag: lag({ status: 'STALL', seconds: 4 }) }), 'keepsUp inTime')
    assert.equal(verdict({ lag: lag({ status: 'STALL' }), held: 5 }), 'behind gathering')
  })

  it('is unknown where nobody tells, with what was told last, and neither good nor bad then', () => {
    assert.equal(verdict({ lag: null }), 'unknown lagUnknown')
    const stale = of({ lag: lag({ askedAt: ago(240) }) })
    assert.equal(stale.level, 'unknown')
    assert.match(reasonText(stale, 'en'), /Kafka told 4 min ago/)
    assert.equal(verdict({ lag: lag({ seconds: null }) }), 'unknown ageUnknown')
    assert.ok(isAtWork(stale))
    assert.equal(headlineTone([stale]), 'unsure')
  })

  it('is a standstill or a failure where its state says so, and names what does not answer', () => {
    const waiting = of({ state: 'waiting', error: kafkaDown, since: ago(90) })
    assert.equal(waiting.level, 'stands')
    assert.match(reasonText(waiting, 'en'), /waited 1 min for Kafka .*goes on by itself/)
    const failed = of({ state: 'failed', error: new CourantError('TARGET_REFUSED', 'canary') })
    assert.equal(`${failed.level} ${failed.reason}`, 'fails failed')
    assert.doesNotMatch(reasonText(failed, 'en'), /goes on by itself|canary/)
    assert.match(reasonText(failed, 'en'), /TARGET_REFUSED.*missing bucket/)
    assert.equal(of({ state: 'failed', error: null, restartAt: ago(-5) }).reason, 'restarts')
    assert.equal(verdict({ state: 'starting', since: ago(5) }), 'unknown starting')
    assert.equal(verdict({ state: 'starting', since: ago(900) }), 'stands neverStarted')
    assert.ok(![waiting, failed, of({ state: 'starting' })].some(isAtWork))
  })

  it('of a producer is whether it still looks at its source', () => {
    assert.equal(verdict({ readsTopics: false, lag: null }), 'keepsUp inTime')
    assert.equal(verdict({ readsTopics: false, lag: null, lastBatchAt: ago(900) }), 'stands noBatch')
  })

  it('says goes on by itself of nothing but what waits for a server', () => {
    for (const code of Object.keys(errorTable))
      for (const text of [
        reasonText({ ...of({}), level: 'fails', reason: 'failed', code }, 'en'),
        reasonText({ ...of({}), level: 'fails', reason: 'failed', code }, 'fr')
      ])
        assert.doesNotMatch(text, /goes on by itself|reprendra seul/)
  })
})

describe('what is said of all', () => {
  const well = of({ name: 'clean-users' })
  const late = of({ name: 'gold', lag: lag({}) })
  const failed = of({ name: 'bronze.users', state: 'failed', error: kafkaDown })

  it('begins with what is worst, and does not call well what is late', () => {
    const all = worstFirst([well, late, failed])
    assert.deepEqual(
      all.map(({ name }) => name),
      ['bronze.users', 'gold', 'clean-users']
    )
    assert.equal(
      headline(all, 'en'),
      '1 pipeline fails (bronze.users); 1 pipeline is behind what is promised (gold); 1 pipeline keeps up.'
    )
    assert.match(
      headline(all, 'fr'),
      /^1 pipeline est en échec \(bronze\.users\)\s; .*\s; 1 pipeline est à jour\.$/
    )
    assert.equal(headlineTone([well, late]), 'unwell')
    assert.equal(headline([well, { ...well, name: 'x' }], 'en'), 'All 2 pipelines keep up.')
    assert.equal(headlineTone([well]), 'well')
  })

  it('is no good news while dead letters wait or deletes are refused', () => {
    const noticed = of({
      notices: [
        { kind: 'deadLetters', count: 500 },
        { kind: 'deletesRefused', count: 4081 }
      ]
    })
    assert.equal(headlineTone([noticed]), 'unsure')
    assert.match(headline([noticed], 'en'), /Have a look at silver\.users\./)
    const [letters, deletes] = noticeTexts(noticed, 'en')
    assert.match(letters ?? '', /^500 records .*courant dlq show silver\.users/)
    assert.match(deletes ?? '', /^4,081 deletes .*COURANT_CONFIRM_DELETES=silver\.users/)
    assert.equal(noticeTexts(noticed, 'fr').length, 2)
  })

  it('has a French text for everything, and none is the English one', () => {
    for (const level of Object.values(french.counts))
      assert.doesNotMatch(level(2), /pipelines? (is|are|fails?)/)
    for (const reason of Object.keys(french.reasons) as (keyof typeof french.reasons)[]) {
      if (reason === 'inTime') continue
      const health = { ...well, reason, seconds: 36_000 }
      assert.notEqual(reasonText(health, 'fr'), reasonText(health, 'en'))
    }
  })

  it('says hours where there are hours', () => {
    assert.deepEqual(
      [0.4, 59, 61, 36_000, 5400, 86_400 * 3 + 7200].map((seconds) => durationText(seconds, 'en')),
      ['0 s', '59 s', '1 min', '10 h', '1 h 30 min', '3 d 2 h']
    )
    assert.equal(durationText(86_400 * 3, 'fr'), '3 j')
  })
})

describe('alerts of health', () => {
  it('are one for one cause, however many pipelines wait for it, and none of what has just begun', () => {
    const waits = (name: string, since: Date) => of({ name, state: 'waiting', error: kafkaDown, since })
    const all = ['a', 'b', 'c'].map((name) => waits(name, ago(900)))
    const alerts = healthAlerts([...all, waits('new', ago(2))])
    assert.deepEqual([...alerts.keys()], ['health/stands/outOfReach/TOPICS_UNAVAILABLE'])
    const [alert] = alerts.values()
    assert.equal(alert?.facts?.['pipelines'], 'a, b, c')
    assert.equal(healthAlerts([of({}), of({ lag: null })]).size, 0)
  })

  it('are one for each that fails, and for deletes that are refused', () => {
    const failed = (name: string) => of({ name, state: 'failed', error: kafkaDown })
    const refused = of({ name: 'postgres.users', notices: [{ kind: 'deletesRefused', count: 9 }] })
    assert.deepEqual(
      [...healthAlerts([failed('a'), failed('b'), refused]).keys()],
      ['fails/a', 'fails/b', 'deletesRefused/postgres.users']
    )
  })
})

describe('the promise', () => {
  it('is one for all, and others by name or pattern', () => {
    const of = (text: string) => promisesOf(settingsFrom({ COURANT_LAG_PROMISE: text }))
    assert.equal(of('60')('gold'), 60)
    const several = of('300, gold=60,silver.*=900, silver.users=10')
    assert.deepEqual(
      ['gold', 'silver.groups', 'silver.users', 'clean-users', 'goldx'].map(several),
      [60, 900, 10, 300, 300]
    )
  })
})

describe('a watch of health', () => {
  it('knows gauges of what is refused, what waits and what is shown too late', async () => {
    const metrics = new MetricsRegistry()
    const book = new LagBook()
    const { name } = cleanUsers
    const sources = { pipelines: [cleanUsers], status: [], metrics, settings: settingsFrom({}), book }
    const watch = new HealthWatch(sources)
    const mine = metrics.of(name)
    mine.gauge('deletes_refused', 3)
    mine.gauge('dead_letters_waiting', 2)
    mine.gauge('analytics_age_seconds', 301, { table: 'users' })
    const [health] = await watch.publish()
    assert.deepEqual(
      health?.notices.map(({ kind }) => kind),
      ['deletesRefused', 'deadLetters', 'shownBehind']
    )
    assert.match(await metrics.registry.metrics(), /courant_health\{pipeline="clean-users"\} 1\n/)
  })
})
