import type { ServerResponse } from 'node:http'
import type { FastifyInstance } from 'fastify'

/** How often whoever looks is told that there is something new. */
const everyMs = 2_000

/** Streams at once: a browser that leaves them open must not take every connection. */
const mostStreams = 50

/** Adds `/events`: Server-Sent Events, from one clock however many listen, that say that the pages have changed. */
export function liveEvents(app: FastifyInstance): void {
  const streams = new Set<ServerResponse>()
  let clock: NodeJS.Timeout | undefined
  const tick = () => {
    for (const stream of streams) stream.write('event: changed\ndata: \n\n')
  }
  const leave = (stream: ServerResponse) => {
    streams.delete(stream)
    if (streams.size > 0) return
    clearInterval(clock)
    clock = undefined
  }
  app.get('/events', (_request, reply) => {
    if (streams.size >= mostStreams) {
      void reply.code(503).header('retry-after', '30').send({ error: 'Too many look at once' })
      return
    }
    reply.hijack()
    const stream = reply.raw
    for (const [name, value] of Object.entries(reply.getHeaders()))
      if (value !== undefined) stream.setHeader(name, value)
    stream.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' })
    stream.write('retry: 5000\n\n')
    stream.on('close', () => leave(stream))
    streams.add(stream)
    clock ??= setInterval(tick, everyMs)
    clock.unref()
  })
  app.addHook('preClose', async () => {
    for (const stream of streams) stream.end()
  })
}
