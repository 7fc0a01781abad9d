import { isLong } from '../../schemas/avro-long.ts'
import type { ColumnKind, ItemKind } from '../../schemas/column-kinds.ts'
import { rangeFlags } from '../../schemas/column-kinds.ts'
import { decimalBytes } from '../../schemas/decimal.ts'
import { isExactJson } from '../../schemas/exact-json.ts'
import { intervalParts } from '../../schemas/interval.ts'

const dayMicros = 86_400_000_000

/** How a view shows a column: SQL that makes it of what the files have, and the type it is then. */
export interface Shown {
  readonly type: string
  readonly of: (column: string) => string
}

/** Adding would make 00:00:00 of the midnight that ends a day. */
export const shownTime: Shown = {
  type: 'TIME',
  of: (column) =>
    `CASE WHEN ${column} = ${dayMicros} THEN TIME '24:00:00' ELSE TIME '00:00:00' + to_microseconds(${column}) END`
}

const shownInterval: Shown = {
  type: 'INTERVAL',
  of: (column) =>
    `(to_months(${column}.months) + to_days(${column}.days) + to_microseconds(${column}.micros))`
}

/** How a view shows a value of a kind; null where it shows what is in the files. */
export function shownOf(type: ColumnKind, depth = 0): Shown | null {
  if (type.kind === 'time') return shownTime
  if (type.kind === 'interval') return shownInterval
  const one = `one_${depth}`
  if (type.kind === 'map') return shownMap(type, one, depth)
  const items = type.kind === 'array' ? shownOf(type.items.type, depth + 1) : null
  return items && { type: `${items.type}[]`, of: (column) => `[${items.of(one)} FOR ${one} IN ${column}]` }
}

function shownMap(type: Extract<ColumnKind, { kind: 'map' }>, one: string, depth: number): Shown | null {
  const [key, value] = [shownOf(type.key, depth + 1), shownOf(type.value.type, depth + 1)]
  if (!key && !value) return null
  const part = (shown: Shown | null, of: string) => shown?.of(of) ?? of
  const entry = `{'key': ${part(key, `${one}.key`)}, 'value': ${part(value, `${one}.value`)}}`
  return {
    type: `MAP(${key?.type ?? sqlTypeOf(type.key)}, ${value?.type ?? sqlTypeOf(type.value.type)})`,
    of: (column) =>
      `CASE WHEN ${column} IS NOT NULL THEN map_from_entries([${entry} FOR ${one} IN map_entries(${column})]) END`
  }
}

const flat = {
  string: 'VARCHAR',
  uuid: 'VARCHAR',
  time: 'BIGINT',
  json: 'JSON',
  boolean: 'BOOLEAN',
  int: 'INTEGER',
  long: 'BIGINT',
  double: 'DOUBLE',
  date: 'DATE',
  timestamp: 'TIMESTAMP WITH TIME ZONE',
  'local-timestamp': 'TIMESTAMP',
  interval: 'STRUCT(months INTEGER, days INTEGER, micros BIGINT)'
} as const

/** DuckDB's name of the type that a kind has in Silver's files. */
export function sqlTypeOf(type: ColumnKind): string {
  if (type.kind === 'decimal') return `DECIMAL(${type.precision},${type.scale})`
  if (type.kind === 'array') return `${sqlTypeOf(type.items.type)}[]`
  if (type.kind === 'map') return `MAP(${sqlTypeOf(type.key)}, ${sqlTypeOf(type.value.type)})`
  if (type.kind !== 'range') return flat[type.kind]
  const bound = sqlTypeOf(type.bound)
  const flags = rangeFlags.map((name) => `${name} BOOLEAN`)
  return `STRUCT(lower ${bound}, upper ${bound}, ${flags.join(', ')})`
}

/** The same type with a text in place of each number, instant and flag. */
export function textTypeOf(type: ColumnKind): string {
  if (type.kind === 'array') return `${textTypeOf(type.items.type)}[]`
  if (type.kind === 'map') return `MAP(VARCHAR, ${textTypeOf(type.value.type)})`
  if (type.kind === 'interval') return 'STRUCT(months VARCHAR, days VARCHAR, micros VARCHAR)'
  if (type.kind !== 'range') return 'VARCHAR'
  const bound = textTypeOf(type.bound)
  const flags = rangeFlags.map((name) => `${name} VARCHAR`)
  return `STRUCT(lower ${bound}, upper ${bound}, ${flags.join(', ')})`
}

type Fields = Readonly<Record<string, unknown>>

/** A value as JSON that has such texts; written by hand, since an object would put its keys in another order. */
export function textsOf(value: unknown, type: ColumnKind): string {
  if (value === null || value === undefined) return 'null'
  if (type.kind === 'array')
    return `[${(value as readonly unknown[]).map((one) => textsOf(one, type.items.type)).join(',')}]`
  if (type.kind === 'map')
    return `{${(value as readonly Fields[])
      .map((entry) => `${textsOf(entry['key'], type.key)}:${textsOf(entry['value'], type.value.type)}`)
      .join(',')}}`
  if (type.kind === 'range') return rangeTexts(value as Fields, type.bound)
  if (type.kind === 'interval') {
    const { months, days, micros } = intervalParts(value as string) ?? {}
    return `{"months":"${months}","days":"${days}","micros":"${micros}"}`
  }
  return JSON.stringify(leafText(value, type.kind))
}

function rangeTexts(range: Fields, bound: ColumnKind): string {
  const flags = rangeFlags.map((name) => `"${name}":"${String(range[name])}"`)
  return `{"lower":${textsOf(range['lower'], bound)},"upper":${textsOf(range['upper'], bound)},${flags.join(',')}}`
}

function leafText(value: unknown, kind: ColumnKind['kind']): string {
  if (kind === 'timestamp') return `${localText(value as number)}+00`
  if (kind === 'local-timestamp') return localText(value as number)
  return kind === 'date' ? dayText(value as number) : String(value)
}

/** The year before the first is 1 BC to DuckDB. */
function dayText(days: number): string {
  const text = new Date(days * 86_400_000).toISOString().slice(0, 10)
  return text.startsWith('0000') ? `0001${text.slice(4)} (BC)` : text
}

function localText(micros: number): string {
  const days = Math.floor(micros / dayMicros)
  return `${dayText(days)} ${timeText(micros - days * dayMicros)}`
}

/** A time of day, in microseconds since midnight. */
function timeText(micros: number): string {
  const seconds = Math.floor(micros / 1_000_000)
  const two = (part: number) => String(part).padStart(2, '0')
  const clock = [seconds / 3600, (seconds / 60) % 60, seconds % 60]
    .map((part) => two(Math.floor(part)))
    .join(':')
  return `${clock}.${String(micros % 1_000_000).padStart(6, '0')}`
}

/** Microseconds since midnight. */
export const isTimeOfDay = (value: unknown): boolean =>
  Number.isInteger(value) && (value as number) >= 0 && (value as number) <= dayMicros

/** A text that DuckDB takes as JSON. */
export const isJson = (value: unknown): boolean => typeof value === 'string' && isExactJson(value)

const isWhole = (value: unknown) => Number.isSafeInteger(value)
/** The years that a date's text here can have. */
const isDay = (value: unknown) =>
  isWhole(value) && (value as number) >= -719_528 && (value as number) <= 2_932_896
const isInstant = (value: unknown) => isWhole(value) && isDay(Math.floor((value as number) / dayMicros))
const isText = (value: unknown) => typeof value === 'string'

const flatFits: Readonly<Record<keyof typeof flat, (value: unknown) => boolean>> = {
  string: isText,
  uuid: isText,
  time: isTimeOfDay,
  json: isJson,
  boolean: (value) => typeof value === 'boolean',
  int: (value) => isWhole(value) && ((value as number) | 0) === value,
  long: isLong,
  double: (value) => typeof value === 'number',
  date: isDay,
  timestamp: isInstant,
  'local-timestamp': isInstant,
  interval: (value) => isText(value) && intervalParts(value) !== null
}

/** True of a value, not null, that has the shape and the bounds of its kind, and so has all that is in it. */
export function fitsKind(value: unknown, type: ColumnKind): boolean {
  if (type.kind === 'array') return Array.isArray(value) && value.every((one) => itemFits(one, type.items))
  if (type.kind === 'map')
    return (
      Array.isArray(value) &&
      value.every((entry: Fields) => fitsKind(entry['key'], type.key) && itemFits(entry['value'], type.value))
    )
  if (type.kind === 'range') return rangeFits(value as Fields, type.bound)
  if (type.kind === 'decimal')
    return isText(value) && decimalBytes(value, type.precision, type.scale) !== undefined
  return flatFits[type.kind](value)
}

const itemFits = (value: unknown, { type, nullable }: ItemKind): boolean =>
  value === null ? nullable : fitsKind(value, type)

const rangeFits = (range: Fields, bound: ColumnKind): boolean =>
  [range['lower'], range['upper']].every((one) => itemFits(one, { type: bound, nullable: true })) &&
  rangeFlags.every((name) => typeof range[name] === 'boolean')
