import { createHash, randomUUID } from 'node:crypto'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { CourantError } from '../runtime/errors.ts'
import type { Item, Metrics, Writer } from '../runtime/pipeline.ts'
import { type Setting, wholeNumber } from '../runtime/settings.ts'
import { checkEvent, sentenceOf } from '../topics/events.ts'
import { LogWriter, type WriterContext } from '../topics/log/log-writer.ts'
import type { Topic } from '../topics/topic.ts'
import { Answers } from './answers.ts'
import type { Caller, CallerOf } from './callers.ts'
import { acknowledgeMs, retryAfterSeconds, within } from './within.ts'
import { bearerOf } from './tokens.ts'

/** What a publisher is told once every event is acknowledged by all in-sync replicas. */
interface Accepted {
  readonly accepted: number
  readonly ids: readonly string[]
}

export interface PublishOptions {
  readonly context: WriterContext
  readonly callerOf: CallerOf
  readonly metrics: Metrics
  /** The topics there are. */
  readonly topics: readonly Topic<unknown>[]
}

export const eventDays: Setting = {
  env: 'COURANT_EDGE_EVENT_DAYS',
  describe:
    'How many days back the time of an event over HTTP may lie, one day ahead at most: each day is a folder of its own in the lake',
  default: '400',
  check: wholeNumber(1, 100_000)
}

const maxEvents = 1_000
const dayMs = 24 * 60 * 60 * 1000
const idempotencyKey = /^[\x21-\x7e]{1,128}$/

/** `POST /topics/{topic}/events`: one event as a JSON object, or a batch as an array. */
export async function publishRoutes(app: FastifyInstance, options: PublishOptions): Promise<void> {
  const publisher = new Publisher(options)
  const admitted = new WeakMap<FastifyRequest, Admitted>()
  app.route<{ Params: { topic: string } }>({
    method: 'POST',
    url: '/topics/:topic/events',
    // After the rate limit, which counts strangers, too, and before the body is read: a stranger's is not parsed.
    preParsing: async (request, reply) => {
      const caller = options.callerOf(bearerOf(request))
      if (!caller) return refuseStranger(reply)
      const topic = options.topics.find(({ name }) => name === request.params.topic)
      if (!topic) return reply.code(404).send({ error: 'There is no such topic' })
      if (!caller.mayPublish(topic)) {
        options.context.log.warn(
          { publisher: caller.name, topic: topic.name },
          'a token may not publish there'
        )
        return reply.code(403).send({ error: `This token may not publish to ${topic.name}: ${howToGetOne}` })
      }
      if (request.headers['content-encoding'] !== undefined)
        return reply.code(415).send({ error: 'Content-Encoding is not taken' })
      admitted.set(request, { caller, topic })
      return undefined
    },
    handler: (request, reply) => {
      const entry = admitted.get(request)
      return entry ? publisher.answer(request, { reply, ...entry }) : refuseStranger(reply)
    }
  })
}

const howToGetOne = 'an operator can make one that may, with `courant edge token`'

const refuseStranger = (reply: FastifyReply) =>
  reply.code(401).header('www-authenticate', 'Bearer').send({ error: 'A valid bearer token is needed' })

/** Who publishes to what. */
interface Admitted {
  readonly caller: Caller
  readonly topic: Topic<unknown>
}

class Publisher {
  readonly #context: WriterContext
  readonly #metrics: Metrics
  readonly #daysBack: number
  readonly #writers = new Map<string, Writer<unknown>>()
  /** By caller: nobody meets, or pushes out, the keys of another. */
  readonly #answers = new Map<string, Answers<Accepted>>()

  constructor({ context, metrics }: PublishOptions) {
    this.#context = context
    this.#metrics = metrics
    this.#daysBack = context.settings.number(eventDays)
  }

  async answer(
    request: FastifyRequest,
    { reply, caller, topic }: Admitted & { readonly reply: FastifyReply }
  ): Promise<FastifyReply> {
    const key = request.headers['idempotency-key']
    if (key !== undefined && !(typeof key === 'string' && idempotencyKey.test(key)))
      return reply.code(422).send({ error: 'Idempotency-Key must be 1 to 128 visible characters' })
    const events: readonly unknown[] = Array.isArray(request.body) ? request.body : [request.body]
    if (events.length === 0 || events.length > maxEvents)
      return reply.code(422).send({ error: `A batch has 1 to ${maxEvents} events` })
    const { items, problems } = this.#checkAll(topic, events, key ?? randomUUID())
    if (problems.length > 0) return reply.code(422).send({ error: 'Nothing was published', problems })
    const write = () => this.#write(items, { topic, caller })
    const once =
      key === undefined
        ? { answer: write(), isReused: false as const }
        : this.#answersFor(caller).once(`${topic.name}/${key}`, digestOf(events), write)
    if (once.isReused)
      return reply.code(422).send({ error: 'This Idempotency-Key was used for other events' })
    return this.#settle(once.answer, reply)
  }

  #answersFor({ name }: Caller): Answers<Accepted> {
    const answers = this.#answers.get(name) ?? new Answers<Accepted>({ keepMs: 60 * 60 * 1000, max: 10_000 })
    this.#answers.set(name, answers)
    return answers
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

  #checkAll(
    topic: Topic<unknown>,
    events: readonly unknown[],
    id: string
  ): { items: readonly Item<unknown>[]; problems: readonly EventProblem[] } {
    const items: Item<unknown>[] = []
    const problems: EventProblem[] = []
    for (const [event, value] of events.entries()) {
      const { item, problem } = checkEvent(topic, value, `${id}.${event}`)
      if (!item) problems.push({ event, field: problem.path, message: sentenceOf(problem) })
      else if (this.#isInTime(item)) items.push(item)
      else problems.push({ event, field: '', message: this.#outOfTime })
    }
    return { items, problems }
  }

  #isInTime({ at }: Item<unknown>): boolean {
    const now = Date.now()
    return at.getTime() >= now - this.#daysBack * dayMs && at.getTime() <= now + dayMs
  }

  get #outOfTime(): string {
    return `its time is more than ${this.#daysBack} days ago, or more than a day ahead: publish older ones with \`courant publish\``
  }

  async #write(items: readonly Item<unknown>[], { topic, caller }: Admitted): Promise<Accepted> {
    const writer = this.#writers.get(topic.name) ?? new LogWriter(topic, this.#context)
    this.#writers.set(topic.name, writer)
    await within(acknowledgeMs, (signal) => writer.write(items, { signal }))
    const who = { publisher: caller.name, topic: topic.name }
    this.#context.log.info({ ...who, events: items.length }, 'events were published')
    this.#metrics.count('edge_events_total', items.length, who)
    return { accepted: items.length, ids: items.map(({ id }) => id) }
  }
}

/** A problem with an event, without its value. */
interface EventProblem {
  readonly event: number
  readonly field: string
  readonly message: string
}

const digestOf = (events: readonly unknown[]) =>
  createHash('sha256').update(JSON.stringify(events)).digest('hex')
