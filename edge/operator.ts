import type { FastifyInstance } from 'fastify'
import { loadNow } from '../runtime/process/lazily.ts'
import { fastify } from '../runtime/process/packages.ts'
import { CourantError } from '../runtime/errors.ts'
import type { MetricsRegistry } from '../runtime/observability.ts'
import { type Setting, type Settings, wholeNumber } from '../runtime/settings.ts'
import { evenUnderPressure, guard } from './guards.ts'
import { hostNames, isLoopback } from './host-names.ts'
import { guarded } from './limits.ts'
import { operatorUsers } from './operator-users.ts'
import { listenOn } from './listening.ts'

const port: Setting = {
  env: 'COURANT_OPERATOR_PORT',
  describe: 'Port of the operator pages, health and metrics; 0 takes a free one',
  default: '9464',
  check: wholeNumber(0, 65_535)
}

const names = hostNames(
  'COURANT_OPERATOR_HOST_NAMES',
  'Host names under which a proxy gives the operator pages on, beside localhost, separated by commas; others are refused'
)

const host: Setting = {
  env: 'COURANT_OPERATOR_HOST',
  describe:
    'Address the operator pages listen on; another than loopback needs COURANT_OPERATOR_USERS, and a proxy with TLS',
  default: '127.0.0.1'
}

export const operatorSettings: readonly Setting[] = [port, host, names, operatorUsers]

/** What the pages must know of how they are reached. */
export const reachedAs = (settings: Settings): { readonly users: string; readonly isPublic: boolean } => ({
  users: settings.text(operatorUsers),
  isPublic: !isLoopback(settings.text(host)) || settings.text(names) !== ''
})

/** A page asks twice in two seconds for each who looks, and all of them look from loopback. */
const requestsPerMinute = 6_000

/** Whether a process does its work, and of those of its parts that do not, why. */
export interface Readiness {
  readonly isReady: boolean
  readonly pipelines: readonly { readonly name: string; readonly health: string; readonly why: string }[]
}

export interface OperatorOptions {
  readonly metrics: MetricsRegistry
  /** Whether this process does its work: what `/readyz` answers, with what is to be said of its parts. */
  readonly isReady: () => boolean | Promise<Readiness>
  /** Adds pages for people. */
  readonly pages?: (app: FastifyInstance) => void
  /** The address they listen on; loopback unless said. */
  readonly host?: string
  /** Names under which they are reached beside localhost, separated by commas. */
  readonly names?: string
}

/** The pages for operators and their tools, without listening: `/livez`, `/readyz` and `/metrics`. */
export function buildOperator({
  metrics,
  isReady,
  pages,
  host: at = '127.0.0.1',
  names: more = ''
}: OperatorOptions): FastifyInstance {
  loadNow()
  const app = fastify(guarded)
  guard(app, { reached: { host: at, names: more }, requestsPerMinute, hasPages: pages !== undefined })
  void app.register(async (routes) => {
    routes.get('/livez', { config: evenUnderPressure }, async () => ({ status: 'alive' }))
    routes.get('/readyz', { config: evenUnderPressure }, async (_request, reply) => {
      const told = await isReady()
      const { isReady: isUp, ...more } = typeof told === 'boolean' ? { isReady: told } : told
      return reply.code(isUp ? 200 : 503).send({ status: isUp ? 'ready' : 'not ready', ...more })
    })
    routes.get('/metrics', { config: evenUnderPressure }, async (_request, reply) =>
      reply.type(metrics.registry.contentType).send(await metrics.registry.metrics())
    )
  })
  // Apart: who has to log in to the pages need not to be told whether the process lives.
  if (pages) void app.register(async (own) => pages(own))
  return app
}

/** Serves the operator pages until closed; on other addresses than loopback only with users who log in. */
export async function serveOperator(
  options: OperatorOptions & { readonly settings: Settings }
): Promise<{ readonly url: string; close(): Promise<void> }> {
  const { settings } = options
  const address = settings.text(host)
  if (!isLoopback(address) && settings.text(operatorUsers) === '')
    throw new CourantError(
      'CONFIG_INVALID',
      `${host.env} lets other machines reach the operator pages: set ${operatorUsers.env} (\`courant login\` makes a line), or listen on 127.0.0.1`
    )
  const app = buildOperator({ ...options, host: address, names: settings.text(names) })
  const url = await listenOn(app, { host: address, port, settings, mayMove: true })
  return { url, close: () => app.close() }
}
