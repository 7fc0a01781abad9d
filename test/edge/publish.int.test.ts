import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { serveEdge } from '../../edge/app.ts'
import { digestOf } from '../../edge/tokens.ts'
import { tables } from '../../schemas/tables.ts'
import { topicsOf } from '../../topics/catalogue.ts'
import { closeConnections, connectionFor } from '../../topics/connection.ts'
import { applyPlan, planTopics } from '../../topics/plan.ts'
import { userChange } from '../support/changes.ts'
import { testContext } from '../support/context.ts'
import { recordsOf } from '../support/memory-topics.ts'
import { sharedStack } from '../support/stack.ts'
import { unique } from '../support/unique.ts'

const topic = topicsOf(tables.users).clean
const token = 'a-token-for-the-tests-that-is-long-enough'

describe('the edge before real servers', { timeout: 120_000 }, () => {
  const env = {
    ...sharedStack('kafka', 'registry'),
    COURANT_TOPIC_PREFIX: `${unique('edge')}.`,
    COURANT_EDGE_TOKENS: `shop sha256:${digestOf(token).toString('hex')} publish:${topic.name}`,
    COURANT_EDGE_PORT: '0',
    COURANT_EDGE_EVENT_DAYS: '36500'
  }
  const post = (url: string, body: unknown) =>
    fetch(`${url}/topics/${topic.name}/events`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${token}`,
        'content-type': 'application/json',
        'idempotency-key': unique('key')
      },
      body: JSON.stringify(body)
    })

  it('has events in the topic before it answers 200', async () => {
    const { settings, log } = testContext(env)
    const connection = connectionFor(settings)
    await applyPlan(await planTopics([topic], connection, settings), connection)
    const edge = await serveEdge({ settings, log })
    const answer = await post(
      edge.url,
      [1, 2, 3].map((n) => userChange(n).value)
    )
    assert.equal(answer.status, 200, await answer.text())
    assert.equal((await recordsOf(connection, topic.name)).length, 3)
    await edge.close()
    const admin = await connection.kafka.admin()
    await admin.deleteTopics([topic.name])
    await admin.close()
    await closeConnections()
  })

  it('answers 503 with Retry-After within its deadline when no broker is there', async () => {
    const { settings, log } = testContext({ ...env, COURANT_KAFKA_BROKERS: '127.0.0.1:1' })
    const edge = await serveEdge({ settings, log })
    const answer = await post(edge.url, userChange(1).value)
    assert.deepEqual([answer.status, answer.headers.get('retry-after')], [503, '5'])
    await edge.close()
    await closeConnections()
  })
})
