import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, beforeEach, describe, it } from 'node:test'
import { AlertState } from '../../../runtime/alerts/alert-state.ts'
import { durableAlerts } from '../../../runtime/alerts/alerts.ts'
import { alertingDeadLetters } from '../../../runtime/alerts/dead-letter-alerts.ts'
import { CourantError } from '../../../runtime/errors.ts'
import { memoryItem, memoryWriter } from '../../../runtime/memory.ts'
import type { Failure } from '../../../runtime/pipeline.ts'
import { teamsSender } from '../../../runtime/alerts/teams-alerts.ts'
import { testContext } from '../../support/context.ts'
import { eventually } from '../../support/eventually.ts'
import { HttpReceiver } from '../../support/http-receiver.ts'
import { unique } from '../../support/unique.ts'

const root = mkdtempSync(join(tmpdir(), 'courant-alerts-'))
after(() => rmSync(root, { recursive: true, force: true }))

const alert = { title: 'x set records aside', text: 'Look at them.', facts: { records: '1' } }

describe('alerts', () => {
  let teams: HttpReceiver
  let folder: string
  before(async () => {
    teams = await HttpReceiver.start()
  })
  after(() => teams.close())
  beforeEach(() => {
    folder = join(root, unique('alerts'))
    teams.received.length = 0
  })

  /** Alerts of one process's life, which `end` ends. */
  function life() {
    const stop = new AbortController()
    const { log, warnings } = testContext({})
    const send = teamsSender(`${teams.url}/workflow?sig=canary`)
    const alerts = durableAlerts({ folder, send, log, signal: stop.signal, everyMs: 5 })
    return { alerts, warnings, end: () => stop.abort() }
  }

  const sentTitles = () => teams.received.map(({ body }) => cardOf(body).body[0]?.text)

  it('reach Teams as an adaptive card', async () => {
    const { alerts, end } = life()
    alerts.raise('one', alert)
    await eventually(() => teams.received.length === 1)
    const { type, body } = cardOf(teams.received[0]?.body)
    assert.equal(type, 'AdaptiveCard')
    assert.deepEqual(
      body.map(({ text }) => text),
      [alert.title, alert.text, undefined]
    )
    assert.deepEqual(body[2]?.facts, [{ title: 'records', value: '1' }])
    end()
  })

  it('are sent once while a condition holds, also after a restart, and again after it cleared', async () => {
    const first = life()
    for (let n = 0; n < 5; n++) first.alerts.raise('one', alert)
    await eventually(() => teams.received.length === 1)
    first.end()
    const second = life()
    second.alerts.raise('one', alert)
    second.alerts.raise('two', { ...alert, title: 'two' })
    await eventually(() => teams.received.length === 2)
    second.alerts.clear('one')
    second.alerts.raise('one', { ...alert, title: 'again' })
    await eventually(() => teams.received.length === 3)
    assert.deepEqual(sentTitles(), [alert.title, 'two', 'again'])
    second.end()
  })

  it('raised while the process is about to end are sent by the next', async () => {
    const last = life()
    last.end()
    last.alerts.raise('one', alert)
    const next = life()
    await eventually(() => teams.received.length === 1)
    next.end()
  })

  it('clear by themselves once a condition was not raised for a while', () => {
    let now = 0
    const state = AlertState.open(folder, () => now)
    const clearing = { ...alert, clearAfterMs: 1000 }
    assert.equal(state.raise('one', clearing), true)
    now = 5000
    // People have not been told of it yet.
    assert.equal(state.raise('one', clearing), false)
    assert.equal(state.toSend().length, 1)
    state.sent('one')
    now = 5999
    assert.equal(state.raise('one', clearing), false)
    now = 6998
    assert.equal(state.raise('one', clearing), false)
    now = 7998
    assert.equal(state.raise('one', clearing), true)
    state.close()
  })

  it('are tried again later, by one process at a time, when nobody takes them', () => {
    let now = 0
    const state = AlertState.open(folder, () => now)
    const other = AlertState.open(folder, () => now)
    state.raise('one', alert)
    assert.equal(other.toSend().length, 1)
    assert.equal(state.toSend().length, 0)
    now = 60_000
    assert.deepEqual(state.toSend(), [{ condition: 'one', alert }])
    now = 60_001
    assert.deepEqual(other.toSend(), [])
    state.close()
    other.close()
  })

  it('neither fail nor hold up who raises them, and do not show the key of the address', async () => {
    teams.answers.push({ status: 500 })
    const { alerts, warnings, end } = life()
    alerts.raise('one', alert)
    await eventually(() => warnings.length === 2)
    assert.ok(warnings.every((warning) => !warning.includes('canary')))
    await assert.rejects(
      teamsSender('http://127.0.0.1:1/?sig=canary')(alert, AbortSignal.timeout(5000)),
      (error) => {
        return (
          error instanceof CourantError && error.verdict === 'transient' && !error.message.includes('canary')
        )
      }
    )
    end()
  })
})

it('alerts are only logged where nothing can be kept', () => {
  const { log, warnings } = testContext({})
  const alerts = durableAlerts({ folder: '/dev/null/x', send: null, log, signal: AbortSignal.abort() })
  alerts.raise('one', alert)
  alerts.clear('one')
  assert.deepEqual(warnings, ['an alert could not be kept', alert.title])
})

describe('dead letters', () => {
  it('raise an alert for their pipeline, with reasons and no values', async () => {
    const raised: [string, unknown][] = []
    const alerts = {
      raise: (condition: string, alert: unknown) => raised.push([condition, alert]),
      clear: () => {}
    }
    const letters = memoryWriter<Failure>('letters')
    const writer = await alertingDeadLetters(letters, { alerts, pipeline: 'p' }).open(testContext({}))
    const error = new CourantError('RECORD_INVALID', 'wrong')
    const failure: Failure = { item: memoryItem(1, 'canary'), error, stage: 'step' }
    await writer.write([memoryItem(1, failure)], { signal: AbortSignal.timeout(1000) })
    assert.equal(letters.items.length, 1)
    assert.equal(raised[0]?.[0], 'dead-letters/p')
    assert.match(JSON.stringify(raised), /RECORD_INVALID/)
    assert.ok(!JSON.stringify(raised).includes('canary'))
  })
})

interface Card {
  readonly type: string
  readonly body: readonly { readonly text?: string; readonly facts?: unknown }[]
}

const cardOf = (message: unknown): Card => {
  const { attachments } = message as { attachments: readonly { content: Card }[] }
  assert.ok(attachments[0])
  return attachments[0].content
}
