import assert from 'node:assert/strict'
import { test } from 'node:test'
import { settingsFrom } from '../../../runtime/settings.ts'
import type { JobView } from '../../../schemas/cv/cv-jobs.ts'
import type { JobQueue } from '../../../systems/cv/job-queue.ts'
import { openApi } from '../../../systems/cv/openapi.ts'
import { buildQueueApi } from '../../../systems/cv/queue-api.ts'
import type { Upload } from '../../../systems/cv/upload.ts'
import { testContext } from '../../support/context.ts'

const key = 'an-invented-key-of-more-than-32-characters'
const otherKey = 'another-invented-key-of-as-many-characters'
const jobId = '3f2504e0-4f89-41d3-9a0c-0305e82c3301'
const at = new Date('2026-11-30T10:00:00Z')
const pending: JobView = {
  state: 'pending',
  priority: 'premium',
  acceptedAt: at,
  startedAt: null,
  endedAt: null,
  fileName: 'cv.pdf',
  object: 'uploads/1',
  data: null,
  error: null,
  position: 3
}
const error = { code: 'CV_EMPTY', fr: 'Le fichier est vide', en: 'The file is empty' }
const views: readonly JobView[] = [
  pending,
  { ...pending, state: 'running', startedAt: at, position: null },
  { ...pending, state: 'done', startedAt: at, endedAt: at, data: { skills: [] }, position: null },
  { ...pending, state: 'failed', startedAt: at, endedAt: at, error, position: null }
]

function api(view: JobView | null = pending, more: Record<string, string> = {}) {
  const names: string[] = []
  const queue = {
    accept: async ({ fileName }: Upload) => {
      names.push(fileName)
      return { jobId, estimatedSeconds: 30 }
    },
    view: async () => view,
    cancel: async () => true,
    erase: async () => []
  } as unknown as JobQueue
  const { log, metrics } = testContext()
  const settings = settingsFrom({ COURANT_CV_API_KEYS: `${key},${otherKey}`, ...more })
  const app = buildQueueApi({ settings, log, metrics, queue })
  const routes: string[] = []
  app.addHook('onRoute', ({ method, url }) => {
    for (const one of [method].flat()) routes.push(`${one} ${url.replaceAll(/:(\w+)/g, '{$1}')}`)
  })
  return { app, routes, names }
}

const authorization = `Bearer ${key}`
const properties = (name: string) =>
  openApi.components.schemas[name]?.['properties'] as Record<string, object>

const needed = (name: string) => (openApi.components.schemas[name]?.['required'] ?? []) as string[]

test('the OpenAPI document names the routes of the service, each and no other', async (t) => {
  const { app, routes } = api()
  t.after(() => app.close())
  await app.ready()
  const documented = Object.entries(openApi.paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`)
  )
  const served = routes.filter((route) => !/^HEAD |openapi|docs/.test(route))
  assert.deepEqual(served.toSorted(), documented.toSorted())
})

test('every field of every answer is in the document, and every needed one is answered', async (t) => {
  const post = { 'content-type': 'multipart/form-data; boundary=x', authorization }
  const file =
    '--x\r\ncontent-disposition: form-data; name="file"; filename="Élodie.txt"\r\n\r\nAwa\r\n--x--\r\n'
  for (const view of views) {
    const { app, names } = api(view)
    t.after(() => app.close())
    const answers = [
      ['Job', await app.inject({ url: `/api/result/${jobId}`, headers: { authorization } })],
      ['Accepted', await app.inject({ method: 'POST', url: '/api/queue', headers: post, payload: file })],
      [
        'Removed',
        await app.inject({ method: 'DELETE', url: `/api/jobs/${jobId}`, headers: { authorization } })
      ],
      ['Refusal', await app.inject({ url: `/api/result/none`, headers: { authorization } })]
    ] as const
    assert.deepEqual(names, ['Élodie.txt'], 'a name keeps its accents')
    for (const [name, { body }] of answers) {
      const answer = JSON.parse(body) as Record<string, unknown>
      const documented = Object.keys(properties(name))
      assert.deepEqual(
        Object.keys(answer).filter((field) => !documented.includes(field)),
        [],
        `${name}: ${body}`
      )
      for (const field of needed(name))
        assert.ok(field in answer, `${name}.${field} of a ${view.state} job: ${body}`)
    }
  }
})

test('what the document refers to is there; the page has no script, and nothing asks for a key', async (t) => {
  const { app } = api()
  t.after(() => app.close())
  const document = await app.inject({ url: '/openapi.json' })
  assert.equal(document.statusCode, 200)
  for (const [, name = ''] of document.body.matchAll(/#\/components\/schemas\/(\w+)/g))
    assert.ok(name in openApi.components.schemas, name)
  const page = await app.inject({ url: '/docs' })
  assert.equal(page.statusCode, 200)
  assert.match(String(page.headers['content-security-policy']), /default-src 'none'/)
  assert.doesNotMatch(page.body, /<script|src=/)
  for (const path of Object.keys(openApi.paths)) assert.ok(page.body.includes(path), path)
  assert.equal((await app.inject({ url: `/api/result/${jobId}` })).statusCode, 401)
})

test('each key has a limit of its own; keys that are made up share that of their address', async (t) => {
  const { app } = api(pending, { COURANT_CV_REQUESTS_PER_MINUTE: '2' })
  t.after(() => app.close())
  const ask = async (bearer: string, remoteAddress = '127.0.0.1') => {
    const headers = { authorization: `Bearer ${bearer}` }
    return (await app.inject({ url: `/api/result/${jobId}`, headers, remoteAddress })).statusCode
  }
  assert.deepEqual(
    [await ask(key), await ask(key, '127.0.0.2'), await ask(key, '127.0.0.3')],
    [200, 200, 429]
  )
  assert.deepEqual([await ask(otherKey), await ask(otherKey)], [200, 200])
  assert.deepEqual([await ask('one'), await ask('two'), await ask('three')], [401, 401, 429])
})
