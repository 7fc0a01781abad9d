import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { build } from '../../../edge/app.ts'
import { webhookOn } from '../../../systems/applications/application-routes.ts'
import type { ApplicationReads } from '../../../systems/applications/application-intake.ts'
import { CourantError } from '../../../runtime/errors.ts'
import type { SubmittedApplication } from '../../../schemas/types/applications.ts'
import { events } from '../../../schemas/events.ts'
import type { KafkaClient } from '../../../topics/kafka/port.ts'
import { applicationId, sampleApplication } from './sample-application.ts'
import { failingKafka } from '../../support/failing-kafka.ts'
import { memoryTopics, recordsOf } from '../../support/memory-topics.ts'

const token = 'a-token-for-the-tests-that-is-long-enough'
const url = '/api/v1/webhooks/application-submitted'
const topic = events.submittedApplication.topic

/** A source whose applications the test sets, and which counts its reads. */
function fakeSource(...records: SubmittedApplication[]) {
  const byId = new Map(records.map((record) => [record.application.id, record]))
  const reads: number[] = []
  const unreadable = new Map<string, CourantError>()
  const source: ApplicationReads = {
    width: 1,
    async read(ids) {
      reads.push(ids.length)
      const records = new Map([...byId].filter(([id]) => ids.includes(id)))
      return { records, unreadable: new Map([...unreadable].filter(([id]) => ids.includes(id))) }
    }
  }
  return { byId, unreadable, reads, source }
}

interface EdgeSetup {
  readonly source?: ApplicationReads
  readonly kafka?: KafkaClient
  readonly env?: Record<string, string>
}

async function edge({ source = fakeSource(sampleApplication(1)).source, kafka, env = {} }: EdgeSetup = {}) {
  const { context, connection } = await memoryTopics({
    env: {
      COURANT_EDGE_TOKENS: token,
      WEBHOOK_SECRET: `old-token, ${token}`,
      COURANT_APPLICATIONS_WAIT_MS: '100',
      ...env
    },
    ...(kafka && { kafka })
  })
  const app = build({
    settings: context.settings,
    log: context.log,
    routes: [webhookOn(source)],
    metrics: context.metrics
  })
  const post = (body: unknown, headers: Record<string, string> = {}) =>
    app.inject({
      method: 'POST',
      url,
      headers: { 'x-webhook-token': token, 'content-type': 'application/json', ...headers },
      payload: typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body)
    })
  const written = () => recordsOf(connection, topic)
  return { app, context, post, written }
}

describe('POST /api/v1/webhooks/application-submitted', () => {
  it('answers 202 once the whole record is in its topic', async () => {
    const { app, post, written } = await edge()
    const answer = await post({ application_id: applicationId(1).toUpperCase() })
    assert.equal(answer.statusCode, 202)
    assert.deepEqual(answer.json(), {
      status: 'accepted',
      application_id: applicationId(1),
      content_sha256: sampleApplication(1).source.content_sha256,
      updated_at: '2025-11-21T04:40:00.000001Z'
    })
    const records = await written()
    assert.equal(records[0]?.key?.toString(), applicationId(1))
    await app.close()
  })

  it('knows an application by every form of its UUID that the service before took', async () => {
    const { app, post } = await edge()
    const id = applicationId(1)
    for (const form of [id.replaceAll('-', ''), `{${id}}`, `urn:uuid:${id}`, id.toUpperCase()]) {
      const answer = await post({ application_id: form })
      assert.deepEqual([answer.statusCode, answer.json().application_id], [202, id], form)
    }
    await app.close()
  })

  it('gives a stranger 401 whatever is wrong, without reading the body, and takes any token of the list', async () => {
    const { app, post, written } = await edge()
    for (const headers of [{ 'x-webhook-token': 'wrong' }, { 'x-webhook-token': '' }]) {
      const answer = await post('not json', headers)
      assert.deepEqual([answer.statusCode, answer.json()], [401, { detail: 'Token webhook invalide' }])
    }
    assert.equal((await written()).length, 0)
    assert.equal(
      (await post({ application_id: applicationId(1) }, { 'x-webhook-token': 'old-token' })).statusCode,
      202
    )
    await app.close()
  })

  it('answers 422 with the field named, in the form of FastAPI, and never repeats what was sent', async () => {
    const { app, post, context } = await edge()
    const wrong: [unknown, string[]][] = [
      [{}, ['application_id']],
      [{ application_id: 'canary-4711' }, ['application_id']],
      [{ application_id: 5, last_watermark: 'canary' }, ['application_id', 'last_watermark']],
      ...['2026-02-31T99:00', '2025-02-30', '2025-10-17T24:00:00Z', '2025-13-01', 1e300, true].map(
        (last_watermark): [unknown, string[]] => [
          { application_id: applicationId(1), last_watermark },
          ['last_watermark']
        ]
      ),
      [{ application_id: `{urn:uuid:${applicationId(1)}}` }, ['application_id']],
      [{ application_id: `${applicationId(1)}x` }, ['application_id']],
      ['{"application_id": 1, "application_id": 2}', []],
      [Buffer.from('{"application_id": "caf\xe9"}', 'latin1'), []],
      ['{"application_id": canary', []],
      ['[]', []],
      ['{"__proto__": {}}', []]
    ]
    for (const [body, fields] of wrong) {
      const answer = await post(body)
      assert.equal(answer.statusCode, 422, answer.body)
      const named = answer
        .json()
        .detail.map(({ loc }: { loc: string[] }) => loc.at(1))
        .filter(Boolean)
      assert.deepEqual(named, fields)
      for (const text of [answer.body, ...context.warnings]) assert.doesNotMatch(text, /canary/)
    }
    assert.equal((await post('x', { 'content-type': 'text/plain' })).statusCode, 415)
    assert.equal((await post({ pad: 'x'.repeat(20_000) })).statusCode, 413)
    await app.close()
  })

  it('asks again for an application that is not visible yet, and answers 404 in the words of before', async () => {
    const { byId, reads, source } = fakeSource()
    const { app, post } = await edge({ source })
    const unknown = await post({ application_id: applicationId(2) })
    assert.deepEqual([unknown.statusCode, unknown.json()], [404, { detail: 'Candidature introuvable' }])
    assert.ok(reads.length > 1)
    const soon = post({ application_id: applicationId(2) })
    byId.set(applicationId(2), sampleApplication(2))
    assert.equal((await soon).statusCode, 202)
    await app.close()
  })

  it('skips what was not updated since the watermark, and says so', async () => {
    const { app, post, written } = await edge()
    const since = (last_watermark: string | number) =>
      post({ application_id: applicationId(1), last_watermark })
    const first = (await since('2025-11-21T04:39:59.999999+00:00')).json()
    assert.equal(first.status, 'accepted')
    const second = await since(first.updated_at)
    assert.deepEqual([second.statusCode, second.json().status], [200, 'skipped'])
    assert.match(second.json().reason, /last_watermark/)
    const seen = [
      '2025-11-21T05:40:00.000001+01:00',
      '2025-11-21 04:40:01',
      '2025-11-22',
      '1763700001',
      1763700001
    ]
    for (const later of [...seen, 1763700001000, 1763700000.5])
      assert.equal((await since(later)).json().status, 'skipped', String(later))
    assert.equal((await written()).length, 1)
    await app.close()
  })

  it('shares reads and sends between requests that come together', async () => {
    const records = Array.from({ length: 50 }, (_, n) => sampleApplication(n))
    const { reads, source } = fakeSource(...records)
    const { app, post, written } = await edge({ source })
    const answers = await Promise.all(records.map((_, n) => post({ application_id: applicationId(n) })))
    assert.ok(answers.every(({ statusCode }) => statusCode === 202))
    assert.equal((await written()).length, 50)
    assert.ok(reads.length < 10, `${reads.length} reads`)
    await app.close()
  })

  it('answers 503 with Retry-After while Kafka does not acknowledge, and takes the repeat afterwards', async () => {
    const { kafka, setDown } = failingKafka()
    const { app, post, written } = await edge({ kafka })
    setDown(true)
    const refused = await Promise.all([1, 2].map(() => post({ application_id: applicationId(1) })))
    for (const { statusCode, headers } of refused)
      assert.deepEqual([statusCode, headers['retry-after']], [503, '5'])
    setDown(false)
    assert.equal((await post({ application_id: applicationId(1) })).statusCode, 202)
    assert.equal((await written()).length, 1)
    await app.close()
  })

  it('answers those that came with an unreadable one, and that one with the columns to correct', async () => {
    const records = Array.from({ length: 20 }, (_, n) => sampleApplication(n))
    const { source, unreadable, byId } = fakeSource(...records)
    const columns = ['"public"."application"."mtp_answers"']
    byId.delete(applicationId(7))
    unreadable.set(applicationId(7), new CourantError('VALUE_UNREADABLE', 'canary', { details: { columns } }))
    const { app, post, written } = await edge({ source })
    const answers = await Promise.all(records.map((_, n) => post({ application_id: applicationId(n) })))
    for (const [n, { statusCode }] of answers.entries()) assert.equal(statusCode, n === 7 ? 422 : 202)
    const { detail } = answers[7]?.json() ?? {}
    assert.match(detail, /^Candidature illisible : corrigez "public"\."application"\."mtp_answers" dans /)
    assert.equal((await written()).length, 19)
    await app.close()
  })

  it('says of an application that does not fit its topic which field it is, and not to try again', async () => {
    const wrong = { ...sampleApplication(1), candidate: 5 } as unknown as SubmittedApplication
    const { app, post } = await edge({ source: fakeSource(wrong).source })
    const answer = await post({ application_id: applicationId(1) })
    assert.equal(answer.statusCode, 422)
    assert.match(answer.json().detail, /corrigez candidate dans /)
    await app.close()
  })

  it('answers 503 while the database does not answer', async () => {
    const down = new CourantError('SOURCE_UNAVAILABLE', 'PostgreSQL does not answer')
    const { app, post } = await edge({ source: { width: 1, read: () => Promise.reject(down) } })
    const answer = await post({ application_id: applicationId(1) })
    assert.deepEqual([answer.statusCode, answer.headers['retry-after']], [503, '5'])
    await app.close()
  })

  it('does not start in production without strong tokens; elsewhere none lets everybody in, which is said', async () => {
    for (const secret of ['', 'short', `${token},short`])
      await assert.rejects(
        edge({ env: { NODE_ENV: 'production', WEBHOOK_SECRET: secret } }),
        (error: CourantError) => error.code === 'CONFIG_INVALID' && error.message.includes('WEBHOOK_SECRET')
      )
    const { app, context, post } = await edge({ env: { WEBHOOK_SECRET: '' } })
    assert.match(context.warnings.join(), /NO TOKENS/)
    assert.equal(
      (await post({ application_id: applicationId(1) }, { 'x-webhook-token': '' })).statusCode,
      202
    )
    await app.close()
  })

  it('needs no tokens for publishing in production, where publishing is then off', async () => {
    const env = { NODE_ENV: 'production', WEBHOOK_SECRET: token, COURANT_EDGE_TOKENS: '' }
    const { app, post } = await edge({ env })
    assert.equal((await post({ application_id: applicationId(1) })).statusCode, 202)
    const publishing = await app.inject({ method: 'POST', url: '/topics/activity.users.clean/events' })
    assert.equal(publishing.statusCode, 404)
    await app.close()
  })

  it('has a limit of its own for how often a client asks', async () => {
    const { app, post } = await edge({
      env: { COURANT_EDGE_REQUESTS_PER_MINUTE: '1', COURANT_EDGE_WEBHOOKS_PER_MINUTE: '2' }
    })
    const codes = []
    for (const _ of [1, 2, 3]) codes.push((await post({ application_id: applicationId(1) })).statusCode)
    assert.deepEqual(codes, [202, 202, 429])
    await app.close()
  })
})
