import type { AvroSchema } from '../../schemas/table.ts'
import { cqlType } from './cql-type.ts'

/** How a field is written, and what to know of the choice. */
interface FieldType {
  readonly avro: AvroSchema
  readonly note?: string
}

const uuid = { type: 'string', logicalType: 'uuid' }

const types: Readonly<Record<string, FieldType>> = {
  tinyint: { avro: 'int' },
  smallint: { avro: 'int' },
  int: { avro: 'int' },
  bigint: { avro: 'long' },
  float: { avro: 'double' },
  double: { avro: 'double' },
  boolean: { avro: 'boolean' },
  uuid: { avro: uuid },
  timeuuid: { avro: uuid },
  date: { avro: { type: 'int', logicalType: 'date' } },
  timestamp: { avro: { type: 'long', logicalType: 'timestamp-micros' } },
  time: {
    avro: { type: 'long', logicalType: 'time-micros' },
    note: 'may have nanoseconds, of which a row is rejected: declare it "string" to have them'
  },
  duration: {
    avro: { type: 'string', logicalType: 'interval' },
    note: 'may have nanoseconds, of which a row is rejected: declare it "string" to have them'
  }
}

const noPrecision = {
  avro: 'string',
  note: 'has no precision, so it is kept as exact text; name precision and scale to compute with it'
}

/** The field's type for Cassandra's; of a key column that is a collection, its text. */
export function fieldType(
  type: string,
  { recordName, isKey }: { readonly recordName: string; readonly isKey: boolean }
): FieldType {
  const { name, inner } = cqlType(type)
  const [first, second] = inner
  if (first !== undefined) {
    if (isKey) return { avro: 'string', note: 'is a JSON array of the texts of its values' }
    if (name === 'map' && second !== undefined) return mapType([first, second], recordName)
    const { avro, note } = fieldType(first, { recordName: `${recordName}Value`, isKey })
    return { avro: { type: 'array', items: avro }, ...(note && { note: `has values of which one ${note}` }) }
  }
  if (name === 'varint' || name === 'decimal') return noPrecision
  if (name === 'time' && isKey) return { avro: 'string', note: 'has nanoseconds' }
  return types[name] ?? { avro: 'string' }
}

function mapType([key, value]: readonly [string, string], recordName: string): FieldType {
  if (cqlType(key).inner.length > 0 || key === 'duration')
    return { avro: 'string', note: 'is a JSON array of keys and values, since its keys are collections' }
  const [keyType, valueType] = [key, value].map((type) =>
    fieldType(type, { recordName: `${recordName}Value`, isKey: false })
  )
  const note = keyType?.note ?? valueType?.note
  return {
    avro: {
      type: 'array',
      logicalType: 'map',
      items: {
        type: 'record',
        name: recordName,
        fields: [
          { name: 'key', type: keyType?.avro ?? 'string' },
          { name: 'value', type: valueType?.avro ?? 'string' }
        ]
      }
    },
    ...(note !== undefined && { note: `has keys or values of which one ${note}` })
  }
}
