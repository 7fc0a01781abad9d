import type { FastifyInstance } from 'fastify'
import { pageStyle, statusPage } from './status-page.ts'
import type { StatusView } from './status.ts'
import { languageOf } from './texts.ts'

/** Adds the operator page and what it needs to an application: `/`, `/page.css` and, for machines, `/status.json`. */
export function operatorPage(view: () => Promise<StatusView>): (app: FastifyInstance) => void {
  return (app) => {
    app.get<{ Querystring: { lang?: string | string[] } }>('/', async (request, reply) => {
      const language = languageOf(request.query.lang, request.headers['accept-language'])
      return reply.type('text/html; charset=utf-8').send(statusPage(await view(), language))
    })
    app.get('/page.css', async (_request, reply) => reply.type('text/css; charset=utf-8').send(pageStyle))
    app.get('/status.json', async () => view())
  }
}
