import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { CourantError } from '../runtime/errors.ts'
import type { Language } from '../topics/health/durations.ts'
import type { Writing } from './cells.ts'
import { dismissPreview, replayPreview, resetPreview, type Sign } from './action-pages.ts'
import { actionRoutes, type Actions, actionsOf, type Refuse } from './action-routes.ts'
import { actionTexts } from './action-texts.ts'
import { auditPage } from './audit-page.ts'
import { Gate, type GateOptions } from './gate.ts'
import { groupPage } from './group-page.ts'
import { html } from './html.ts'
import { keyPage } from './key-page.ts'
import { layout, type Page } from './layout.ts'
import { lettersPage, pipelineLettersPage } from './letters-pages.ts'
import { liveEvents } from './live-events.ts'
import { loginPage } from './login-page.ts'
import { pageScript } from './page-script.ts'
import { pageStyle } from './page-style.ts'
import { pipelinePage } from './pipeline-page.ts'
import { runbookPage } from './runbook-page.ts'
import type { Site } from './site.ts'
import { nowExtras } from './now-extras.ts'
import { Sight } from './sight.ts'
import { statusPage } from './status-page.ts'
import { languageOf, texts } from './texts.ts'
import { topicPage, topicsPage } from './topic-pages.ts'

interface Asked {
  readonly params: Readonly<Record<string, string>>
  readonly query: Readonly<Record<string, string>>
}

/** A page by what is asked; null where there is none. */
type MakePage = (asked: Asked, writing: Writing) => Promise<Page | null>

/** Adds the operator pages and what they need to an application; for machines `/status.json` beside them. */
export function operatorPages(site: Site): (app: FastifyInstance) => void {
  return (app) => {
    const { view } = site
    takeForms(app)
    const gate = new Gate({ users: site.users ?? '', isSecure: site.isPublic ?? false, page: sendLogin })
    gate.guard(app)
    const see = new Sight(site, gate)
    const extras = nowExtras(site)
    app.get('/', async (request, reply) => {
      const language = rememberedLanguage(request, reply)
      return sendHtml(reply, statusPage(await view(), language, extras(await view())))
    })
    app.get('/page.css', async (_request, reply) => reply.type('text/css; charset=utf-8').send(pageStyle))
    app.get('/page.js', async (_request, reply) =>
      reply.type('text/javascript; charset=utf-8').send(pageScript)
    )
    app.get('/status.json', async () => view())
    liveEvents(app)
    const actions = actionsOf()
    actionRoutes(app, { site, actions, refuse, allowed: (request, target) => see.mayChange(request, target) })
    for (const [path, make] of Object.entries({ ...pagesOf(site), ...actionPages(site, actions) }))
      app.get(path, (request, reply) => answer(see.mayOpen(path, request) ? make : notYours, request, reply))
    app.get<{ Querystring: { key?: string } }>('/k', (request, reply) =>
      reply.redirect(`/k/${encodeURIComponent(request.query.key ?? '')}`)
    )
  }
}

const sendLogin: GateOptions['page'] = (request, reply, isWrong) => {
  const language = rememberedLanguage(request, reply)
  return sendHtml(reply, layout(loginPage(language, isWrong), language))
}

function takeForms(app: FastifyInstance): void {
  app.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string', bodyLimit: 64 * 1024 },
    (_request, body, done) => done(null, Object.fromEntries(new URLSearchParams(String(body))))
  )
}

/** What is of a system that somebody may not look into is not there for them. */
const notYours: MakePage = async (_asked, { language }) => ({
  title: 'Courant',
  status: 403,
  body: html`<h1>${texts[language].notYours}</h1>`
})

const pagesOf = (site: Site): Readonly<Record<string, MakePage>> => ({
  '/p/:name': ({ params }, writing) => pipelinePage(params['name'] ?? '', site, writing),
  '/g/:name': ({ params }, writing) => groupPage(params['name'] ?? '', site, writing),
  '/t': (_asked, writing) => topicsPage(site, writing),
  '/t/:name': ({ params, query }, writing) =>
    topicPage({ name: params['name'] ?? '', query: query }, site, writing),
  '/d': (_asked, writing) => lettersPage(site, writing),
  '/d/:name': ({ params, query }, writing) =>
    pipelineLettersPage({ pipeline: params['name'] ?? '', query: query }, site, writing),
  '/k/:name': ({ params }, writing) => keyPage(params['name'] ?? '', site, writing),
  '/runbook': async (_asked, writing) => runbookPage(writing)
})

function actionPages(site: Site, { jobs, tokens }: Actions): Readonly<Record<string, MakePage>> {
  const sign: Sign = (planned) => tokens.issue(planned)
  const asked = ({ params, query }: Asked) => ({ target: params['name'] ?? '', query })
  return {
    '/a': (_asked, writing) => auditPage(site, jobs.all, writing),
    '/d/:name/replay': (all, writing) => replayPreview(asked(all), { site, sign }, writing),
    '/d/:name/dismiss': (all, writing) => dismissPreview(asked(all), { site, sign }, writing),
    '/g/:name/reset': (all, writing) => resetPreview(asked(all), { site, sign }, writing)
  }
}

const refuse: Refuse = (request, reply, { status, text }) => {
  const language = rememberedLanguage(request, reply)
  return sendHtml(
    reply.code(status),
    problemPage(texts[language].failed, actionTexts[language][text], language)
  )
}

async function answer(make: MakePage, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const language = rememberedLanguage(request, reply)
  const say = texts[language]
  try {
    const params = request.params as Asked['params']
    const page = await make({ params, query: singly(request.query) }, { language, at: new Date() })
    if (page) return await sendHtml(reply.code(page.status ?? 200), layout(page, language))
    return await sendHtml(reply.code(404), problemPage(say.notFound, '', language))
  } catch (error) {
    const { code, message, status } = problemOf(error)
    return sendHtml(reply.code(status), problemPage(say.failed, `${message} (${code})`, language))
  }
}

const problemPage = (title: string, why: string, language: Language) =>
  layout({ title: `${title} · Courant`, body: html`<h1>${title}</h1><p>${why}</p>` }, language)

/** What is said of an error: of one that is not ours only its name, as it may repeat what a server said. */
function problemOf(error: unknown): { code: string; message: string; status: number } {
  if (error instanceof CourantError) {
    const { code, message, verdict } = error
    const status = code === 'TOPIC_MISSING' ? 404 : verdict === 'transient' ? 503 : 500
    return { code, message, status }
  }
  const name = error instanceof Error ? error.name : 'error'
  const isLate = name === 'TimeoutError' || name === 'AbortError'
  return isLate
    ? { code: name, message: 'Kafka did not answer in time', status: 503 }
    : { code: name, message: 'See the log', status: 500 }
}

/** Of what is said twice in an address, the last. */
const singly = (query: unknown): Asked['query'] =>
  Object.fromEntries(
    Object.entries(query as Record<string, unknown>).map(([name, value]) => [
      name,
      String(Array.isArray(value) ? value.at(-1) : value).slice(0, 500)
    ])
  )

/** The language that the address asks for, else the one asked for last, else the browser's. */
function rememberedLanguage(request: FastifyRequest, reply: FastifyReply): Language {
  const { lang } = request.query as { lang?: string | string[] }
  const remembered = /(?:^|;\s*)courant-lang=(en|fr)\b/.exec(request.headers.cookie ?? '')?.[1]
  const language = languageOf(lang ?? remembered, request.headers['accept-language'])
  if (lang !== undefined)
    void reply.header('set-cookie', `courant-lang=${language}; Path=/; Max-Age=31536000; SameSite=Strict`)
  return language
}

const sendHtml = (reply: FastifyReply, page: string): FastifyReply =>
  reply.type('text/html; charset=utf-8').header('cache-control', 'no-store').send(page)
