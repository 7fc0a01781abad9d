import { readdirSync, readFileSync } from 'node:fs'
import type { RecordSchema } from './envelope.ts'
import { declaredPartitions } from './partitions.ts'
import type { AvroField, AvroSchema } from './table.ts'

/**
 * An event that flows as a whole: nested records, written by hand in an .avsc file, instead of the rows of a table. The
 * `courant` attribute says what it is about and where in the value its key, its id and its time are.
 */
export interface EventType<T = unknown> {
  readonly domain: string
  readonly topic: string
  /** Complete in itself: records that the file takes from its neighbours are written out. */
  readonly schema: RecordSchema
  readonly paths: EventPaths
  /** How many partitions its topic is made with; the installation's default when absent. */
  readonly partitions?: number
  /** How many milliseconds its records wait before they are read, such as those that are tried again later. */
  readonly delayMs?: number
  /** How many milliseconds its records are kept; for ever when absent. */
  readonly keptMs?: number
  /** Whether a pipeline makes it from another topic: it is not what somebody outside says. */
  readonly isDerived: boolean
  /** What of a value nobody could use, although its types are right. */
  readonly problemOf?: (value: unknown) => string | null
  /** Only for the compiler: the type of a value. */
  readonly value?: T
}

/** Dotted paths into a value. */
interface EventPaths {
  /** What order is kept within. */
  readonly key: string
  /** What together is the same on every attempt to publish the event, and different for any other. */
  readonly id: readonly string[]
  /** When it happened, in microseconds. */
  readonly at: string
}

interface EventFile extends RecordSchema {
  readonly courant: EventPaths & {
    readonly entity: string
    readonly partitions?: number
    readonly derived?: boolean
  }
}

/** What several topics of one shape differ in, and what a value must be beside its types. */
interface OfTopic extends Pick<EventType, 'delayMs' | 'keptMs' | 'problemOf'> {
  /** Its name, if not `<domain>.<entity>.<stage>`. */
  readonly topic?: string
}

/** Reads schemas/<domain>/<stage>.avsc: the topic is `<domain>.<entity>.<stage>`, unless it is told. */
export function event<T>(domain: string, stage: string, { topic, ...rules }: OfTopic = {}): EventType<T> {
  const folder = new URL(`./${domain}/`, import.meta.url)
  const { courant, ...file } = readRecord(new URL(`${stage}.avsc`, folder)) as EventFile
  const { entity, partitions: _declared, derived: isDerived = false, ...paths } = courant
  const partitions = declaredPartitions(courant, `${domain}/${stage}.avsc`)
  const schema = writtenOut(file, definitionsIn(folder))
  const name = topic ?? `${domain}.${entity}.${stage}`
  return { domain, topic: name, schema, paths, isDerived, ...partitions, ...rules }
}

/** The text or number at a path, as text; empty when there is neither. */
export function textAt(value: unknown, path: string): string {
  let part = value
  for (const name of path.split('.')) part = (part as Readonly<Record<string, unknown>> | null)?.[name]
  return typeof part === 'string' || typeof part === 'number' ? String(part) : ''
}

/** A record inside another one. */
type NestedRecord = Omit<RecordSchema, 'namespace'>

const isRecord = (type: unknown): type is NestedRecord =>
  typeof type === 'object' && type !== null && (type as { type?: unknown }).type === 'record'

/** Every record that is defined inside a type, outer ones first. */
export function recordsIn(type: AvroSchema): readonly NestedRecord[] {
  if (typeof type === 'string') return []
  if (Array.isArray(type)) return type.flatMap((branch: AvroSchema) => recordsIn(branch))
  if (isRecord(type)) return [type, ...type.fields.flatMap((field: AvroField) => recordsIn(field.type))]
  return recordsIn(((type as { items?: unknown }).items ?? 'null') as AvroSchema)
}

function definitionsIn(folder: URL): ReadonlyMap<string, NestedRecord> {
  const files = readdirSync(folder).filter((file) => file.endsWith('.avsc'))
  const records = files.flatMap((file) => recordsIn(readRecord(new URL(file, folder))))
  return new Map(records.map((record) => [record.name, record]))
}

/** The same type with the records of other files in place of their names. */
function writtenOut<S extends AvroSchema>(type: S, known: ReadonlyMap<string, NestedRecord>): S {
  return expanded(type, known) as S
}

function expanded(type: AvroSchema, known: ReadonlyMap<string, NestedRecord>): AvroSchema {
  if (typeof type === 'string') {
    const found = known.get(type)
    return found ? expanded(found, known) : type
  }
  if (Array.isArray(type)) return type.map((branch: AvroSchema) => expanded(branch, known))
  const { fields, items } = type as { fields?: readonly AvroField[]; items?: AvroSchema }
  return {
    ...(type as { type: unknown }),
    ...(fields && { fields: fields.map((field) => ({ ...field, type: expanded(field.type, known) })) }),
    ...(items !== undefined && { items: expanded(items, known) })
  }
}

const readRecord = (file: URL) => JSON.parse(readFileSync(file, 'utf8')) as RecordSchema
