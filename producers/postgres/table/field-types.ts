import type { AvroSchema } from '../../../schemas/table.ts'

/** A type as PostgreSQL's catalogue has it, domains resolved to what they are made of. */
export interface CatalogueType {
  readonly name: string
  /** pg_type.typtype: b base, e enum, c composite, r range, m multirange. */
  readonly sort: string
  /** What precision and the like are coded in; -1 where there is none. */
  readonly modifier: number
  /** As many dimensions as the column was declared with; 0 of what is no array. */
  readonly dimensions: number
  /** Of an array its elements, of a range and a multirange their bounds. */
  readonly of?: CatalogueType
}

/** How a field is written, and what to know of the choice. */
export interface FieldType {
  readonly avro: AvroSchema
  readonly note?: string
}

/** Where a field is and what it is for. */
export interface FieldPlace {
  /** For the names of records, such as `LoanPeriod`. */
  readonly recordName: string
  readonly isKey: boolean
  /** Whether changes may be found by it. */
  readonly isCursor: boolean
}

const logical = (type: string, logicalType: string): AvroSchema => ({ type, logicalType })

const instant = logical('long', 'timestamp-micros')

const exact: Readonly<Record<string, AvroSchema>> = {
  int2: 'int',
  int4: 'int',
  int8: 'long',
  oid: 'long',
  float4: 'double',
  float8: 'double',
  bool: 'boolean',
  uuid: logical('string', 'uuid'),
  date: logical('int', 'date'),
  time: logical('long', 'time-micros'),
  timestamp: logical('long', 'local-timestamp-micros'),
  timestamptz: instant
}

/** Types whose values are no single thing that a row could be told by. */
const exactOfFields: Readonly<Record<string, AvroSchema>> = {
  json: logical('string', 'json'),
  jsonb: logical('string', 'json'),
  interval: logical('string', 'interval')
}

const printed = new Set(['text', 'varchar', 'bpchar', 'name', 'citext', 'char'])

const asPrinted: FieldType = { avro: 'string', note: 'is the text that PostgreSQL prints' }

/** The field's type for PostgreSQL's; what has none of its own is the text that the server prints, which is exact. */
export function fieldType(type: CatalogueType, place: FieldPlace): FieldType {
  if (type.name === 'timestamp' && place.isCursor)
    return {
      avro: instant,
      note: 'has no time zone and is read as UTC unless COURANT_POSTGRES_TIME_ZONE says otherwise'
    }
  if (type.dimensions > 0) return arrayType(type, place)
  if (type.sort === 'r' || type.sort === 'm') return place.isKey ? asPrinted : rangeType(type, place)
  return singleType(type, place)
}

function singleType({ name, sort, modifier }: CatalogueType, { isKey }: FieldPlace): FieldType {
  if (name === 'numeric') return numericType(modifier)
  const avro = exact[name] ?? (isKey ? undefined : exactOfFields[name])
  if (avro !== undefined) return { avro }
  return printed.has(name) || sort === 'e' ? { avro: 'string' } : asPrinted
}

/** Elements of box are parted by another sign than all others. */
const otherDelimiters = new Set(['box'])

function arrayType({ dimensions, of }: CatalogueType, place: FieldPlace): FieldType {
  // Of a domain over arrays, elements are printed as texts of their own.
  if (!of || place.isKey || of.dimensions > 0 || otherDelimiters.has(of.name)) return asPrinted
  const { avro, note } = fieldType(of, { ...place, isCursor: false })
  const one: AvroSchema = { type: 'array', items: ['null', avro] }
  const nested = Array.from({ length: dimensions - 1 }).reduce<AvroSchema>(
    (items) => ({ type: 'array', items }),
    one
  )
  const depth = dimensions === 1 ? 'one dimension' : `${dimensions} dimensions`
  return {
    avro: nested,
    note: `has arrays of ${depth}; a row with another is rejected, as is one that counts from another number than 1: declare it "string" to have such${note ? `. An element ${note}` : ''}`
  }
}

function rangeType({ sort, of }: CatalogueType, place: FieldPlace): FieldType {
  const bound = of ? singleType(of, { ...place, isKey: false }) : asPrinted
  const range: AvroSchema = {
    type: 'record',
    name: place.recordName,
    logicalType: 'range',
    fields: [
      { name: 'lower', type: ['null', bound.avro], default: null },
      { name: 'upper', type: ['null', bound.avro], default: null },
      { name: 'lower_inclusive', type: 'boolean' },
      { name: 'upper_inclusive', type: 'boolean' },
      { name: 'empty', type: 'boolean' }
    ]
  }
  const note = bound.note && { note: `is a range of which a bound ${bound.note}` }
  return { avro: sort === 'm' ? { type: 'array', items: range } : range, ...note }
}

/** numeric(p, s) has its modifier as p and s in 16 bits each, after a header of four. */
function numericType(modifier: number): FieldType {
  if (modifier < 4)
    return {
      avro: 'string',
      note: 'has no precision, so it is kept as exact text; name precision and scale to compute with it'
    }
  const precision = ((modifier - 4) >> 16) & 0xffff
  const scale = (((modifier - 4) & 0x7ff) ^ 1024) - 1024
  if (precision <= 38 && scale >= 0 && scale <= precision)
    return { avro: { type: 'bytes', logicalType: 'decimal', precision, scale } }
  return { avro: 'string', note: 'has more digits than a decimal may have (38), so it is kept as exact text' }
}
