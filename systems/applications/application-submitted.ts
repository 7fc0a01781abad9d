import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { CourantError } from '../../runtime/errors.ts'
import type { Metrics } from '../../runtime/pipeline.ts'
import type { WriterContext } from '../../topics/log/log-writer.ts'
import type { TokenCheck } from '../../edge/tokens.ts'
import { acknowledgeMs, retryAfterSeconds, within } from '../../edge/within.ts'
import { notJson, submissionOf } from './application-body.ts'
import { ApplicationIntake, type ApplicationReads, type Intake } from './application-intake.ts'
import { webhooksPerMinute } from './webhook-settings.ts'

export interface ApplicationWebhookOptions {
  readonly context: WriterContext
  readonly source: ApplicationReads
  readonly metrics: Metrics
  readonly maySend: TokenCheck
}

const maxBodyBytes = 16 * 1024

/**
 * `POST /api/v1/webhooks/application-submitted`, as the service before answered it: errors are `{"detail": …}` in the
 * words that callers know.
 */
export async function applicationWebhook(
  app: FastifyInstance,
  options: ApplicationWebhookOptions
): Promise<void> {
  const { context, source, metrics, maySend } = options
  const intake = new ApplicationIntake(source, context)
  const counted = (reply: FastifyReply, outcome: string) => {
    metrics.count('webhooks_total', 1, { outcome })
    return reply
  }
  app.setErrorHandler((error: FastifyError, _request, reply) => {
    const status = error.statusCode ?? 500
    counted(reply, 'refused')
    // As FastAPI has it, a body that is not JSON is as wrong as one with a wrong field.
    if (status === 400) return reply.code(422).send({ detail: [notJson] })
    if (status >= 500) context.log.error({ err: error }, 'a webhook failed')
    return reply.code(status).send({ detail: details[status] ?? details[500] })
  })
  app.route({
    method: 'POST',
    url: '/api/v1/webhooks/application-submitted',
    bodyLimit: maxBodyBytes,
    config: { rateLimit: { max: context.settings.number(webhooksPerMinute) } },
    // After the rate limit, which counts strangers, too, and before the body is read: a stranger's is not parsed.
    preParsing: async (request, reply) => {
      if (!maySend(tokenOf(request)))
        return counted(reply, 'stranger').code(401).send({ detail: details[401] })
      if (request.headers['content-encoding'] !== undefined)
        return counted(reply, 'refused').code(415).send({ detail: details[415] })
      return undefined
    },
    handler: async (request, reply) => {
      const submission = submissionOf(request.body)
      if (!('applicationId' in submission))
        return counted(reply, 'invalid').code(422).send({ detail: submission })
      try {
        const taken = await within(acknowledgeMs, (signal) => intake.take(submission, signal))
        return answer(counted(reply, taken.outcome), taken)
      } catch (error) {
        if (isOfTheRecord(error)) {
          context.log.warn({ err: error }, 'an application that a webhook names cannot be published')
          return counted(reply, 'unreadable')
            .code(422)
            .send({ detail: unreadableSentence(error) })
        }
        if (!isPassing(error)) throw error
        context.log.warn({ err: error }, 'a webhook was not accepted')
        return counted(reply, 'unavailable')
          .code(503)
          .header('retry-after', retryAfterSeconds)
          .send({ detail: details[503] })
      }
    }
  })
}

const tokenOf = ({ headers }: FastifyRequest) => String(headers['x-webhook-token'] ?? '')

function answer(reply: FastifyReply, { outcome, record }: Intake): FastifyReply {
  if (!record) return reply.code(404).send({ detail: details[404] })
  const { id } = record.application
  const { content_sha256, event_at_us } = record.source
  return reply.code(outcome === 'accepted' ? 202 : 200).send({
    status: outcome,
    application_id: id,
    content_sha256,
    updated_at: isoMicros(event_at_us),
    ...(outcome === 'skipped' && { reason: 'not updated since last_watermark' })
  })
}

/** Exact, so that a caller may send it back as `last_watermark`. */
const isoMicros = (micros: number) =>
  new Date(Math.floor(micros / 1000)).toISOString().replace('Z', `${String(micros % 1000).padStart(3, '0')}Z`)

/** Whether the caller should send it again: the database or Kafka does not answer now. */
const isPassing = (error: unknown) =>
  (error instanceof CourantError && error.verdict === 'transient') ||
  (error instanceof Error && (error.name === 'TimeoutError' || error.name === 'AbortError'))

/** Whether this application cannot be published as it is, however often it is sent. */
const isOfTheRecord = (error: unknown): error is CourantError =>
  error instanceof CourantError && error.verdict === 'record'

/** In French, as all that callers read; names columns, never a value. */
function unreadableSentence({ details: { columns } }: CourantError): string {
  const places = Array.isArray(columns) ? columns.filter((place) => place !== '').join(', ') : ''
  return (
    `Candidature illisible : corrigez ${places || 'ses données'} dans la base des candidatures, ` +
    'puis renvoyez-la'
  )
}

const details: Readonly<Record<number, string>> = {
  401: 'Token webhook invalide',
  404: 'Candidature introuvable',
  413: 'Requête trop volumineuse',
  415: 'Content-Type doit être application/json',
  429: 'Trop de requêtes, réessayez plus tard',
  500: 'Erreur interne',
  503: 'Service momentanément indisponible, réessayez'
}
