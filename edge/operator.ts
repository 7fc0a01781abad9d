import Fastify, { type FastifyInstance } from 'fastify'
import type { MetricsRegistry } from '../runtime/observability.ts'
import { type Setting, type Settings, wholeNumber } from '../runtime/settings.ts'
import { guarded } from './limits.ts'
import { listenOn } from './listening.ts'

const port: Setting = {
  env: 'COURANT_OPERATOR_PORT',
  describe: 'Port of the health and metrics pages, on loopback only; 0 takes a free one',
  default: '9464',
  check: wholeNumber(0, 65_535)
}

export const operatorSettings: readonly Setting[] = [port]

export interface OperatorOptions {
  readonly metrics: MetricsRegistry
  /** Whether this process does its work: what `/readyz` answers. */
  readonly isReady: () => boolean
  /** Adds pages for people. */
  readonly pages?: (app: FastifyInstance) => void
}

/** The pages for operators and their tools, without listening: `/livez`, `/readyz` and `/metrics`. */
export function buildOperator({ metrics, isReady, pages }: OperatorOptions): FastifyInstance {
  const app = Fastify(guarded)
  app.get('/livez', async () => ({ status: 'alive' }))
  app.get('/readyz', async (_request, reply) => {
    const isUp = isReady()
    return reply.code(isUp ? 200 : 503).send({ status: isUp ? 'ready' : 'not ready' })
  })
  app.get('/metrics', async (_request, reply) =>
    reply.type(metrics.registry.contentType).send(await metrics.registry.metrics())
  )
  pages?.(app)
  return app
}

/** Serves the operator pages on loopback until closed. */
export async function serveOperator(
  options: OperatorOptions & { readonly settings: Settings }
): Promise<{ readonly url: string; close(): Promise<void> }> {
  const app = buildOperator(options)
  const { settings } = options
  const url = await listenOn(app, { host: '127.0.0.1', port, settings, mayMove: true })
  return { url, close: () => app.close() }
}
