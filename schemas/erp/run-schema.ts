import type { Type } from 'avsc'
import { sourceFields, type RecordSchema } from '../envelope.ts'
import type { AvroField } from '../table.ts'

/** The topic of a table's changes; letters are folded, as OpenEdge folds them, and what Kafka refuses becomes `_`. */
export const erpTopicName = (table: string) =>
  `erp.${table.toLowerCase().replaceAll(/[^a-z0-9_-]/g, '_')}.changes`

const nullableText: AvroField['type'] = ['null', 'string']

/** The schema of a table's rows. Every column is nullable text with default null, so that any set reads any other. */
export function rowSchema(table: string, columns: readonly string[]): RecordSchema {
  return {
    type: 'record',
    name: `${recordName(table)}Row`,
    namespace: 'erp',
    doc: `A row of ${table} as the source prints it.`,
    fields: columns.map((column): AvroField => ({ name: column, type: nullableText, default: null }))
  }
}

/** The schema of a table's changes, made from the names of its columns. */
export function runSchema(table: string, columns: readonly string[]): RecordSchema {
  const name = recordName(table)
  const row = rowSchema(table, columns)
  return {
    type: 'record',
    name: `${name}Change`,
    namespace: 'erp',
    doc: `A change of ${table} in Debezium's envelope, or the start or end of a run.`,
    fields: [
      { name: 'before', type: ['null', row], default: null },
      { name: 'after', type: ['null', row.name], default: null },
      { name: 'source', type: sourceSchema },
      { name: 'op', type: { type: 'enum', name: 'RunOp', namespace: 'erp', symbols: ['r', 'u', 'd', 'm'] } },
      { name: 'ts_ms', type: 'long', doc: 'When Courant saw it.' },
      { name: 'marker', type: ['null', markerSchema], default: null }
    ]
  }
}

/** The column names of a version of a table's schema, as the registry has it. */
export function rowFields(version: Type): string[] {
  const { fields } = version.schema() as unknown as RecordSchema
  const before = fields.find((field) => field.name === 'before')?.type as readonly unknown[]
  const row = before.find((branch) => branch !== 'null') as RecordSchema
  return row.fields.map((field) => field.name)
}

const sourceSchema = {
  type: 'record',
  name: 'RunSource',
  namespace: 'erp',
  doc: 'Where a change comes from.',
  fields: [...sourceFields, { name: 'run_id', type: 'string' }, { name: 'mode', type: 'string' }]
} as const

const markerSchema = {
  type: 'record',
  name: 'RunMarker',
  namespace: 'erp',
  doc: 'The start or end of a run.',
  fields: [
    { name: 'kind', type: 'string' },
    { name: 'run_id', type: 'string' },
    { name: 'mode', type: 'string' },
    { name: 'rows', type: 'long' },
    { name: 'is_complete', type: 'boolean' },
    { name: 'columns', type: 'string', doc: 'JSON: name, type and width of each column.' },
    { name: 'key_columns', type: { type: 'array', items: 'string' } },
    { name: 'keep_history', type: 'boolean' },
    { name: 'window_from', type: nullableText, default: null },
    { name: 'window_to', type: 'string' },
    { name: 'run_version', type: 'long' },
    { name: 'shape', type: nullableText, default: null, doc: 'What was read of each row.' }
  ]
} as const

/** `hist-prix` as HistPrix: a name that Avro accepts. */
const recordName = (table: string) =>
  table
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('')
