import { build } from '../../edge/app.ts'
import { digestOf } from '../../edge/tokens.ts'
import { userChange } from '../support/changes.ts'
import { memoryTopics, recordsOf } from '../support/memory-topics.ts'
import type { KafkaClient } from '../../topics/kafka/port.ts'

/** Of `shop`, which may publish clean users. */
export const token = 'a-token-for-the-tests-that-is-long-enough'
/** A line of the list of tokens. */
export const named = (name: string, secret: string, ...scopes: string[]) =>
  [name, `sha256:${digestOf(secret).toString('hex')}`, ...scopes].join(' ')
const tokens = [
  named('old-shop', 'old-token', 'publish:activity.users.clean'),
  named('shop', token, 'publish:activity.users.clean')
].join('\n')
const path = '/topics/activity.users.clean/events'
/** A clean user's change. */
export const event = (n: number) => userChange(n).value

/** The edge over topics in memory, and what one asks of it. */
export async function edge(options: { kafka?: KafkaClient; env?: Record<string, string> } = {}) {
  const { kafka, env = {} } = options
  const { context, connection } = await memoryTopics({
    env: { COURANT_EDGE_TOKENS: tokens, COURANT_EDGE_EVENT_DAYS: '36500', ...env },
    ...(kafka && { kafka })
  })
  const app = build({ settings: context.settings, log: context.log, metrics: context.metrics })
  const post = (body: unknown, headers: Record<string, string> = {}, url = path) =>
    app.inject({
      method: 'POST',
      url,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...headers },
      payload: typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body)
    })
  const written = () => recordsOf(connection, 'activity.users.clean')
  return { app, context, post, written }
}
