import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { actionTexts } from './action-texts.ts'
import { carryOut } from './doing.ts'
import { Jobs } from './jobs.ts'
import type { Planned } from './planned.ts'
import { PreviewTokens } from './preview-token.ts'
import type { Site } from './site.ts'

/** What the actions of a site share. */
export interface Actions {
  readonly jobs: Jobs
  readonly tokens: PreviewTokens<Planned>
}

export const actionsOf = (): Actions => ({ jobs: new Jobs(), tokens: new PreviewTokens<Planned>() })

/** Says of a request that it is refused, as a page. */
export type Refuse = (
  request: FastifyRequest,
  reply: FastifyReply,
  problem: { readonly status: number; readonly text: keyof (typeof actionTexts)['en'] }
) => FastifyReply

type Fields = Readonly<Record<string, string>>

/** Adds what changes something: `/do` for what was previewed, and `/stop`. Both only for pages of this server. */
export function actionRoutes(
  app: FastifyInstance,
  { site, actions, refuse }: { readonly site: Site; readonly actions: Actions; readonly refuse: Refuse }
): void {
  const { jobs, tokens } = actions
  app.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string', bodyLimit: 64 * 1024 },
    (_request, body, done) => done(null, Object.fromEntries(new URLSearchParams(String(body))))
  )
  app.post('/do', async (request, reply) => {
    if (!isOfOurPage(request)) return refuse(request, reply, { status: 403, text: 'foreign' })
    const { token = '', reason = '' } = (request.body ?? {}) as Fields
    if (reason.trim() === '') return refuse(request, reply, { status: 400, text: 'needsReason' })
    const planned = tokens.redeem(token)
    if (planned === null) return refuse(request, reply, { status: 409, text: 'stale' })
    const isDone = await carryOut(planned, { who: 'loopback', reason: reason.trim() }, { site, jobs })
    if (!isDone) return refuse(request, reply, { status: 409, text: 'busy' })
    return reply.redirect('/a', 303)
  })
  app.post('/stop', async (request, reply) => {
    if (!isOfOurPage(request)) return refuse(request, reply, { status: 403, text: 'foreign' })
    jobs.stop(((request.body ?? {}) as Fields)['job'] ?? '')
    return reply.redirect('/a', 303)
  })
  app.addHook('preClose', async () => jobs.stopAll())
}

/** Whether a browser says that a page of this very server sent it; what says nothing is no browser's form. */
function isOfOurPage({ headers }: FastifyRequest): boolean {
  const { origin, host } = headers
  if (headers['sec-fetch-site'] !== undefined && headers['sec-fetch-site'] !== 'same-origin') return false
  return origin !== undefined && URL.canParse(origin) && new URL(origin).host === host
}
