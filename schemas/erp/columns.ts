/** What a value of an OpenEdge column is, whatever the driver or a release calls its type. */
export type ErpType = (typeof erpTypes)[number]

/** Every type there is. */
export const erpTypes = [
  'text',
  'integer',
  'bigint',
  'decimal',
  'double',
  'bit',
  'date',
  'time',
  'timestamp',
  'timestamptz',
  'binary'
] as const

/** A column as the source's catalogue has it (sysprogress.syscolumns_full), an array still as one column. */
export interface SourceColumn {
  readonly name: string
  /** The catalogue's own word, such as `varchar` or `timestamp_timezone`. */
  readonly sqlType: string
  readonly type: ErpType
  /** Characters of text, digits of a decimal; null where the catalogue says nothing. */
  readonly width: number | null
  readonly scale: number | null
  readonly isNullable: boolean
  /** Elements of an array ("extent"); 0 for a single value. */
  readonly extent: number
  readonly ordinal: number
}

/**
 * A column of a run's rows: what a row's text under `sqlName` is. Texts are the source's own: `integer`, `bigint` and
 * `decimal` in plain digits with a point, `bit` 0 or 1, `date` YYYY-MM-DD, `timestamp` YYYY-MM-DD HH:MM:SS with any
 * fraction, `timestamptz` the same with an offset, `binary` in lower-case hexadecimal; null is the unknown value.
 */
export interface RunColumn {
  readonly sqlName: string
  readonly sourceName: string
  readonly type: ErpType
  /** As declared; OpenEdge may hold longer text than that until its SQL widths are corrected. */
  readonly width: number | null
  readonly scale: number | null
  /** Which element of an array this is, from 1; null for a single value. */
  readonly element: number | null
}

// OpenEdge Data Management: SQL Reference, "Data types"; and what PostgreSQL's catalogue calls the same.
const typesByWord: Readonly<Record<string, ErpType>> = {
  char: 'text',
  character: 'text',
  varchar: 'text',
  'character varying': 'text',
  lvarchar: 'text',
  clob: 'text',
  text: 'text',
  tinyint: 'integer',
  smallint: 'integer',
  integer: 'integer',
  bigint: 'bigint',
  decimal: 'decimal',
  numeric: 'decimal',
  real: 'double',
  float: 'double',
  double: 'double',
  'double precision': 'double',
  bit: 'bit',
  boolean: 'bit',
  date: 'date',
  time: 'time',
  timestamp: 'timestamp',
  'timestamp without time zone': 'timestamp',
  timestamp_timezone: 'timestamptz',
  'timestamp with time zone': 'timestamptz',
  binary: 'binary',
  varbinary: 'binary',
  lvarbinary: 'binary',
  blob: 'binary',
  bytea: 'binary'
}

/** The type behind a catalogue's word; null for a word we do not know. */
export const erpTypeOf = (word: string): ErpType | null => typesByWord[word.trim().toLowerCase()] ?? null
