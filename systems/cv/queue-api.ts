import multipart from '@fastify/multipart'
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { setTimeout as sleep } from 'node:timers/promises'
import { guard } from '../../edge/guards.ts'
import { hostNames, isLoopback } from '../../edge/host-names.ts'
import { publicServer, publicServerSettings } from '../../edge/public-server.ts'
import { bearerOf, tokenCheck } from '../../edge/tokens.ts'
import { acknowledgeMs, retryAfterSeconds, within } from '../../edge/within.ts'
import { cvSecretKey } from '../../processors/cv-jobs/seal.ts'
import { jsonResumeOf } from '../../processors/cv/json-resume.ts'
import type { CvData } from '../../processors/cv/fields/data.ts'
import { CourantError } from '../../runtime/errors.ts'
import { privateTargets } from '../../runtime/loop/outgoing.ts'
import type { Log, Metrics } from '../../runtime/pipeline.ts'
import { type Setting, type Settings, wholeNumber } from '../../runtime/settings.ts'
import type { JobView } from '../../schemas/cv/cv-jobs.ts'
import { isJobId } from './job-id.ts'
import type { JobQueue } from './job-queue.ts'
import { docsPage, openApi } from './openapi.ts'
import { languageOf, type Refusal, sentenceOf } from './refusals.ts'
import { uploadOf } from './upload.ts'

export const cvPort: Setting = {
  env: 'COURANT_CV_PORT',
  describe: 'Port of the CV service; 0 takes a free one',
  default: '5051',
  check: wholeNumber(0, 65_535)
}
export const cvHost: Setting = {
  env: 'COURANT_CV_HOST',
  describe: 'Address the CV service listens on; 0.0.0.0 for all',
  default: '127.0.0.1'
}
const names = hostNames(
  'COURANT_CV_HOST_NAMES',
  'Host names under which the CV service is reached, beside localhost, separated by commas'
)
const apiKeys: Setting = {
  env: 'COURANT_CV_API_KEYS',
  describe:
    'Keys that clients of the CV service send as `Authorization: Bearer`, separated by commas; without any it listens on this machine only',
  secret: true,
  default: ''
}
const maxBytes: Setting = {
  env: 'MAX_CONTENT_LENGTH',
  describe: 'Length of an uploaded CV above which it is refused, in bytes',
  default: '10485760',
  check: wholeNumber(1, 10_485_760)
}
const perMinute: Setting = {
  env: 'COURANT_CV_REQUESTS_PER_MINUTE',
  describe:
    'Requests to the CV service that a key of COURANT_CV_API_KEYS may make in a minute, and an address without one',
  default: '6000',
  check: wholeNumber(1)
}

export const queueApiSettings: readonly Setting[] = [
  cvPort,
  cvHost,
  names,
  apiKeys,
  maxBytes,
  perMinute,
  ...publicServerSettings,
  cvSecretKey,
  privateTargets
]

export interface QueueApiOptions {
  readonly settings: Settings
  readonly log: Log
  readonly metrics: Metrics
  readonly queue: JobQueue
}

/** What says how to call, and nothing of anybody: shown without a key. */
const described = new Set(['/openapi.json', '/docs'])
const longestWaitS = 60
const lookMs = 250
const idempotencyKey = /^[\x21-\x7e]{1,128}$/

/** The CV service as its clients know it, without listening. */
export function buildQueueApi({ settings, log, metrics, queue }: QueueApiOptions): FastifyInstance {
  const app = publicServer(settings, { metrics, bodyLimit: settings.number(maxBytes) + 64 * 1024 })
  void app.register(multipart, {
    throwFileSizeLimit: false,
    limits: { files: 1, fields: 10, parts: 11, fieldSize: 4096, fieldNameSize: 100, headerPairs: 50 }
  })
  app.setErrorHandler((error: FastifyError, request, reply) => {
    const refusal = refusalOf(error)
    if (refusal.status >= 500) log.error({ err: error }, 'a request of the CV service failed')
    return refuse(request, reply, refusal)
  })
  app.setNotFoundHandler((request, reply) => refuse(request, reply, { status: 404, code: 'JOB_UNKNOWN' }))
  const mayCall = tokenCheck(apiKeys, {
    settings,
    log,
    // Without keys it is for this machine, in production too: a proxy before it lets in whom it knows.
    isProduction: false,
    isLoopback: isLoopback(settings.text(cvHost))
  })
  const hasKeys = settings.text(apiKeys) !== ''
  guard(app, {
    reached: { host: settings.text(cvHost), names: settings.text(names) },
    requestsPerMinute: settings.number(perMinute),
    // Only a key that is known has a count of its own: whoever makes some up is one address all the same.
    callerOf: (request) => (hasKeys && mayCall(bearerOf(request)) ? `key ${bearerOf(request)}` : request.ip)
  })
  // Behind the limits, which are hooks of routes: guesses are counted, too. The body is not read yet.
  app.addHook('preParsing', async (request, reply) => {
    if (described.has(request.routeOptions.url ?? '') || mayCall(bearerOf(request))) return undefined
    return refuse(request, reply, { status: 401, code: 'KEY_INVALID' })
  })
  void app.register(async (routes) => {
    routes.get('/openapi.json', async () => openApi)
    routes.get('/docs', async (_request, reply) => reply.type('text/html; charset=utf-8').send(docsPage()))
  })
  void app.register(async (routes) => jobRoutes(routes, { settings, log, metrics, queue }))
  return app
}

function jobRoutes(app: FastifyInstance, { settings, metrics, queue }: QueueApiOptions): void {
  const rules = {
    maxBytes: settings.number(maxBytes),
    mayBePrivate: settings.text(privateTargets) === 'true'
  }
  app.post('/api/queue', async (request, reply) => {
    if (!request.isMultipart()) return refuse(request, reply, { status: 415, code: 'FORM_INVALID' })
    const key = request.headers['idempotency-key']
    if (key !== undefined && !idempotencyKey.test(String(key)))
      return refuse(request, reply, { status: 400, code: 'IDEMPOTENCY_KEY_INVALID' })
    const upload = await uploadOf(request, rules)
    if ('code' in upload) return refuse(request, reply, upload)
    if (upload.webhook && settings.text(cvSecretKey) === '')
      return refuse(request, reply, { status: 422, code: 'CALLBACKS_OFF' })
    const owned = key === undefined ? null : `${bearerOf(request)} ${String(key)}`
    const accepted = await within(acknowledgeMs, (signal) => queue.accept(upload, owned, signal))
    metrics.count('cv_accepted_total', 1, { priority: upload.priority })
    return {
      job_id: accepted.jobId,
      status: 'queued',
      priority: upload.priority,
      estimated_wait: `${accepted.estimatedSeconds}s`,
      webhook_configured: upload.webhook !== null
    }
  })

  app.get<{ Params: { jobId: string }; Querystring: { wait?: string; format?: string } }>(
    '/api/result/:jobId',
    async (request, reply) => {
      const { jobId } = request.params
      const { wait = '0', format } = request.query
      const job = isJobId(jobId) ? await ended(queue, jobId, Math.min(Number(wait) || 0, longestWaitS)) : null
      if (!job) return refuse(request, reply, { status: 404, code: 'JOB_UNKNOWN' })
      if (format === 'jsonresume' && job.state === 'done') return jsonResumeOf(job.data as CvData)
      return resultOf(jobId, job, languageOf(request.headers['accept-language']))
    }
  )

  app.get<{ Params: { jobId: string } }>('/api/jobs/:jobId/events', async (request, reply) => {
    const { jobId } = request.params
    const job = isJobId(jobId) ? await queue.view(jobId) : null
    if (!job) return refuse(request, reply, { status: 404, code: 'JOB_UNKNOWN' })
    return reply
      .type('text/event-stream')
      .header('cache-control', 'no-store')
      .send(ReadableStream.from(statesOf(queue, jobId, request)))
  })

  app.delete<{ Params: { jobId: string } }>('/api/jobs/:jobId', async (request, reply) => {
    const { jobId } = request.params
    const job = isJobId(jobId) ? await queue.view(jobId) : null
    if (!job) return refuse(request, reply, { status: 404, code: 'JOB_UNKNOWN' })
    if (await queue.cancel(jobId)) return { job_id: jobId, status: 'cancelled' }
    const removed = await queue.erase(jobId, job.priority)
    if (!removed) return refuse(request, reply, { status: 409, code: 'JOB_RUNNING' })
    return { job_id: jobId, status: 'erased', removed }
  })
}

/** A job, once it ended or the wait is over. */
async function ended(queue: JobQueue, jobId: string, waitS: number): Promise<JobView | null> {
  const until = Date.now() + waitS * 1000
  for (;;) {
    const job = await queue.view(jobId)
    if (!job || isEnd(job) || Date.now() >= until) return job
    await sleep(lookMs)
  }
}

const isEnd = ({ state }: JobView) => state !== 'pending' && state !== 'running'

/** Server-sent events: the job whenever it stands otherwise, until it ended or the client is gone. */
async function* statesOf(
  queue: JobQueue,
  jobId: string,
  { raw, headers }: FastifyRequest
): AsyncGenerator<string> {
  const language = languageOf(headers['accept-language'])
  let told = ''
  while (!raw.destroyed) {
    const job = await queue.view(jobId)
    if (!job) return
    const data = JSON.stringify(resultOf(jobId, job, language))
    if (data !== told) yield `event: ${job.state}\ndata: ${data}\n\n`
    told = data
    if (isEnd(job)) return
    await sleep(lookMs)
  }
}

/** As the service before answered. */
function resultOf(jobId: string, job: JobView, language: 'fr' | 'en'): object {
  const common = { job_id: jobId, status: job.state, priority: job.priority }
  switch (job.state) {
    case 'pending':
      return { ...common, position_in_queue: job.position }
    case 'running':
      return { ...common, started_at: job.startedAt?.toISOString() }
    case 'done':
      return { ...common, result: readingOf(jobId, job) }
    case 'failed':
      return { ...common, error: job.error?.[language] ?? null, error_code: job.error?.code ?? null }
    default:
      return common
  }
}

function readingOf(jobId: string, { fileName, startedAt, endedAt, data }: JobView): object {
  const seconds = ((endedAt?.getTime() ?? 0) - (startedAt?.getTime() ?? 0)) / 1000
  return {
    job_id: jobId,
    file_name: fileName,
    processing_time: Math.max(0, seconds),
    parsed_at: endedAt?.toISOString(),
    data
  }
}

function refuse(request: FastifyRequest, reply: FastifyReply, refusal: Refusal): FastifyReply {
  if (refusal.status === 503) void reply.header('retry-after', retryAfterSeconds)
  if (refusal.status === 401) void reply.header('www-authenticate', 'Bearer')
  const language = languageOf(request.headers['accept-language'])
  return reply.code(refusal.status).send({ detail: sentenceOf(refusal, language), code: refusal.code })
}

/** What an error means for a client; whatever is not ours is nobody's concern but the log's. */
function refusalOf(error: FastifyError): Refusal {
  if (error instanceof CourantError)
    return error.verdict === 'transient'
      ? { status: 503, code: 'UNAVAILABLE' }
      : { status: 500, code: 'FAILED' }
  if (error.name === 'TimeoutError' || error.name === 'AbortError')
    return { status: 503, code: 'UNAVAILABLE' }
  const status = error.statusCode ?? 500
  if (status === 429) return { status, code: 'TOO_MANY' }
  if (status === 503) return { status, code: 'UNAVAILABLE' }
  if (status < 500) return { status, code: 'FORM_INVALID' }
  return { status: 500, code: 'FAILED' }
}
