import type { Socket } from 'node:net'
import type { FastifyReply, FastifyServerOptions } from 'fastify'

/** The largest body we take, in bytes; a route may take less. */
const maxBodyBytes = 1024 * 1024

/** What stands on the few answers that are given before helmet gets to see them. */
const plainHeaders = {
  'content-security-policy': "default-src 'none'",
  'x-content-type-options': 'nosniff',
  'cache-control': 'no-store'
} as const

const notUnderstood = 'The request is not as it should be'

/** What every HTTP server of ours is made with: Fastify's own defaults wait for ever and take any connection. */
export const guarded = {
  requestTimeout: 30_000,
  connectionTimeout: 30_000,
  keepAliveTimeout: 10_000,
  // Node looks for what is late every 30 seconds only, unless told otherwise: half a header would hold its connection.
  http: { headersTimeout: 10_000, maxHeaderSize: 16 * 1024, connectionsCheckingInterval: 1_000 },
  bodyLimit: maxBodyBytes,
  routerOptions: { maxParamLength: 256 },
  onProtoPoisoning: 'error',
  onConstructorPoisoning: 'error',
  forceCloseConnections: 'idle',
  trustProxy: false,
  logger: false,
  // Paths that cannot be read; Fastify's own answer repeats them.
  frameworkErrors: (error: { readonly statusCode?: number }, _request: unknown, reply: FastifyReply) => {
    void reply
      .code(error.statusCode ?? 400)
      .headers(plainHeaders)
      .send({ error: notUnderstood })
  },
  clientErrorHandler: answerBroken
} as const satisfies FastifyServerOptions & { readonly http: object }

const brokenStatus: Readonly<Record<string, string>> = {
  HPE_HEADER_OVERFLOW: '431 Request Header Fields Too Large',
  ERR_HTTP_REQUEST_TIMEOUT: '408 Request Timeout'
}

/** Answers what is no HTTP, or does not come to an end. */
function answerBroken(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy(error)
    return
  }
  const body = JSON.stringify({ error: notUnderstood })
  const headers = {
    ...plainHeaders,
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(body),
    connection: 'close'
  }
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`)
  const status = brokenStatus[error.code ?? ''] ?? '400 Bad Request'
  socket.end([`HTTP/1.1 ${status}`, ...lines, '', body].join('\r\n'))
}
