import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { actionTexts } from './action-texts.ts'
import { carryOut } from './doing.ts'
import { Jobs } from './jobs.ts'
import type { Planned } from './planned.ts'
import { isOfOurPage } from './same-page.ts'
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

interface ActionOptions {
  readonly site: Site
  readonly actions: Actions
  readonly refuse: Refuse
  /** Who may change something of a pipeline: their name, or null. */
  readonly allowed: (request: FastifyRequest, target: string | null) => string | null
}

type Fields = Readonly<Record<string, string>>

/** Adds what changes something: `/do` for what was previewed, and `/stop`. Both only for pages of this server. */
export function actionRoutes(app: FastifyInstance, { site, actions, refuse, allowed }: ActionOptions): void {
  const { jobs, tokens } = actions
  app.post('/do', async (request, reply) => {
    if (!isOfOurPage(request)) return refuse(request, reply, { status: 403, text: 'foreign' })
    if (allowed(request, null) === null) return refuse(request, reply, { status: 403, text: 'notAllowed' })
    const { token = '', reason = '' } = (request.body ?? {}) as Fields
    if (reason.trim() === '') return refuse(request, reply, { status: 400, text: 'needsReason' })
    const planned = tokens.redeem(token)
    if (planned === null) return refuse(request, reply, { status: 409, text: 'stale' })
    const who = allowed(request, planned.target)
    if (who === null) return refuse(request, reply, { status: 403, text: 'notAllowed' })
    const isDone = await carryOut(planned, { who, reason: reason.trim() }, { site, jobs })
    if (!isDone) return refuse(request, reply, { status: 409, text: 'busy' })
    return reply.redirect('/a', 303)
  })
  app.post('/stop', async (request, reply) => {
    if (!isOfOurPage(request)) return refuse(request, reply, { status: 403, text: 'foreign' })
    const id = ((request.body ?? {}) as Fields)['job'] ?? ''
    const target = jobs.all.find((job) => job.id === id)?.target ?? null
    if (allowed(request, target) === null) return refuse(request, reply, { status: 403, text: 'notAllowed' })
    jobs.stop(id)
    return reply.redirect('/a', 303)
  })
  app.addHook('preClose', async () => jobs.stopAll())
}
