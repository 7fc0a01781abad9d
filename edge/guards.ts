import helmet from '@fastify/helmet'
import rateLimit from '@fastify/rate-limit'
import underPressure from '@fastify/under-pressure'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { hostCheck, type Reached } from './host-names.ts'

/** What keeps a server of ours from harm by whoever reaches it. */
export interface Guards {
  readonly reached: Reached
  /** Whether pages for people are served: these have a script and forms of their own. */
  readonly hasPages?: boolean
  /** What a caller may ask in a minute. */
  readonly requestsPerMinute: number
  /** Whom a request is counted for; its address unless told otherwise. */
  readonly callerOf?: (request: FastifyRequest) => string
}

/** Routes that answer while everything else is told to wait: a watchdog that gets no answer would kill the process. */
export const evenUnderPressure = { pressureHandler: () => undefined }

const own = ["'self'"]
const none = ["'none'"]

// Nothing of ours needs more than its own files, nothing is written in line, and nobody frames it.
const contentSecurityPolicy = (hasPages: boolean) => ({
  useDefaults: false,
  directives: {
    defaultSrc: none,
    styleSrc: own,
    ...(hasPages && { scriptSrc: own, connectSrc: own }),
    baseUri: none,
    formAction: hasPages ? own : none,
    frameAncestors: none
  }
})

/** Adds the headers, the limits and the check of the Host header, in this order, before any route's own checks. */
export function guard(
  app: FastifyInstance,
  { reached, requestsPerMinute, hasPages = false, callerOf = ({ ip }) => ip }: Guards
): void {
  void app.register(helmet, {
    contentSecurityPolicy: contentSecurityPolicy(hasPages),
    // Without any, browsers hide in a form's Origin header that it is of a page of ours.
    referrerPolicy: { policy: hasPages ? 'same-origin' : 'no-referrer' }
  })
  void app.register(underPressure, { maxEventLoopDelay: 2_000, retryAfter: 5 })
  void app.register(rateLimit, { max: requestsPerMinute, timeWindow: '1 minute', keyGenerator: callerOf })
  const isOurName = hostCheck(reached)
  app.addHook('onRequest', async (request, reply) => {
    if (isOurName(request.headers.host)) return undefined
    return reply.code(421).send({ error: 'This server is not reached under that name' })
  })
  app.after(() => {
    const limit = app.rateLimit()
    // The limit's own hooks are those of routes: what is nowhere is counted here.
    app.addHook('onRequest', async (request, reply) => {
      if (request.is404) await limit.call(app, request, reply)
    })
  })
}
