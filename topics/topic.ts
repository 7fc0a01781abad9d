import type { Type } from 'avsc'
import type { Channel, Reader, LogItem, Spec, Writer } from '../runtime/pipeline.ts'
import { CourantError } from '../runtime/errors.ts'
import { avroType } from '../schemas/avro-type.ts'
import { type Change, changeId, keyText } from '../schemas/change.ts'
import type { RecordSchema } from '../schemas/envelope.ts'
import { dateOf } from '../schemas/instants.ts'
import type { Table } from '../schemas/table.ts'
import { connectionSettings } from './connection.ts'
import { confirmNewTopic } from './generations.ts'
import { confirmGap } from './log/starting-offsets.ts'
import { LogReader } from './log/log-reader.ts'
import { LogWriter } from './log/log-writer.ts'

/** What a value of a topic says about itself. */
export interface Shape<T> {
  /** What order is kept within. */
  keyOf(value: T): string
  /** The same on every attempt to publish the value; without it the id travels in a header. */
  idOf?(value: T, key: string): string
  /** When it happened at the source; without it the time it was produced. */
  atOf?(value: T): Date
  /** What is wrong with a value that its schema allows; null where nothing is. Such a record is set aside. */
  problemOf?(value: T): string | null
  /** True when the key's record is gone; a tombstone then follows the value. */
  isDelete?(value: T): boolean
}

/** A topic as it is declared: what is in it, whose it is, how it is kept. */
export interface TopicDefinition<T> {
  readonly name: string
  readonly describe: string
  readonly owner: string
  readonly schema: RecordSchema
  /** How many partitions it is made with; the installation's default when absent. */
  readonly partitions?: number
  /** How many milliseconds its records wait before they are read, such as those that are to be tried again. */
  readonly delayMs?: number
  /** Kafka's own names and texts, such as `cleanup.policy`. */
  readonly config: Readonly<Record<string, string>>
  readonly shape: Shape<T>
  /** Whether our own pipelines make its records: nobody publishes there over HTTP whose token does not name it. */
  readonly isDerived: boolean
}

/** A declared topic is a channel: every pipeline that names it is typed by it. */
export interface Topic<T> extends TopicDefinition<T>, Channel<T> {
  readonly type: Type
}

/** Declares a topic. Nothing connects before a pipeline that uses it is opened. */
export function topic<T>(definition: TopicDefinition<T>): Topic<T> {
  const type = avroType(definition.schema)
  const made: Topic<T> = {
    ...definition,
    type,
    reader: (group, options = {}) => topicReader([made], { group, ...options }),
    writer: (): Spec<Writer<T>> => ({
      describe: `topic ${definition.name}`,
      settings: connectionSettings,
      open: async (context) => new LogWriter(made, context)
    })
  }
  return made
}

/** A reader of one or several topics as one consumer group. */
export function topicReader<T>(
  topics: readonly Topic<T>[],
  options: { readonly group: string; readonly repeatWindow?: number }
): Spec<Reader<T, LogItem<T>>> {
  return {
    describe: `topic ${topics.map(({ name }) => name).join(', ')}`,
    settings: [...connectionSettings, confirmNewTopic, confirmGap],
    open: async (context) => new LogReader(topics, { repeatWindow: 0, ...options, context })
  }
}

/** The shape of a table's changes in Debezium's envelope. */
export function changeShape<Row>(table: Table): Shape<Change<Row>> {
  return {
    keyOf({ before, after }) {
      const row = (after ?? before) as Readonly<Record<string, unknown>> | null
      if (!row) throw new CourantError('RECORD_INVALID', 'A change needs a row before or after it')
      return keyText(table.key.map((column) => String(row[column])))
    },
    idOf: (change, key) => changeId(key, change.source),
    atOf: (change) => dateOf(change.source.ts_us),
    problemOf: ({ op, before, after }) =>
      (op === 'd' ? before : after) === null ? `A change with op ${op} lacks its row` : null,
    isDelete: (change) => change.op === 'd'
  }
}
