import { CourantError } from '../../runtime/errors.ts'
import type { Context, Item, WriteOptions, Writer } from '../../runtime/pipeline.ts'
import { subjectOf } from '../../schemas/subjects.ts'
import { connectionFor } from '../connection.ts'
import { idHeader } from '../headers.ts'
import { partitionFor } from '../kafka/produce/partitioner.ts'
import type { KafkaProducer, OutgoingRecord } from '../kafka/port.ts'
import { readFrom } from './read-from.ts'
import { encoder } from '../registry/codec.ts'
import type { Topic } from '../topic.ts'
import { withAdmin } from '../kafka/admin/with-admin.ts'

/** What writing needs of the outside world. */
export type WriterContext = Pick<Context, 'settings' | 'log'>

interface Ready {
  readonly producer: KafkaProducer
  readonly partitions: number
  readonly encode: (value: unknown) => Buffer
}

/** Writes values to a topic: durable once all in-sync replicas have them (promise 1), in order within a key. */
export class LogWriter<T> implements Writer<T> {
  readonly #topic: Topic<T>
  readonly #context: WriterContext
  #ready: Ready | undefined

  constructor(topic: Topic<T>, context: WriterContext) {
    this.#topic = topic
    this.#context = context
  }

  async write(items: readonly Item<T>[], options: WriteOptions): Promise<void> {
    this.#ready ??= await this.#prepare()
    const { producer } = this.#ready
    const records: OutgoingRecord[] = []
    /** The item of each record, as a delete makes two. */
    const owners: Item<T>[] = []
    for (const item of items)
      for (const record of this.#recordsOf(item, this.#ready)) {
        records.push(record)
        owners.push(item)
      }
    try {
      await producer.send(records, options)
    } catch (error) {
      throw namingItem(error, (index) => owners[index]?.id)
    }
  }

  async close(): Promise<void> {
    // The producer is shared; closeConnections ends it.
  }

  // Not at open: what is transient here is tried again by the runner, because write is.
  async #prepare(): Promise<Ready> {
    const { name, schema, type } = this.#topic
    const connection = connectionFor(this.#context.settings, this.#context.log)
    const schemaId = await connection.registry.idOf(subjectOf(name), schema)
    return withAdmin(connection.kafka, async (admin) => {
      const partitions = await admin.partitionCount(name)
      return { producer: await connection.producer(), partitions, encode: encoder(type, schemaId) }
    })
  }

  #recordsOf(item: Item<T>, { partitions, encode }: Ready): OutgoingRecord[] {
    const { name, shape } = this.#topic
    const partition = partitionFor(item.key, partitions)
    const place = { topic: name, partition, key: item.key, from: readFrom(item) }
    const record: OutgoingRecord = {
      ...place,
      value: encoded(item, encode),
      ...(!shape.idOf && { headers: { [idHeader]: item.id } })
    }
    return shape.isDelete?.(item.value) ? [record, { ...place, value: null }] : [record]
  }
}

function encoded(item: Item<unknown>, encode: (value: unknown) => Buffer): Buffer {
  try {
    return encode(item.value)
  } catch (error) {
    throw namingItem(error, () => item.id)
  }
}

/** The same error with the item in `details.itemId`, so that the runner need not search for it. */
function namingItem(error: unknown, idAt: (index: number) => string | undefined): unknown {
  if (!(error instanceof CourantError) || error.verdict !== 'record') return error
  const itemId = idAt(Number(error.details['index']))
  if (itemId === undefined) return error
  const { code, message, cause, details } = error
  return new CourantError(code, message, {
    ...(cause !== undefined && { cause }),
    details: { ...details, itemId }
  })
}
