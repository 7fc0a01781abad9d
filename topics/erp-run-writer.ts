import type { Context, Item, Writer } from '../runtime/pipeline.ts'
import { columnsOf, type RunEnvelope, type RunMarker } from '../schemas/erp/run-envelope.ts'
import { avroType } from '../schemas/avro-type.ts'
import { rowFields, runSchema } from '../schemas/erp/run-schema.ts'
import { subjectOf } from '../schemas/subjects.ts'
import type { DeclaredTopic } from './catalogue.ts'
import { type Connection, connectionFor } from './connection.ts'
import type { KafkaProducer, OutgoingRecord } from './kafka/port.ts'
import { applyPlan, planTopics } from './plan.ts'
import { encoder } from './registry/codec.ts'

type Encode = (value: unknown) => Buffer

/** Writes runs to their topic, which it makes when it is missing; each start marker decides the schema from there on. */
export class RunWriter implements Writer<RunEnvelope> {
  readonly #table: string
  readonly #topic: DeclaredTopic
  readonly #context: Context
  #producer: KafkaProducer | undefined
  #encode: Encode | undefined

  constructor(table: string, topic: DeclaredTopic, context: Context) {
    this.#table = table
    this.#topic = topic
    this.#context = context
  }

  async write(items: readonly Item<RunEnvelope>[], { signal }: { signal: AbortSignal }): Promise<void> {
    const connection = connectionFor(this.#context.settings, this.#context.log)
    this.#producer ??= await this.#prepare(connection)
    const records: OutgoingRecord[] = []
    for (const { key, value } of items) {
      if (value.marker?.kind === 'start') this.#encode = await this.#encoderFor(value.marker, connection)
      if (!this.#encode) throw new Error(`a run in ${this.#topic.name} begins without its start marker`)
      records.push({ topic: this.#topic.name, partition: 0, key, value: this.#encode(value) })
    }
    await this.#producer.send(records, { signal })
  }

  async close(): Promise<void> {
    // The producer is shared; closeConnections ends it.
  }

  async #prepare(connection: Connection): Promise<KafkaProducer> {
    await applyPlan(await planTopics([this.#topic], connection, this.#context.settings), connection)
    return connection.producer()
  }

  /** Columns that older versions had stay in the schema and are null from now on. */
  async #encoderFor(marker: RunMarker, { registry }: Connection): Promise<Encode> {
    const subject = subjectOf(this.#topic.name)
    const newest = (await registry.versionsOf(subject)).at(-1)
    const names = new Set([
      ...(newest ? rowFields(newest) : []),
      ...columnsOf(marker).map((column) => column.sqlName)
    ])
    const schema = runSchema(this.#table, [...names])
    return encoder(avroType(schema), await registry.register(subject, schema))
  }
}
