import type { ErpType } from '../../../schemas/erp/columns.ts'

// Neither text nor numeric has a length here: PostgreSQL would gain nothing by it, and wider values need no new column.
const types: Readonly<Record<ErpType, string>> = {
  text: 'text',
  integer: 'integer',
  bigint: 'bigint',
  decimal: 'numeric',
  double: 'double precision',
  bit: 'boolean',
  date: 'date',
  time: 'time without time zone',
  timestamp: 'timestamp without time zone',
  timestamptz: 'timestamp with time zone',
  binary: 'bytea'
}

/** The type of a source's column in PostgreSQL, as information_schema writes it. */
export const postgresType = (type: ErpType): string => types[type]

/** Types whose values all fit into the other. */
export const postgresWidens = (from: string, to: string): boolean =>
  to === 'text' ||
  (from === 'integer' && (to === 'bigint' || to === 'numeric')) ||
  (from === 'bigint' && to === 'numeric')

/** A name as PostgreSQL takes it; always lower case, so that it can be written without quotes. */
export const quoted = (name: string): string => `"${name.toLowerCase().replaceAll('"', '""')}"`
