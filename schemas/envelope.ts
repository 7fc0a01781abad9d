import {
  type AvroField,
  type AvroRecord,
  type AvroSchema,
  type Column,
  type Table,
  sourceColumns
} from './table.ts'

/** An Avro record schema of a topic's values; attributes Avro does not know (`pii`, `doc`) are kept. */
export type RecordSchema = {
  readonly type: 'record'
  readonly name: string
  readonly namespace: string
  readonly doc: string
  readonly fields: readonly AvroField[]
}

/** The envelope of rows as extracted: every column is the source's own text, or null. */
export function rawChangeSchema(table: Table): RecordSchema {
  return envelope(table, {
    name: `Raw${table.avro.name}`,
    after: rawRowSchema(table),
    before: keySchema(table, `Raw${table.avro.name}Key`, rawField)
  })
}

/**
 * The envelope of clean rows: exact types; `before` holds the key columns of a delete, and `withdrawn` says of a row that is
 * no longer valid why it goes.
 */
export function changeSchema(table: Table): RecordSchema {
  return envelope(table, {
    name: table.avro.name,
    after: cleanRowSchema(table),
    before: keySchema(table, `${table.avro.name}Key`, (column) => cleanField(table, column)),
    more: [withdrawnField]
  })
}

/** A row as the source prints it, as a record of nullable text. */
export function rawRowSchema(table: Table): RecordSchema {
  const { namespace, name, doc } = table.avro
  return { type: 'record', name: `Raw${name}`, namespace, doc, fields: sourceColumns(table).map(rawField) }
}

// How a table is read and cleaned is no part of the shape: a change of its cursor must not make a new schema version.
function cleanRowSchema({ avro }: Table): RecordSchema {
  const { name, namespace, doc, fields } = avro
  return { type: 'record', name, namespace, doc, fields: fields.map(shapeOf) }
}

function shapeOf({ clean: _clean, secret: _secret, ...field }: AvroField): AvroField {
  return field
}

function keySchema(table: Table, name: string, fieldOf: (column: Column) => AvroField): RecordSchema {
  const columns = table.key.map((key) => columnOf(table, key))
  return {
    type: 'record',
    name,
    namespace: table.avro.namespace,
    doc: `The key of ${table.avro.name}.`,
    fields: columns.map(fieldOf)
  }
}

function columnOf(table: Table, name: string): Column {
  const column = table.columns.find((candidate) => candidate.name === name)
  if (!column) throw new Error(`${table.domain}.${table.name} has the key column ${name} but no such field`)
  return column
}

function rawField({ name, pii }: Column): AvroField {
  return { name, type: ['null', 'string'], default: null, ...(pii !== null && { pii }) }
}

function cleanField({ avro }: Table, column: Column): AvroField {
  return shapeOf(avro.fields.find((field) => field.name === column.name) as AvroField)
}

const withdrawnField: AvroField = {
  name: 'withdrawn',
  type: ['null', 'string'],
  default: null,
  doc: 'Why a row that is still at the source is no longer valid; it is deleted here until a valid version comes.'
}

function envelope(
  { avro }: { avro: AvroRecord },
  parts: { name: string; before: RecordSchema; after: RecordSchema; more?: readonly AvroField[] }
): RecordSchema {
  return {
    type: 'record',
    name: `${parts.name}Change`,
    namespace: avro.namespace,
    doc: `A change of ${avro.name}, in Debezium's envelope.`,
    fields: [
      { name: 'before', type: ['null', parts.before], default: null },
      { name: 'after', type: ['null', parts.after], default: null },
      { name: 'source', type: sourceSchema },
      { name: 'op', type: opSchema },
      { name: 'ts_ms', type: 'long', doc: 'When Courant saw it.' },
      ...(parts.more ?? [])
    ]
  }
}

/** The fields of ChangeSource. */
export const sourceFields: readonly AvroField[] = [
  { name: 'version', type: 'string' },
  { name: 'connector', type: 'string' },
  { name: 'name', type: 'string' },
  { name: 'db', type: 'string' },
  { name: 'table', type: 'string' },
  { name: 'snapshot', type: 'string' },
  { name: 'ts_ms', type: 'long' },
  { name: 'ts_us', type: 'long', doc: 'When the change happened at the source.' },
  { name: 'row_version', type: 'long', doc: "Orders a key's changes." },
  { name: 'row_hash', type: 'long', doc: "52 bits of the row's hash." }
]

const sourceSchema: AvroSchema = {
  type: 'record',
  name: 'ChangeSource',
  namespace: 'courant',
  doc: 'Where a change comes from.',
  fields: sourceFields
}

/** Created, updated, deleted, or read by a snapshot. */
export const opSchema: AvroSchema = {
  type: 'enum',
  name: 'Op',
  namespace: 'courant',
  symbols: ['c', 'u', 'd', 'r']
}
