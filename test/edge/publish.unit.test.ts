import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { build } from '../../edge/app.ts'
import { CourantError } from '../../runtime/errors.ts'
import { failingKafka } from '../support/failing-kafka.ts'
import { userChange } from '../support/changes.ts'
import { memoryTopics, recordsOf } from '../support/memory-topics.ts'
import type { KafkaClient } from '../../topics/kafka/port.ts'

const token = 'a-token-for-the-tests-that-is-long-enough'
const path = '/topics/activity.users.clean/events'
const event = (n: number) => userChange(n).value

async function edge(options: { kafka?: KafkaClient; env?: Record<string, string> } = {}) {
  const { kafka, env = {} } = options
  const { context, connection } = await memoryTopics({
    env: { COURANT_EDGE_TOKENS: `old-token,${token}`, ...env },
    ...(kafka && { kafka })
  })
  const app = build({ settings: context.settings, log: context.log })
  const post = (body: unknown, headers: Record<string, string> = {}, url = path) =>
    app.inject({
      method: 'POST',
      url,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...headers },
      payload: typeof body === 'string' ? body : JSON.stringify(body)
    })
  const written = () => recordsOf(connection, 'activity.users.clean')
  return { app, context, post, written }
}

describe('POST /topics/{topic}/events', () => {
  it('answers 200 with the ids once the events are in the topic', async () => {
    const { app, post, written } = await edge()
    const one = await post(event(1))
    assert.deepEqual([one.statusCode, one.json()], [200, { accepted: 1, ids: [userChange(1).id] }])
    const batch = await post([event(2), event(3)])
    assert.equal(batch.json().accepted, 2)
    assert.equal((await written()).length, 3)
    await app.close()
  })

  it('gives a stranger the same 401 whatever is wrong, and does not read the body', async () => {
    const { app, post, written } = await edge()
    const answers = [
      await post(event(1), { authorization: 'Bearer wrong' }),
      await post(event(1), { authorization: 'Basic abc' }),
      await post('not json', { authorization: '' }),
      await post(event(1), { authorization: 'Bearer wrong' }, '/topics/none/events')
    ]
    assert.deepEqual(new Set(answers.map(({ statusCode, body }) => `${statusCode} ${body}`)).size, 1)
    assert.equal(answers[0]?.statusCode, 401)
    assert.equal((await written()).length, 0)
    await app.close()
  })

  it('takes any token of the list, so that one can be replaced', async () => {
    const { app, post } = await edge()
    assert.equal((await post(event(1), { authorization: 'Bearer old-token' })).statusCode, 200)
    await app.close()
  })

  it('refuses events that are not of the schema with their fields, and publishes nothing of the batch', async () => {
    const { app, post, written } = await edge()
    const wrong = { ...event(2), after: { ...event(2).after, email: 42 } }
    const extra = { ...event(3), after: { ...event(3).after, secret: 'x' } }
    const answer = await post([event(1), wrong, extra])
    assert.equal(answer.statusCode, 422)
    assert.deepEqual(
      answer.json().problems.map(({ event, field }: { event: number; field: string }) => [event, field]),
      [
        [1, 'after.email'],
        [2, 'after.secret']
      ]
    )
    assert.equal((await written()).length, 0)
    await app.close()
  })

  it('answers a repeat of an Idempotency-Key as before and publishes once, also when both come at once', async () => {
    const { app, post, written } = await edge()
    const headers = { 'idempotency-key': 'abc' }
    const [first, second] = await Promise.all([post(event(1), headers), post(event(1), headers)])
    const third = await post(event(1), headers)
    assert.deepEqual([second.body, third.body], [first.body, first.body])
    assert.equal((await written()).length, 1)
    assert.equal((await post(event(2), headers)).statusCode, 422)
    await app.close()
  })

  it('answers 503 with Retry-After while Kafka does not acknowledge, and 200 to the repeat afterwards', async () => {
    const { kafka, setDown } = failingKafka()
    const { app, post, written } = await edge({ kafka })
    setDown(true)
    const headers = { 'idempotency-key': 'abc' }
    const refused = await post(event(1), headers)
    assert.deepEqual([refused.statusCode, refused.headers['retry-after']], [503, '5'])
    setDown(false)
    assert.equal((await post(event(1), headers)).statusCode, 200)
    assert.equal((await written()).length, 1)
    await app.close()
  })

  it('does not ask for a repeat where only an operator can help', async () => {
    const { kafka, setDown } = failingKafka()
    const { app, post } = await edge({ kafka })
    setDown(true, new CourantError('TOPICS_REFUSED', 'no right to write'))
    const refused = await post(event(1))
    assert.equal(refused.statusCode, 500)
    assert.match(refused.json().error, /TOPICS_REFUSED/)
    await app.close()
  })

  it('refuses unknown topics, wrong content, large bodies, poisoned objects and strange encodings', async () => {
    const { app, post } = await edge()
    const statusOf = async (...request: Parameters<typeof post>) => (await post(...request)).statusCode
    assert.equal(await statusOf(event(1), {}, '/topics/none/events'), 404)
    assert.equal(await statusOf('{"half":'), 400)
    assert.equal(await statusOf('{"__proto__": {}}'), 400)
    assert.equal(await statusOf('x', { 'content-type': 'text/plain' }), 415)
    assert.equal(await statusOf(event(1), { 'content-encoding': 'gzip' }), 415)
    assert.equal(await statusOf([]), 422)
    assert.equal(await statusOf(`"${'x'.repeat(2_000_000)}"`), 413)
    assert.equal(await statusOf(event(1), { 'idempotency-key': 'a b' }), 422)
    await app.close()
  })

  it('never repeats what was sent, as it may be personal', async () => {
    const { app, context, post } = await edge()
    const answer = await post({ ...event(1), op: 'canary-4711' })
    const broken = await post('{"email": canary-4711}')
    for (const text of [answer.body, broken.body, ...context.warnings]) assert.doesNotMatch(text, /canary/)
    await app.close()
  })

  it('does not start in production without strong tokens, and says so loudly elsewhere', async () => {
    for (const tokens of ['', 'short', `${token},short`])
      await assert.rejects(
        edge({ env: { NODE_ENV: 'production', COURANT_EDGE_TOKENS: tokens } }),
        (error: CourantError) => error.code === 'CONFIG_INVALID' && !error.message.includes('short,')
      )
    const { app, context, post } = await edge({ env: { COURANT_EDGE_TOKENS: '' } })
    assert.match(context.warnings.join(), /NO TOKENS/)
    assert.equal((await post(event(1), { authorization: '' })).statusCode, 200)
    await app.close()
  })

  it('slows a client that asks too often', async () => {
    const { app, post } = await edge({ env: { COURANT_EDGE_REQUESTS_PER_MINUTE: '2' } })
    const codes = []
    for (const n of [1, 2, 3]) codes.push((await post(event(n))).statusCode)
    assert.deepEqual(codes, [200, 200, 429])
    await app.close()
  })
})
