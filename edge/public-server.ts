import type { FastifyInstance } from 'fastify'
import { fastify } from '../runtime/process/packages.ts'
import type { Metrics } from '../runtime/pipeline.ts'
import type { Setting, Settings } from '../runtime/settings.ts'
import {
  connectionsPerAddress,
  limitConnections,
  maxConnections,
  proxies,
  proxyCheck
} from './connections.ts'
import { guarded } from './limits.ts'

/** What every server that strangers reach is set by. */
export const publicServerSettings: readonly Setting[] = [connectionsPerAddress, proxies]

/** A server that strangers reach, without routes: who believes whom, and how many connections and bytes it takes. */
export function publicServer(
  settings: Settings,
  { metrics, bodyLimit = guarded.bodyLimit }: { readonly metrics: Metrics; readonly bodyLimit?: number }
): FastifyInstance {
  const isProxy = proxyCheck(settings.text(proxies))
  const app = fastify({ ...guarded, trustProxy: isProxy, bodyLimit })
  app.server.maxConnections = maxConnections
  limitConnections(app.server, {
    perAddress: settings.number(connectionsPerAddress),
    isProxy,
    onRefused: () => metrics.count('edge_connections_refused_total')
  })
  return app
}
