import type { FastifyError, FastifyInstance } from 'fastify'
import { CourantError } from '../runtime/errors.ts'
import type { Log, Metrics } from '../runtime/pipeline.ts'
import { oneOf, type Setting, type Settings, wholeNumber } from '../runtime/settings.ts'
import { connectionSettings } from '../topics/connection.ts'
import { topicList } from '../topics/catalogue.ts'
import type { Topic } from '../topics/topic.ts'
import { callersOf, edgeOpen, edgeTokens } from './callers.ts'
import { guard } from './guards.ts'
import { hostNames, isLoopback } from './host-names.ts'
import { BodyRefused, takeJsonOnly } from './json-body.ts'
import { publicServer, publicServerSettings } from './public-server.ts'
import { listenOn } from './listening.ts'
import { eventDays, publishRoutes } from './publish.ts'

const port: Setting = {
  env: 'COURANT_EDGE_PORT',
  describe: 'Port of the HTTP edge; 0 takes a free one',
  default: '8000',
  check: wholeNumber(0, 65_535)
}
const host: Setting = {
  env: 'COURANT_EDGE_HOST',
  describe: 'Address the edge listens on; 0.0.0.0 for all',
  default: '127.0.0.1'
}
const names = hostNames(
  'COURANT_EDGE_HOST_NAMES',
  'Host names under which the edge is reached, beside localhost, separated by commas; requests under other names are refused'
)
const requestsPerMinute: Setting = {
  env: 'COURANT_EDGE_REQUESTS_PER_MINUTE',
  describe: 'Requests a client address may make in a minute',
  default: '6000',
  check: wholeNumber(1)
}
const environment: Setting = {
  env: 'NODE_ENV',
  describe: '`production` refuses to start without strong secrets',
  default: 'development',
  check: oneOf('development', 'test', 'production')
}

export const edgeSettings: readonly Setting[] = [
  ...connectionSettings,
  port,
  host,
  names,
  requestsPerMinute,
  ...publicServerSettings,
  eventDays,
  environment,
  edgeTokens,
  edgeOpen
]

/** What routes of a system may use of the edge. */
interface EdgeSite {
  readonly settings: Settings
  readonly log: Log
  readonly metrics: Metrics
  readonly isProduction: boolean
  readonly isLoopback: boolean
}

/** Adds routes of a system, by Fastify's plugins. */
export type AddRoutes = (app: FastifyInstance, site: EdgeSite) => void

export interface EdgeOptions {
  readonly settings: Settings
  readonly log: Log
  /** The topics that may be published to; all that have a schema unless given. */
  readonly topics?: readonly Topic<unknown>[]
  /** Routes of systems. */
  readonly routes?: readonly AddRoutes[]
  readonly metrics?: Metrics
}

/** The public HTTP server, without listening. */
export function build(options: EdgeOptions): FastifyInstance {
  const { settings, log, metrics = uncounted } = options
  const app = publicServer(settings, { metrics })
  takeJsonOnly(app)
  app.setErrorHandler((error: FastifyError, _request, reply) => {
    const status = error.statusCode ?? 500
    if (status >= 500) log.error({ err: error }, 'a request failed')
    if (error instanceof BodyRefused) return reply.code(status).send({ error: error.message })
    return reply.code(status).send({ error: sentences[status] ?? 'The request is not as it should be' })
  })
  app.setNotFoundHandler((_request, reply) => reply.code(404).send({ error: sentences[404] }))
  const reached = { host: settings.text(host), names: settings.text(names) }
  guard(app, { reached, requestsPerMinute: settings.number(requestsPerMinute) })
  addRoutes(app, options)
  return app
}

function addRoutes(app: FastifyInstance, options: EdgeOptions): void {
  const { settings, log, topics = topicList, routes = [], metrics = uncounted } = options
  const isProduction = settings.text(environment) === 'production'
  const site = { settings, log, metrics, isProduction, isLoopback: isLoopback(settings.text(host)) }
  for (const add of routes) add(app, site)
  const callerOf = callersOf({ ...site, topics })
  if (callerOf) {
    void app.register(publishRoutes, { context: { settings, log }, callerOf, metrics, topics })
    return
  }
  if (routes.length === 0) throw new CourantError('CONFIG_INVALID', nothingToTake)
  log.info({ setting: edgeTokens.env }, 'publishing over HTTP is off, as no tokens are set')
}

const nothingToTake = `The edge would take nothing: make a token with \`courant edge token\` and set ${edgeTokens.env}, or, to try it on this machine, ${edgeOpen.env}=true`

const uncounted: Metrics = { count: () => undefined, gauge: () => undefined }

// Fastify's own messages may repeat a part of the body.
const sentences: Readonly<Record<number, string>> = {
  400: 'The body is not valid JSON',
  404: 'There is nothing here',
  413: 'The body is too large',
  415: 'The content type must be application/json',
  429: 'Too many requests: wait and send it again',
  500: 'Something went wrong here',
  503: 'Too busy: wait and send it again'
}

/** Serves the edge until closed. */
export async function serveEdge(
  options: EdgeOptions
): Promise<{ readonly url: string; close(): Promise<void> }> {
  const app = build(options)
  const { settings } = options
  const url = await listenOn(app, { host: settings.text(host), port, settings })
  return { url, close: () => app.close() }
}
