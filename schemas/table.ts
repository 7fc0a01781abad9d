import { readFileSync } from 'node:fs'
import { declaredPartitions } from './partitions.ts'

/** An Avro schema as JSON; only what we look at is typed. */
export type AvroSchema =
  | string
  | readonly AvroSchema[]
  | { readonly type: unknown; readonly [name: string]: unknown }

export type ColumnKind =
  | { readonly kind: 'string' | 'uuid' | 'int' | 'long' | 'double' | 'boolean' | 'timestamp' | 'date' }
  | { readonly kind: 'decimal'; readonly precision: number; readonly scale: number }

export interface Column {
  readonly name: string
  /** The type a clean record has; a raw record has text. */
  readonly type: ColumnKind
  readonly nullable: boolean
  /** Marks personal data and says of what sort (`name`, `email`, `text` …); null when there is none. */
  readonly pii: string | null
}

/**
 * A table of a system of record. Its .avsc file is the one place where its shape is written: the fields are the
 * columns that may leave the source (an allow-list), the `courant` attribute says where it lives and how it is read.
 * `Row` is the generated type of a clean record.
 */
export interface Table<Row = unknown> {
  readonly domain: string
  readonly name: string
  readonly source: string
  readonly sourceTable: string
  /** Primary key columns, in the order of the key. */
  readonly key: readonly string[]
  /** A time column that grows with each change, or null when changes show only by comparison. */
  readonly cursor: string | null
  /** How many partitions its topics are made with; the installation's default when absent. */
  readonly partitions?: number
  readonly columns: readonly Column[]
  readonly avro: AvroRecord
  /** Only for the compiler: the type of a clean row. */
  readonly row?: Row
}

export interface AvroRecord {
  readonly type: 'record'
  readonly name: string
  readonly namespace: string
  readonly doc: string
  readonly courant: {
    readonly source: string
    readonly table: string
    readonly key: readonly string[]
    readonly cursor: string | null
    readonly partitions?: number
  }
  readonly fields: readonly AvroField[]
}

export interface AvroField {
  readonly name: string
  readonly type: AvroSchema
  readonly doc?: string
  readonly pii?: string
  readonly default?: unknown
}

/** Reads schemas/<domain>/<name>.avsc. */
export function table<Row>(domain: string, name: string): Table<Row> {
  const file = new URL(`./${domain}/${name}.avsc`, import.meta.url)
  const avro = JSON.parse(readFileSync(file, 'utf8')) as AvroRecord
  const { source, table: sourceTable, key, cursor } = avro.courant
  const partitions = declaredPartitions(avro.courant, `${domain}/${name}.avsc`)
  const columns = avro.fields.map(columnOf)
  return { domain, name, source, sourceTable, key, cursor, ...partitions, avro, columns }
}

function columnOf(field: AvroField): Column {
  const nullable = Array.isArray(field.type)
  const type = nullable ? (field.type as AvroSchema[]).find((branch) => branch !== 'null') : field.type
  return { name: field.name, type: kindOf(type), nullable, pii: field.pii ?? null }
}

function kindOf(type: unknown): ColumnKind {
  if (typeof type === 'string') return { kind: type as 'string' }
  const { type: base, logicalType, precision, scale } = type as Record<string, unknown>
  if (logicalType === 'decimal')
    return { kind: 'decimal', precision: Number(precision), scale: Number(scale ?? 0) }
  if (logicalType === 'timestamp-micros') return { kind: 'timestamp' }
  if (logicalType === 'uuid' || logicalType === 'date') return { kind: logicalType }
  return { kind: base as 'string' }
}
