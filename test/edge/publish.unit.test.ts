import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { CourantError } from '../../runtime/errors.ts'
import { userChange } from '../support/changes.ts'
import { failingKafka } from '../support/failing-kafka.ts'
import { edge, event, named, token } from './edge-in-memory.ts'

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

  it('changes nothing that was sent in silence: what cannot be read as one thing is refused', async () => {
    const { app, post, written } = await edge()
    const text = (change: (json: string) => string) => change(JSON.stringify(event(1)))
    const answer = async (body: string | Buffer, type = 'application/json') => {
      const { statusCode, body: said } = await post(body, { 'content-type': type })
      return `${statusCode} ${said}`
    }
    const named = (name: string) =>
      text((json) => json.replace(/"first_name":"[^"]*"/, `"first_name":"${name}"`))
    assert.match(named('x'), /"first_name":"x"/)
    assert.match(await answer(Buffer.from(named('caf\xe9'), 'latin1')), /^400 .*UTF-8/)
    assert.match(
      await answer(Buffer.from(named('caf\xe9'), 'latin1'), 'application/json; charset=iso-8859-1'),
      /^415 .*UTF-8/
    )
    assert.match(await answer(named('x\\ud800y')), /^400 .*surrogate/)
    assert.match(await answer(text((json) => json.replace('{', '{"op":"d",'))), /^400 .*twice/)
    assert.match(await answer(''), /^400 .*empty/)
    assert.equal((await written()).length, 0)
    assert.match(await answer(`\ufeff${named('caf\xe9')}`, 'Application/JSON; Charset="UTF-8"'), /^200/)
    await app.close()
  })

  it('never repeats what was sent, as it may be personal', async () => {
    const { app, context, post } = await edge()
    const answer = await post({ ...event(1), op: 'canary-4711' })
    const broken = await post('{"email": canary-4711}')
    for (const text of [answer.body, broken.body, ...context.warnings]) assert.doesNotMatch(text, /canary/)
    await app.close()
  })

  it('takes nothing from anybody without tokens, whatever NODE_ENV says, and does not start for nothing', async () => {
    for (const NODE_ENV of ['development', 'test', 'production'])
      await assert.rejects(
        edge({ env: { NODE_ENV, COURANT_EDGE_TOKENS: '' } }),
        (error: CourantError) => error.code === 'CONFIG_INVALID' && /courant edge token/.test(error.message)
      )
  })

  it('is open only where that is asked for, on loopback and outside production, and says so loudly', async () => {
    const open = { COURANT_EDGE_TOKENS: '', COURANT_EDGE_OPEN: 'true' }
    for (const more of [{ NODE_ENV: 'production' }, { COURANT_EDGE_HOST: '0.0.0.0' }])
      await assert.rejects(
        edge({ env: { ...open, ...more } }),
        (error: CourantError) => error.code === 'CONFIG_INVALID' && /loopback/.test(error.message)
      )
    const { app, context, post } = await edge({ env: open })
    assert.match(context.warnings.join(), /NO TOKENS/)
    assert.equal((await post(event(1), { authorization: '' })).statusCode, 200)
    await app.close()
  })

  it('reads plain tokens of before, weak ones outside production only, for events that no pipeline makes', async () => {
    await assert.rejects(
      edge({ env: { NODE_ENV: 'production', COURANT_EDGE_TOKENS: `${token},short` } }),
      (error: CourantError) => error.code === 'CONFIG_INVALID' && !error.message.includes('short,')
    )
    const { app, context, post } = await edge({ env: { COURANT_EDGE_TOKENS: `${token}, short` } })
    assert.match(context.warnings.join(), /tokens without names/)
    assert.equal((await post(event(1), { authorization: 'Bearer short' })).statusCode, 403)
    const submitted = '/topics/applications.application.submitted/events'
    assert.equal((await post({}, { authorization: 'Bearer short' }, submitted)).statusCode, 422)
    await app.close()
  })

  it('lets a token publish where it may, and says who published', async () => {
    const { app, context, post } = await edge({
      env: {
        COURANT_EDGE_TOKENS: [
          named('hr', 'hr-token', 'publish:applications'),
          named('shop', token, 'publish:activity', 'publish:activity.users.clean'),
          named('gone', 'gone-token', 'publish:*', 'until:2020-01-31')
        ].join('; ')
      }
    })
    const statusOf = async (who: string, topic: string) =>
      (await post(event(1), { authorization: `bearer  ${who}` }, `/topics/${topic}/events`)).statusCode
    assert.equal(await statusOf(token, 'activity.users.clean'), 200)
    assert.equal(await statusOf(token, 'activity.users.changes'), 403)
    assert.equal(await statusOf(token, 'activity.users.rejects'), 403)
    assert.equal(await statusOf('hr-token', 'applications.application.submitted'), 422)
    assert.equal(await statusOf('hr-token', 'applications.application.claimed'), 403)
    assert.equal(await statusOf('hr-token', 'activity.users.clean'), 403)
    assert.equal(await statusOf('hr-token', 'clean-users.dead'), 404)
    assert.equal(await statusOf('gone-token', 'applications.application.submitted'), 401)
    assert.equal(context.counted.get('edge_events_total'), 1)
    assert.match(context.warnings.join(), /may not publish there/)
    await app.close()
  })

  it('does not mix up the Idempotency-Keys of two tokens', async () => {
    const { app, post, written } = await edge()
    const headers = { 'idempotency-key': 'abc' }
    assert.equal((await post(event(1), headers)).statusCode, 200)
    assert.equal((await post(event(2), { ...headers, authorization: 'Bearer old-token' })).statusCode, 200)
    assert.equal((await written()).length, 2)
    await app.close()
  })
})
