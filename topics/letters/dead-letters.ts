import { CourantError } from '../../runtime/errors.ts'
import type { Context, Failure, Item, Spec, WriteOptions, Writer } from '../../runtime/pipeline.ts'
import { deadLetterTopic } from '../catalogue.ts'
import { connectionFor, connectionSettings } from '../connection.ts'
import { deadLetterHeaders, idHeader, lastOffsetHeader, leftOutHeader } from '../headers.ts'
import type {
  KafkaProducer,
  KafkaRecord,
  OutgoingRecord,
  TopicPartition,
  UnreadableBatch
} from '../kafka/port.ts'
import { isKafkaRecord, readFrom } from '../log/read-from.ts'

/** Kafka Connect's names of the stages. */
const stageNames = { read: 'VALUE_CONVERTER', step: 'TRANSFORMATION', write: 'TASK_PUT' } as const

/**
 * Sets failed records aside in the pipeline's dead-letter topic: the original bytes, key and headers untouched. A value
 * that is too large even for that is left out, and a header says so.
 */
export function deadLetterWriter(pipeline: string): Spec<Writer<Failure>> {
  const { name } = deadLetterTopic(pipeline)
  return {
    describe: `topic ${name}`,
    settings: connectionSettings,
    open: async (context) => new DeadLetterWriter(pipeline, context)
  }
}

class DeadLetterWriter implements Writer<Failure> {
  readonly #pipeline: string
  readonly #context: Context

  constructor(pipeline: string, context: Context) {
    this.#pipeline = pipeline
    this.#context = context
  }

  async write(items: readonly Item<Failure>[], options: WriteOptions): Promise<void> {
    // Asked for each time: the connection keeps one, and a failure to open it is tried again by the runner.
    const producer = await connectionFor(this.#context.settings, this.#context.log).producer()
    const failures = items.map(({ value }) => value)
    await sendLetters(this.#pipeline, failures, { ...options, producer })
  }

  async close(): Promise<void> {
    // The producer is shared; closeConnections ends it.
  }
}

/** Writes dead letters of a pipeline; resolves once they are acknowledged. */
export async function sendLetters(
  pipeline: string,
  failures: readonly Failure[],
  { producer, ...options }: WriteOptions & { readonly producer: KafkaProducer }
): Promise<void> {
  let letters = failures.map((failure) => letterFor(pipeline, failure))
  while (letters.length > 0)
    try {
      await producer.send(letters, options)
      return
    } catch (error) {
      letters = withoutRefusedValue(letters, error)
    }
}

function letterFor(pipeline: string, failure: Failure): OutgoingRecord {
  const { raw } = failure.item
  const original = isKafkaRecord(raw) ? originalOf(raw) : printed(failure.item)
  const headers = { ...original.headers, ...reasonHeaders(failure, pipeline) }
  return {
    topic: deadLetterTopic(pipeline).name,
    partition: 0,
    key: original.key,
    value: original.value,
    headers,
    from: readFrom(failure.item)
  }
}

/**
 * What is still to be sent when a letter is too large for the topic: the letter without its value, and those behind
 * it; the ones before it are in the log. So a record of any size is set aside (promise 2).
 */
function withoutRefusedValue(letters: readonly OutgoingRecord[], error: unknown): OutgoingRecord[] {
  if (!(error instanceof CourantError) || error.code !== 'RECORD_TOO_LARGE') throw error
  const at = Number(error.details['index'])
  const refused = letters[at]
  if (!refused?.value) throw error
  const headers = { ...refused.headers, [leftOutHeader]: String(refused.value.length) }
  return [{ ...refused, value: null, headers }, ...letters.slice(at + 1)]
}

interface Original {
  readonly key: Buffer | string
  readonly value: Buffer | null
  readonly headers: Record<string, Buffer | string>
}

function originalOf({ topic, partition, offset, key, value, headers, unreadable }: KafkaRecord): Original {
  if (unreadable) return batchOf({ topic, partition }, unreadable)
  return {
    key: key ?? '',
    value,
    headers: {
      ...headers,
      [deadLetterHeaders.topic]: topic,
      [deadLetterHeaders.partition]: String(partition),
      [deadLetterHeaders.offset]: String(offset)
    }
  }
}

/** A batch that cannot be read, as it lies in the log. */
function batchOf(
  { topic, partition }: TopicPartition,
  { firstOffset, lastOffset, bytes }: UnreadableBatch
): Original {
  return {
    key: '',
    value: bytes,
    headers: {
      [deadLetterHeaders.topic]: topic,
      [deadLetterHeaders.partition]: String(partition),
      [deadLetterHeaders.offset]: String(firstOffset),
      [lastOffsetHeader]: String(lastOffset)
    }
  }
}

/** A row that was never in a topic, as JSON of its original shape. */
function printed({ id, key, value, raw = value }: Item<unknown>): Original {
  return { key, value: Buffer.from(JSON.stringify(raw, printable)), headers: { [idHeader]: id } }
}

const printable = (_name: string, value: unknown) => (typeof value === 'bigint' ? String(value) : value)

function reasonHeaders({ error, stage }: Failure, pipeline: string): Record<string, string> {
  return {
    [deadLetterHeaders.connector]: pipeline,
    [deadLetterHeaders.task]: '0',
    [deadLetterHeaders.stage]: stageNames[stage],
    [deadLetterHeaders.className]: 'courant',
    [deadLetterHeaders.exceptionClass]: error.code,
    [deadLetterHeaders.exceptionMessage]: error.message,
    [deadLetterHeaders.stacktrace]: stackWithoutMessages(error)
  }
}

/** Where it was thrown, line by line; without the messages, which a driver may have filled with a row. */
function stackWithoutMessages(error: Error): string {
  return (error.stack ?? '')
    .split('\n')
    .filter((line) => line.startsWith('    at '))
    .join('\n')
}
