/** What a column, or a value within one, holds. */
export type ColumnKind =
  | { readonly kind: PlainKind }
  | { readonly kind: 'decimal'; readonly precision: number; readonly scale: number }
  | { readonly kind: 'array'; readonly items: ItemKind }
  | { readonly kind: 'map'; readonly key: ColumnKind; readonly value: ItemKind }
  | { readonly kind: 'range'; readonly bound: ColumnKind }

/** Kinds that are told by their name alone. */
export type PlainKind = (typeof plainKinds)[number] | (typeof logicalKinds)[keyof typeof logicalKinds]

/** What is in an array or a map, and whether it may be null. */
export interface ItemKind {
  readonly type: ColumnKind
  readonly nullable: boolean
}

/** Kinds that Avro has without a logical type. */
export const plainKinds = ['string', 'boolean', 'int', 'long', 'double'] as const

const logicalKinds = {
  'string uuid': 'uuid',
  'string json': 'json',
  'string interval': 'interval',
  'int date': 'date',
  'long timestamp-micros': 'timestamp',
  'long local-timestamp-micros': 'local-timestamp',
  'long time-micros': 'time'
} as const satisfies Readonly<Record<string, string>>

/** Days and instants, which may have a span. */
export const isTimeKind = (kind: ColumnKind['kind']): boolean =>
  kind === 'date' || kind === 'timestamp' || kind === 'local-timestamp'

/** Kinds whose values are no single thing that rows could be told apart by. */
export const isKeyKind = (kind: ColumnKind['kind']): boolean =>
  !['array', 'map', 'range', 'json', 'interval'].includes(kind)

/** What is said to whoever names a type that a column cannot have. */
export const allowedTypes =
  '"string", "boolean", "int", "long", "double", or {"type", "logicalType"} of string uuid, json or interval, int date, ' +
  'long timestamp-micros, local-timestamp-micros or time-micros, bytes decimal with precision (up to 38) and scale, ' +
  'arrays, maps and ranges of these (docs/types.md); a nullable one is ["null", type]'

/** Why a type that people try is not among them. */
const instead: Readonly<Record<string, string>> = {
  float: 'take "double"',
  'timestamp-millis': 'take timestamp-micros: cleaning makes microseconds of any text',
  'local-timestamp-millis': 'take local-timestamp-micros',
  'time-millis': 'take time-micros',
  duration:
    'take {"type": "string", "logicalType": "interval"}: Avro\'s own has neither signs nor microseconds',
  enum: 'take "string"',
  bytes: 'take "string": it has the text that the source prints'
}

/** What to take instead of a type, or null where nothing is known. */
export function insteadOf(type: unknown): string | null {
  const { type: base, logicalType } = objectOf(type)
  return instead[String(logicalType ?? base)] ?? null
}

/** As many digits as a decimal of the lake can have. */
const maxPrecision = 38

/** As deep as arrays may nest; PostgreSQL's have six dimensions at most. */
const maxDepth = 8

/** What a column of an Avro type holds; null of a type that none can have. */
export function kindOf(type: unknown, depth = 0): ColumnKind | null {
  const avro = objectOf(type)
  if (depth > maxDepth) return null
  if (avro['type'] === 'array') return arrayKind(avro, depth)
  if (avro['type'] === 'record') return rangeKind(avro, depth)
  if (avro['type'] === 'bytes' && avro['logicalType'] === 'decimal') return decimalKind(avro)
  return plainKind(avro)
}

function plainKind({ type, logicalType }: Attributes): ColumnKind | null {
  if (logicalType === undefined) {
    const kind = plainKinds.find((name) => name === type)
    return kind === undefined ? null : { kind }
  }
  const kind = Object.entries(logicalKinds).find(([name]) => name === [type, logicalType].join(' '))
  return kind ? { kind: kind[1] } : null
}

function decimalKind({ precision, scale = 0 }: Attributes): ColumnKind | null {
  const isRight = isWholeFrom(1, precision, maxPrecision) && isWholeFrom(0, scale, Number(precision))
  return isRight ? { kind: 'decimal', precision: Number(precision), scale: Number(scale) } : null
}

/** An array; with the logical type `map`, as Iceberg has it, of records of key and value. */
function arrayKind({ items, logicalType }: Attributes, depth: number): ColumnKind | null {
  if (logicalType === 'map') return mapKind(objectOf(items), depth)
  const item = logicalType === undefined ? itemKind(items, depth) : null
  return item && { kind: 'array', items: item }
}

function mapKind(entry: Attributes, depth: number): ColumnKind | null {
  const [key, value, ...more] = fieldsOf(entry)
  if (key?.name !== 'key' || value?.name !== 'value' || more.length > 0) return null
  const [keyKind, kind] = [kindOf(key.type, depth + 1), itemKind(value.type, depth)]
  return keyKind && isKeyKind(keyKind.kind) && kind ? { kind: 'map', key: keyKind, value: kind } : null
}

function itemKind(type: unknown, depth: number): ItemKind | null {
  const nullable = Array.isArray(type) && type.length === 2 && type[0] === 'null'
  const kind = kindOf(nullable ? type[1] : type, depth + 1)
  return kind && { type: kind, nullable }
}

/** The fields that the record of a range has, the types of its two bounds apart. */
export const rangeFlags = ['lower_inclusive', 'upper_inclusive', 'empty'] as const

function rangeKind(record: Attributes, depth: number): ColumnKind | null {
  const fields = fieldsOf(record)
  const names = fields.map(({ name }) => name).join()
  if (record['logicalType'] !== 'range' || names !== ['lower', 'upper', ...rangeFlags].join()) return null
  const [lower, upper] = fields.map(({ type }) => itemKind(type, depth))
  const hasFlags = fields.slice(2).every(({ type }) => type === 'boolean')
  const isSame = JSON.stringify(lower) === JSON.stringify(upper)
  return hasFlags && isSame && lower?.nullable ? { kind: 'range', bound: lower.type } : null
}

type Attributes = Readonly<Record<string, unknown>>

const fieldsOf = ({ fields }: Attributes): readonly { name?: unknown; type?: unknown }[] =>
  Array.isArray(fields) ? (fields as { name?: unknown; type?: unknown }[]) : []

const objectOf = (type: unknown): Attributes =>
  typeof type === 'object' && type !== null ? { ...type } : { type }

const isWholeFrom = (least: number, value: unknown, most: number) =>
  Number.isInteger(value) && Number(value) >= least && Number(value) <= most
