import { createHash, randomUUID } from 'node:crypto'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { CourantError } from '../runtime/errors.ts'
import type { Item, Writer } from '../runtime/pipeline.ts'
import { topicList } from '../topics/catalogue.ts'
import { checkEvent, sentenceOf } from '../topics/events.ts'
import { LogWriter, type WriterContext } from '../topics/log-writer.ts'
import type { Topic } from '../topics/topic.ts'
import { Answers } from './answers.ts'
import type { TokenCheck } from './tokens.ts'
import { acknowledgeMs, retryAfterSeconds, within } from './within.ts'

/** What a publisher is told once every event is acknowledged by all in-sync replicas. */
interface Accepted {
  readonly accepted: number
  readonly ids: readonly string[]
}

export interface PublishOptions {
  readonly context: WriterContext
  readonly mayPublish: TokenCheck
  /** The topics that may be published to; all that have a schema unless given. */
  readonly topics?: readonly Topic<unknown>[]
}

const maxEvents = 1_000
const idempotencyKey = /^[\x21-\x7e]{1,128}$/

/** `POST /topics/{topic}/events`: one event as a JSON object, or a batch as an array. */
export async function publishRoutes(app: FastifyInstance, options: PublishOptions): Promise<void> {
  const publisher = new Publisher(options)
  app.route<{ Params: { topic: string } }>({
    method: 'POST',
    url: '/topics/:topic/events',
    // Before the body is read: a stranger's body is not parsed.
    onRequest: async (request, reply) => {
      if (!options.mayPublish(bearerOf(request))) return refuseStranger(reply)
      if (request.headers['content-encoding'] !== undefined)
        return reply.code(415).send({ error: 'Content-Encoding is not taken' })
      return undefined
    },
    handler: (request, reply) => publisher.answer(request, reply)
  })
}

const bearerOf = ({ headers }: FastifyRequest) =>
  /^Bearer (\S+)$/.exec(headers.authorization ?? '')?.[1] ?? ''

const refuseStranger = (reply: FastifyReply) =>
  reply.code(401).header('www-authenticate', 'Bearer').send({ error: 'A valid bearer token is needed' })

class Publisher {
  readonly #context: WriterContext
  readonly #topics: ReadonlyMap<string, Topic<unknown>>
  readonly #writers = new Map<string, Writer<unknown>>()
  readonly #answers = new Answers<Accepted>({ keepMs: 60 * 60 * 1000, max: 10_000 })

  constructor({ context, topics = topicList }: PublishOptions) {
    this.#context = context
    this.#topics = new Map(topics.map((topic) => [topic.name, topic]))
  }

  async answer(
    request: FastifyRequest<{ Params: { topic: string } }>,
    reply: FastifyReply
  ): Promise<FastifyReply> {
    const topic = this.#topics.get(request.params.topic)
    if (!topic) return reply.code(404).send({ error: 'There is no such topic' })
    const key = request.headers['idempotency-key']
    if (key !== undefined && !(typeof key === 'string' && idempotencyKey.test(key)))
      return reply.code(422).send({ error: 'Idempotency-Key must be 1 to 128 visible characters' })
    const events: readonly unknown[] = Array.isArray(request.body) ? request.body : [request.body]
    if (events.length === 0 || events.length > maxEvents)
      return reply.code(422).send({ error: `A batch has 1 to ${maxEvents} events` })
    const { items, problems } = checkAll(topic, events, key ?? randomUUID())
    if (problems.length > 0) return reply.code(422).send({ error: 'Nothing was published', problems })
    const once =
      key === undefined
        ? { answer: this.#write(topic, items), isReused: false as const }
        : this.#answers.once(`${topic.name}/${key}`, digestOf(events), () => this.#write(topic, items))
    if (once.isReused)
      return reply.code(422).send({ error: 'This Idempotency-Key was used for other events' })
    return this.#settle(once.answer, reply)
  }

  async #settle(answer: Promise<Accepted>, reply: FastifyReply): Promise<FastifyReply> {
    try {
      return reply.code(200).send(await answer)
    } catch (error) {
      if (error instanceof CourantError && error.code === 'RECORD_TOO_LARGE')
        return reply.code(413).send({ error: 'An event is larger than the topic takes' })
      this.#context.log.warn({ err: error }, 'events were not acknowledged')
      if (error instanceof CourantError && error.verdict === 'fatal')
        return reply.code(500).send({
          error: `The topic is not ready for events (${error.code}): sending them again does not help before an operator has seen to it`
        })
      return reply.code(503).header('retry-after', retryAfterSeconds).send({
        error: 'Kafka has not acknowledged the events: send them again with the same Idempotency-Key'
      })
    }
  }

  async #write(topic: Topic<unknown>, items: readonly Item<unknown>[]): Promise<Accepted> {
    const writer = this.#writers.get(topic.name) ?? new LogWriter(topic, this.#context)
    this.#writers.set(topic.name, writer)
    await within(acknowledgeMs, (signal) => writer.write(items, { signal }))
    return { accepted: items.length, ids: items.map(({ id }) => id) }
  }
}

/** A problem with an event, without its value. */
interface EventProblem {
  readonly event: number
  readonly field: string
  readonly message: string
}

function checkAll(
  topic: Topic<unknown>,
  events: readonly unknown[],
  id: string
): { items: readonly Item<unknown>[]; problems: readonly EventProblem[] } {
  const items: Item<unknown>[] = []
  const problems: EventProblem[] = []
  for (const [event, value] of events.entries()) {
    const { item, problem } = checkEvent(topic, value, `${id}.${event}`)
    if (item) items.push(item)
    else problems.push({ event, field: problem.path, message: sentenceOf(problem) })
  }
  return { items, problems }
}

const digestOf = (events: readonly unknown[]) =>
  createHash('sha256').update(JSON.stringify(events)).digest('hex')
