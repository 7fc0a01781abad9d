import { readFileSync } from 'node:fs'
import { CourantError } from '../runtime/errors.ts'
import { checkTable, type sources } from './check-table.ts'
import { type CleanAttribute, type Span, spanOf } from './clean-attribute.ts'
import { type ColumnKind, kindOf } from './column-kinds.ts'
import { declaredPartitions } from './partitions.ts'

/** An Avro schema as JSON; only what we look at is typed. */
export type AvroSchema =
  | string
  | readonly AvroSchema[]
  | { readonly type: unknown; readonly [name: string]: unknown }

type Source = (typeof sources)[number]

export type { ColumnKind } from './column-kinds.ts'

export interface Column {
  readonly name: string
  /** The type a clean record has; a raw record has text. */
  readonly type: ColumnKind
  readonly nullable: boolean
  /** Marks personal data and says of what sort (`name`, `email`, `text` …); null when there is none. */
  readonly pii: string | null
  /** Whether somebody looked at a name such as `commit_hash` and found that the column is no secret. */
  readonly isNoSecret?: boolean
  /** Whether blanks at the ends of a value are no part of it, and text is composed (NFC). */
  readonly isTidy?: boolean
  /** Whether text with nothing in it is missing; it is a value of its own otherwise. */
  readonly isBlankMissing?: boolean
  /** What dates and instants a row may have; `exactSpan` or any date when there is none. */
  readonly span?: Span
  /** Whether `infinity` and what lies beyond `exactSpan` say that there is no end, which is null. */
  readonly isOpenEnded?: boolean
  /** The column of whose text this is another version; it is none at the source. */
  readonly of?: string
  /** Whether `-infinity`, years BC and the year 1 say that there is no start, which is null. */
  readonly hasNoStart?: boolean
}

/**
 * A table of a system of record. Its .avsc file is the one place where its shape is written: the fields are the
 * columns that may leave the source (an allow-list), the `courant` attribute says where it lives and how it is read.
 * `Row` is the generated type of a clean record.
 */
export interface Table<Row = unknown> {
  readonly domain: string
  readonly name: string
  readonly source: Source
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
    readonly source: Source
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
  /** How its values are cleaned; no part of the published schema. */
  readonly clean?: CleanAttribute
  /** Lets a column leave the source whose name only looks like a secret's; no part of the published schema. */
  readonly secret?: boolean
}

/** Reads schemas/<domain>/<name>.avsc; throws SCHEMA_INVALID with all that is wrong with it. */
export function table<Row>(domain: string, name: string): Table<Row> {
  const file = `schemas/${domain}/${name}.avsc`
  return parseTable(file, readAvro(file))
}

/** The table that the content of a file describes. */
export function parseTable<Row>(file: string, avro: AvroRecord): Table<Row> {
  checkTable(file, avro)
  const [domain = '', name = ''] = file.split('/').slice(-2)
  const { source, table: sourceTable, key, cursor } = avro.courant
  const partitions = declaredPartitions(avro.courant, file)
  const columns = avro.fields.map((field) => columnOf(field))
  return {
    domain,
    name: name.replace('.avsc', ''),
    source,
    sourceTable,
    key,
    cursor,
    ...partitions,
    avro,
    columns
  }
}

function readAvro(file: string): AvroRecord {
  try {
    return JSON.parse(readFileSync(new URL(`../${file}`, import.meta.url), 'utf8')) as AvroRecord
  } catch (error) {
    const why = error instanceof SyntaxError ? `is no JSON: ${error.message}` : 'is not there'
    throw new CourantError('SCHEMA_INVALID', `${file}, which schemas/tables.ts names, ${why}`, {
      cause: error
    })
  }
}

function columnOf({ name, type: written, pii, clean = {}, secret }: AvroField): Column {
  const nullable = Array.isArray(written)
  // checkTable has let only known types through.
  const type = kindOf(nullable ? written[1] : written) as ColumnKind
  const isTidy = clean.text === 'tidy'
  const isBlankMissing = clean.blank === undefined ? isTidy && nullable : clean.blank !== 'keep'
  const span = spanOf(clean, type.kind)
  return {
    name,
    type,
    nullable,
    pii: pii ?? null,
    ...(secret === false && { isNoSecret: true }),
    ...(isTidy && { isTidy }),
    ...(isBlankMissing && { isBlankMissing }),
    ...(span && { span }),
    ...markedBy(clean)
  }
}

const markedBy = ({ noEnd, noStart, of }: CleanAttribute): Partial<Column> => ({
  ...(noEnd && { isOpenEnded: true }),
  ...(noStart && { hasNoStart: true }),
  ...(of !== undefined && { of })
})

/** The columns that a table has at its source: all but other versions of one. */
export const sourceColumns = ({ columns }: Pick<Table, 'columns'>): readonly Column[] =>
  columns.filter(({ of }) => of === undefined)
