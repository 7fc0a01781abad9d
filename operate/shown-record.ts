import { CourantError } from '../runtime/errors.ts'
import { avroType } from '../schemas/avro-type.ts'
import type { RecordSchema } from '../schemas/envelope.ts'
import type { DeclaredTopic } from '../topics/catalogue.ts'
import type { Connection } from '../topics/connection.ts'
import type { KafkaRecord } from '../topics/kafka/port.ts'
import { hasPersonalData, masked } from '../topics/masking.ts'
import { decoder } from '../topics/registry/codec.ts'
import { exactNumbers } from './exact-json.ts'

/** A record as it is shown to a person: decoded, with personal data masked. */
export interface ShownRecord {
  readonly topic: string
  readonly partition: number
  readonly offset: number
  readonly at: Date
  readonly key: string | null
  readonly headers: readonly (readonly [name: string, text: string])[]
  /** The id that Confluent's registry gave the schema it was written with; null of a value that names none. */
  readonly schemaId: number | null
  readonly value: ShownValue
}

/** What is shown of a value; `isTombstone` has no bytes, and of the others that are not read it is said why. */
type ShownValue =
  | { readonly kind: 'decoded'; readonly json: string; readonly bytes: number; readonly hex: string | null }
  | { readonly kind: 'tombstone' }
  | { readonly kind: 'undeclared'; readonly bytes: number }
  | { readonly kind: 'unreadable'; readonly bytes: number; readonly why: string }

/** A topic as far as it matters for showing its records. */
export type ReadableTopic = Pick<DeclaredTopic, 'name' | 'schema'>

/** Bytes of a value that are shown as they lie there. */
const longestHex = 512

/** Shows records of a topic. Without a declared schema nobody knows what in a value is personal, and none is shown. */
export function recordShower(
  { name, schema }: ReadableTopic,
  { registry }: Pick<Connection, 'registry'>
): (record: KafkaRecord) => Promise<ShownRecord> {
  const decode = schema && decoder<unknown>(avroType(schema), { registry, topic: name })
  return async (record) => ({
    topic: record.topic,
    partition: record.partition,
    offset: record.offset,
    at: new Date(record.timestamp),
    key: record.key?.toString() ?? null,
    headers: Object.entries(record.headers).map(([header, bytes]) => [header, bytes.toString()] as const),
    schemaId: schemaIdIn(record.value),
    value: await shownValue(record, schema && decode ? { schema, decode } : null)
  })
}

interface Readable {
  readonly schema: RecordSchema
  readonly decode: (bytes: Buffer) => unknown
}

async function shownValue(
  { value, unreadable }: KafkaRecord,
  readable: Readable | null
): Promise<ShownValue> {
  if (unreadable) return { kind: 'unreadable', bytes: unreadable.bytes.length, why: unreadable.error.message }
  if (value === null) return { kind: 'tombstone' }
  const bytes = value.length
  if (readable === null) return { kind: 'undeclared', bytes }
  const { schema, decode } = readable
  try {
    const json = JSON.stringify(masked(await decode(value), schema), exactNumbers, 2)
    const hex = hasPersonalData(schema) ? null : value.subarray(0, longestHex).toString('hex')
    return { kind: 'decoded', json, bytes, hex }
  } catch (error) {
    // One record that cannot be read must not hide the others.
    if (!(error instanceof CourantError) || error.verdict !== 'record') throw error
    return { kind: 'unreadable', bytes, why: error.message }
  }
}

const schemaIdIn = (value: Buffer | null) =>
  value !== null && value.length >= 5 && value[0] === 0 ? value.readUInt32BE(1) : null
