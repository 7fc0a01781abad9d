import type { FastifyInstance } from 'fastify'
import { randomUUID } from 'node:crypto'
import { guard } from '../../edge/guards.ts'
import { hostNames, isLoopback } from '../../edge/host-names.ts'
import { publicServer, publicServerSettings } from '../../edge/public-server.ts'
import type { SharedWriter } from '../../edge/shared-writer.ts'
import { tokenCheck } from '../../edge/tokens.ts'
import { acknowledgeMs, retryAfterSeconds, within } from '../../edge/within.ts'
import { CourantError } from '../../runtime/errors.ts'
import type { Log, Metrics, Position } from '../../runtime/pipeline.ts'
import { type Setting, type Settings, wholeNumber } from '../../runtime/settings.ts'
import type { ArrivedFile } from '../../schemas/types/files.ts'

export const filesPort: Setting = {
  env: 'COURANT_FILES_PORT',
  describe: 'Port that takes notifications of the bucket of dropped files; 0 takes a free one',
  default: '8000',
  check: wholeNumber(0, 65_535)
}
export const filesHost: Setting = {
  env: 'COURANT_FILES_HOST',
  describe: 'Address that takes notifications of the bucket of dropped files; 0.0.0.0 for all',
  default: '127.0.0.1'
}
const names = hostNames(
  'COURANT_FILES_HOST_NAMES',
  'Host names under which notifications are sent, beside localhost, separated by commas'
)
const token: Setting = {
  env: 'COURANT_FILES_TOKEN',
  describe:
    'Token that the object store sends with notifications, as `Authorization: Bearer`; without one it listens on this machine only',
  secret: true,
  default: ''
}
const perMinute: Setting = {
  env: 'COURANT_FILES_REQUESTS_PER_MINUTE',
  describe: 'Notifications that an address may send in a minute',
  default: '60000',
  check: wholeNumber(1)
}

/** What the door for notifications is set by. */
export const notificationSettings: readonly Setting[] = [
  filesPort,
  filesHost,
  names,
  token,
  perMinute,
  ...publicServerSettings
]

interface DoorParts {
  readonly settings: Settings
  readonly log: Log
  readonly metrics: Metrics
  readonly writer: Pick<SharedWriter<ArrivedFile>, 'write'>
  readonly bucket: string
}

/** `POST /`: takes what S3 and MinIO send about objects in `input/`, without listening. */
export function buildDoor({ settings, log, metrics, writer, bucket }: DoorParts): FastifyInstance {
  const app = publicServer(settings, { metrics })
  const reached = { host: settings.text(filesHost), names: settings.text(names) }
  guard(app, { reached, requestsPerMinute: settings.number(perMinute) })
  const mayCall = tokenCheck(token, {
    settings,
    log,
    isProduction: false,
    isLoopback: isLoopback(settings.text(filesHost))
  })
  // Behind the limits, which are hooks of routes: guesses are counted, too. The body is not read yet.
  app.addHook('preParsing', async (request, reply) => {
    const given = /^(?:Bearer +)?(\S+)$/i.exec(request.headers.authorization ?? '')?.[1] ?? ''
    if (mayCall(given)) return undefined
    return reply
      .code(401)
      .header('www-authenticate', 'Bearer')
      .send({ error: 'the token is missing or wrong' })
  })
  app.setErrorHandler((error: { statusCode?: number; message: string }, _request, reply) => {
    if (isPassing(error))
      return reply.code(503).header('retry-after', retryAfterSeconds).send({ error: 'try again' })
    const status = error.statusCode ?? 500
    if (status >= 500) log.error({ err: error }, 'a notification failed')
    return reply.code(status).send({ error: status < 500 ? error.message : 'failed' })
  })
  // Within a plugin, as limits take only routes that come after them.
  void app.register(async (routes) => doorRoutes(routes, { settings, log, metrics, writer, bucket }))
  return app
}

function doorRoutes(routes: FastifyInstance, { metrics, writer, bucket }: DoorParts): void {
  routes.head('/', async (_request, reply) => reply.code(200).send())
  routes.post('/', async (request) => {
    const arrived = arrivedIn(request.body, bucket)
    for (const value of arrived) {
      const item = {
        id: randomUUID(),
        key: value.key,
        value,
        at: new Date(value.arrived_at / 1000),
        position: '' as Position
      }
      await within(acknowledgeMs, (signal) => writer.write(item, signal))
    }
    metrics.count('notifications_total', arrived.length)
    return { accepted: arrived.length }
  })
}

const isPassing = (error: unknown) =>
  (error instanceof CourantError && error.verdict === 'transient') ||
  ['TimeoutError', 'AbortError'].includes((error as Error).name)

interface Told {
  readonly eventName?: unknown
  readonly s3?: {
    readonly bucket?: { readonly name?: unknown }
    readonly object?: { readonly key?: unknown; readonly size?: unknown; readonly eTag?: unknown }
  }
}

/** The dropped files that a notification tells of; nothing of what it says is believed but where to look. */
export function arrivedIn(body: unknown, bucket: string): readonly ArrivedFile[] {
  const { Records: records } = (body ?? {}) as { readonly Records?: unknown }
  if (!Array.isArray(records)) throw badRequest('Records is missing: send what S3 or MinIO sends')
  return (records as readonly (Told | null)[]).flatMap((record) => {
    const key = record && keyOf(record)
    if (!key) throw badRequest('a record has no s3.object.key')
    return isDropped(key) && isCreated(record, bucket) ? [arrivedFile(key, record)] : []
  })
}

const isDropped = (key: string) => key.startsWith('input/') && !key.startsWith('input/_rejected/')

const isCreated = ({ s3, eventName }: Told, bucket: string) =>
  s3?.bucket?.name === bucket && !(typeof eventName === 'string' && eventName.includes('ObjectRemoved'))

function arrivedFile(key: string, { s3 }: Told): ArrivedFile {
  const { size, eTag } = s3?.object ?? {}
  return {
    key,
    etag: typeof eTag === 'string' ? eTag.slice(0, 200) : '',
    bytes: typeof size === 'number' && Number.isSafeInteger(size) && size >= 0 ? size : 0,
    // When we were told: another one's clock may be anywhere.
    arrived_at: Date.now() * 1000,
    told_by: 'notification'
  }
}

/** Names come as in a form: percent signs, and plus for a space. */
function keyOf({ s3 }: Told): string | null {
  const key = s3?.object?.key
  if (typeof key !== 'string' || key === '') return null
  try {
    return decodeURIComponent(key.replaceAll('+', ' '))
  } catch {
    return null
  }
}

const badRequest = (message: string) => Object.assign(new Error(message), { statusCode: 400 })
