import type { Micros, Op, RawRow } from './change.ts'
import { opSchema, type RecordSchema, rawRowSchema } from './envelope.ts'
import type { Table } from './table.ts'

/** A row that is well formed but not sensible, as it lies in a `.rejects` topic: why, where it came from, and the row. */
export interface Reject {
  /** A short code such as `email_invalid`. */
  readonly reason: string
  readonly field: string
  readonly key: string
  readonly topic: string
  readonly partition: number
  readonly offset: number
  readonly row_version: number
  readonly row_hash: number
  /** When the change happened at the source. */
  readonly at_us: Micros
  readonly op: Op
  readonly after: RawRow | null
  /** Of every column that is not right, the first one's included; empty in rejects of earlier versions. */
  readonly reasons: readonly string[]
}

/** The Avro schema of a table's rejects; the row keeps its marks of personal data. */
export function rejectSchema(table: Table): RecordSchema {
  return {
    type: 'record',
    name: `${table.avro.name}Reject`,
    namespace: table.avro.namespace,
    doc: `A row of ${table.avro.name} that was set aside, and why.`,
    fields: [
      { name: 'reason', type: 'string' },
      { name: 'field', type: 'string' },
      { name: 'key', type: 'string' },
      { name: 'topic', type: 'string' },
      { name: 'partition', type: 'int' },
      { name: 'offset', type: 'long' },
      { name: 'row_version', type: 'long' },
      { name: 'row_hash', type: 'long' },
      { name: 'at_us', type: 'long', doc: 'When the change happened at the source.' },
      { name: 'op', type: opSchema },
      { name: 'after', type: ['null', rawRowSchema(table)], default: null },
      {
        name: 'reasons',
        type: { type: 'array', items: 'string' },
        default: [],
        doc: 'Of every column that is not right.'
      }
    ]
  }
}
