import type { FastifyServerOptions } from 'fastify'

/** The largest body we take, in bytes; a route may take less. */
const maxBodyBytes = 1024 * 1024

/** What every HTTP server of ours is made with: Fastify's own defaults wait for ever and take any connection. */
export const guarded = {
  requestTimeout: 30_000,
  connectionTimeout: 30_000,
  keepAliveTimeout: 10_000,
  http: { headersTimeout: 10_000, maxHeaderSize: 16 * 1024 },
  bodyLimit: maxBodyBytes,
  routerOptions: { maxParamLength: 256 },
  onProtoPoisoning: 'error',
  onConstructorPoisoning: 'error',
  forceCloseConnections: 'idle',
  trustProxy: false,
  logger: false
} as const satisfies FastifyServerOptions & { readonly http: object }
