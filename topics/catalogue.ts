import { type Change, changeId, type RawChange } from '../schemas/change.ts'
import type { RecordSchema } from '../schemas/envelope.ts'
import { type EventType, textAt } from '../schemas/event.ts'
import { eventList } from '../schemas/events.ts'
import { dateOf } from '../schemas/instants.ts'
import type { Reject } from '../schemas/reject.ts'
import { type Stage, stageSchema, topicName } from '../schemas/subjects.ts'
import type { Table } from '../schemas/table.ts'
import { tableList } from '../schemas/tables.ts'
import { type RejectsChannel, rejectsChannel } from './letters/rejects.ts'
import { changeShape, type Topic, topic } from './topic.ts'

const day = 24 * 60 * 60 * 1000

// Compaction waits a week, so that a sink which was down has every change, not only the newest of a key. Nothing is
// deleted by age; but only of topics that may be, Kafka lets records be deleted by hand, which a damaged log may need.
const keptAsTable = {
  'cleanup.policy': 'compact,delete',
  'retention.ms': '-1',
  'min.compaction.lag.ms': String(7 * day)
}
const keptForAMonth = { 'cleanup.policy': 'delete', 'retention.ms': String(30 * day) }

// Room for what other topics refuse as too large, and for the headers that say why.
const withRoom = { 'max.message.bytes': String(8 * 1024 * 1024) }

/** The topics of a table. */
export interface TableTopics<Row> {
  /** Rows as extracted. */
  readonly changes: Topic<RawChange>
  readonly clean: Topic<Change<Row>>
  /** Rows set aside by a processor. */
  readonly rejects: RejectsChannel
}

const made = new Map<Table, TableTopics<unknown>>()

/** The topics of a table; the same objects each time. */
export function topicsOf<Row>(table: Table<Row>): TableTopics<Row> {
  const known = made.get(table) ?? declare(table)
  made.set(table, known)
  return known as TableTopics<Row>
}

function declare(table: Table): TableTopics<unknown> {
  return {
    changes: topic<RawChange>({
      ...naming(table, 'changes', 'as extracted'),
      config: keptAsTable,
      shape: changeShape(table)
    }),
    clean: topic<Change<unknown>>({
      ...naming(table, 'clean', 'clean, with exact types'),
      config: keptAsTable,
      shape: changeShape(table)
    }),
    rejects: rejectsChannel(
      topic<Reject>({
        ...naming(table, 'rejects', 'set aside, with the reason'),
        config: keptForAMonth,
        shape: {
          keyOf: ({ key }) => key,
          idOf: ({ key, reason, ...source }) => `${changeId(key, source)}/${reason}`,
          atOf: ({ at_us }) => dateOf(at_us)
        }
      })
    )
  }
}

function naming(table: Table, stage: Stage, how: string) {
  return {
    name: topicName(table, stage),
    describe: `${table.sourceTable}, ${how}`,
    owner: table.domain,
    schema: stageSchema(table, stage),
    isDerived: true,
    ...(table.partitions && { partitions: table.partitions })
  }
}

const madeOfEvents = new Map<EventType, Topic<unknown>>()

/** The topic of an event; the same object each time. */
export function topicOf<T>(event: EventType<T>): Topic<T> {
  const known = madeOfEvents.get(event) ?? declareEvent(event)
  madeOfEvents.set(event, known)
  return known as Topic<T>
}

function declareEvent({
  topic: name,
  domain,
  schema,
  paths,
  partitions,
  delayMs,
  keptMs,
  isDerived,
  problemOf
}: EventType): Topic<unknown> {
  return topic<unknown>({
    name,
    describe: schema.doc,
    owner: domain,
    schema,
    isDerived,
    ...(partitions && { partitions }),
    ...(delayMs !== undefined && { delayMs }),
    config: keptMs === undefined ? keptAsTable : { ...keptAsTable, 'retention.ms': String(keptMs) },
    shape: {
      keyOf: (value) => textAt(value, paths.key),
      idOf: (value) => paths.id.map((path) => textAt(value, path)).join('.'),
      atOf: (value) => dateOf(Number(textAt(value, paths.at))),
      ...(problemOf && { problemOf })
    }
  })
}

/** Every topic that has a schema. */
// oxlint-disable-next-line typescript/no-explicit-any -- topics of all types in one list
export const topicList: readonly Topic<any>[] = [
  ...tableList.flatMap((table) => {
    const { changes, clean, rejects } = topicsOf(table)
    return [changes, clean, rejects.topic]
  }),
  ...eventList.map((event) => topicOf(event))
]

const delays = new Map(topicList.map(({ name, delayMs = 0 }) => [name, delayMs]))

/** How many milliseconds records of a topic wait before they are read; 0 of most. */
export const delayOf = (topic: string): number => delays.get(topic) ?? 0

/** What a topic is made with; with a schema unless it holds other topics' records byte for byte. */
export interface DeclaredTopic {
  readonly name: string
  readonly describe: string
  readonly owner: string
  /** The installation's default when absent. */
  readonly partitions?: number
  readonly config: Readonly<Record<string, string>>
  readonly schema?: RecordSchema
}

/** Whether it has a schema of its own file, and so may be published to. */
export const isTopic = (declared: DeclaredTopic): declared is Topic<unknown> => 'shape' in declared

/** Every topic there should be: those with a schema, and the dead letters of these pipelines. */
export function topicCatalogue(pipelines: readonly string[] = []): readonly DeclaredTopic[] {
  return [...topicList, ...pipelines.map(deadLetterTopic)]
}

/** Where a pipeline's failed records go, byte for byte; there are few, and one partition keeps them in order. */
export function deadLetterTopic(pipeline: string): DeclaredTopic {
  return {
    name: `${pipeline}${deadSuffix}`,
    describe: `Records that ${pipeline} could not read, turn or write`,
    owner: pipeline,
    partitions: 1,
    config: { ...keptForAMonth, ...withRoom }
  }
}

/** The pipeline whose dead letters a topic holds, by its name; null of any other topic. */
export const deadLettersIn = (topic: string): string | null =>
  topic.endsWith(deadSuffix) ? topic.slice(0, -deadSuffix.length) : null

/** What the name of a dead-letter topic ends with, after the pipeline's. */
const deadSuffix = '.dead'
