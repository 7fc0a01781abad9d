import { hostname } from 'node:os'
import { setTimeout as wait } from 'node:timers/promises'
import { identityOf } from '../../runtime/process/process-identity.ts'
import type { Log } from '../../runtime/pipeline.ts'
import { subjectOf } from '../../schemas/subjects.ts'
import type { Connection } from '../connection.ts'
import type { KafkaProducer } from '../kafka/port.ts'
import { encoder } from '../registry/codec.ts'
import type { PipelineHealth } from './health.ts'
import { saidEveryMs, statusTopic } from './status-topic.ts'

/** This process among all that there are and were. */
export const thisProcess = `${hostname()} ${identityOf(process.pid) ?? `${process.pid} ${Date.now()}`}`

/** How long saying it may take: who asks Kafka in vain must not be kept from stopping. */
const withinMs = 3_000

export interface StatusOptions {
  readonly connection: Connection
  readonly log: Log
  readonly signal: AbortSignal
  readonly look: () => Promise<readonly PipelineHealth[]>
  readonly process?: string
  readonly everyMs?: number
}

/**
 * Says in the status topic how the pipelines of this process are, until the signal, and takes it back then; never
 * rejects. Where it cannot be said, others see how old what was said last is.
 */
export async function publishStatus(options: StatusOptions): Promise<void> {
  const { log, signal, look, everyMs = saidEveryMs } = options
  const voice = new Voice(options)
  let isHeard = true
  while (!signal.aborted) {
    try {
      await voice.say(await look())
      isHeard = true
    } catch (error) {
      if (isHeard) log.warn({ err: error }, `how the pipelines are cannot be said in ${statusTopic.name}`)
      isHeard = false
    }
    await wait(everyMs, undefined, { signal }).catch(() => undefined)
  }
  await voice.takeBack().catch((error: unknown) => log.debug({ err: error }, 'the status was not taken back'))
}

class Voice {
  readonly #options: StatusOptions
  readonly #process: string
  #ready: { readonly producer: KafkaProducer; readonly encode: (value: unknown) => Buffer } | undefined
  #said: readonly string[] = []

  constructor(options: StatusOptions) {
    this.#options = options
    this.#process = options.process ?? thisProcess
  }

  async say(all: readonly PipelineHealth[]): Promise<void> {
    const { producer, encode } = (this.#ready ??= await this.#prepare())
    const statements = all.map(({ name, level, reason, code, seconds, promiseSeconds }) => ({
      process: this.#process,
      pipeline: name,
      level,
      reason,
      code,
      seconds,
      promise_seconds: promiseSeconds
    }))
    const records = statements.map((one) => ({ key: statusTopic.shape.keyOf(one), value: encode(one) }))
    this.#said = records.map(({ key }) => key)
    await this.#send(producer, records)
  }

  /** Whoever stops on purpose is not missed. */
  async takeBack(): Promise<void> {
    if (this.#ready)
      await this.#send(
        this.#ready.producer,
        this.#said.map((key) => ({ key, value: null }))
      )
  }

  async #send(producer: KafkaProducer, records: readonly { key: string; value: Buffer | null }[]) {
    await producer.send(
      records.map((record) => ({ topic: statusTopic.name, partition: 0, ...record })),
      { signal: AbortSignal.timeout(withinMs) }
    )
  }

  async #prepare() {
    const { connection } = this.#options
    const id = await connection.registry.idOf(subjectOf(statusTopic.name), statusTopic.schema)
    return { producer: await connection.producer(), encode: encoder(statusTopic.type, id) }
  }
}
