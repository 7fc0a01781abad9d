import type { types } from 'cassandra-driver'
import { driver } from './driver.ts'
import { CqlMap } from './cql-map.ts'
import { cqlType } from './cql-type.ts'
import { UnreadValue, unreadPrefix } from './exact-decoding.ts'

/** How values of a CQL type become the text of a raw row, and become a query's parameter again. */
export interface ColumnText {
  readonly toText: (value: unknown) => string
  readonly toParameter: (text: string) => unknown
  /** How a column is asked for, where the driver would make something inexact of it. */
  readonly select?: (column: string) => string
  /** What was asked for so as a value, null of none. */
  readonly read?: (selected: unknown) => unknown
}

const printed = (value: unknown): string => String(value)
const asText: ColumnText = { toText: printed, toParameter: (text) => text }
const asNumber: ColumnText = { toText: printed, toParameter: Number }
const asBigInt: ColumnText = { toText: printed, toParameter: BigInt }

/** Of these each text is a value, and the driver reads all of them. */
const anyTexts: Readonly<Record<string, ColumnText>> = { ascii: asText, text: asText, varchar: asText }

const columnTexts: Readonly<Record<string, ColumnText>> = {
  uuid: asText,
  timeuuid: asText,
  inet: asText,
  date: asText,
  time: asText,
  tinyint: asNumber,
  smallint: asNumber,
  int: asNumber,
  bigint: asBigInt,
  // As a parameter the driver takes a text, and no BigInt.
  varint: asText,
  double: { toText: (value) => numberText(value as number), toParameter: Number },
  float: { toText: (value) => floatText(value as number), toParameter: Number },
  boolean: { toText: printed, toParameter: (text) => text === 'true' },
  timestamp: {
    toText: (value) => timestampText(typeof value === 'bigint' ? value : (value as Date).getTime()),
    toParameter: (text) => (text.endsWith('ms') ? BigInt(text.slice(0, -2)) : new Date(text)),
    // The driver has dates for them, which end long before 64 bits of milliseconds do.
    select: (column) => `timestampAsBlob(${column})`,
    read: (bytes) =>
      bytes !== null && (bytes as Buffer).length === 8 ? (bytes as Buffer).readBigInt64BE() : null
  },
  duration: { toText: (value) => durationText(value as types.Duration), toParameter: (text) => text },
  decimal: { toText: (value) => decimalText(value as types.BigDecimal), toParameter: (text) => text },
  blob: {
    toText: (value) => `0x${(value as Buffer).toString('hex')}`,
    toParameter: (text) => Buffer.from(text.slice(2), 'hex')
  }
}

/** Undefined for types that have no plain text: tuples, counters, user-defined types. */
export function columnText(type: string): ColumnText | undefined {
  const { name, inner } = cqlType(type)
  const [first, second] = inner.map(treeText)
  if (name === 'map' && first && second) return asJson(mapText(first, second))
  if (['list', 'set', 'vector'].includes(name) && first) return asJson(listText(first))
  return inner.length === 0 ? plainText(name) : undefined
}

/** Of a value that the driver could not read its bytes, which go back to the server as they are. */
function plainText(name: string): ColumnText | undefined {
  const text = columnTexts[name]
  return anyTexts[name] ?? (text && withUnread(text))
}

const withUnread = ({ toText, toParameter, ...more }: ColumnText): ColumnText => ({
  ...more,
  toText: (value) => (value instanceof UnreadValue ? String(value) : toText(value)),
  toParameter: (text) =>
    text.startsWith(unreadPrefix) ? Buffer.from(text.slice(unreadPrefix.length), 'hex') : toParameter(text)
})

/** The same of a value within a collection: as text, or as a list of such. */
interface TreeText {
  readonly toTree: (value: unknown) => unknown
  readonly fromTree: (tree: unknown) => unknown
}

function treeText(type: string): TreeText | undefined {
  const { name, inner } = cqlType(type)
  const [first, second] = inner.map(treeText)
  if (name === 'map' && first && second) return mapText(first, second)
  if (['list', 'set', 'vector'].includes(name) && first) return listText(first)
  const text = inner.length === 0 ? plainText(name) : undefined
  return (
    text && { toTree: (value) => text.toText(value), fromTree: (tree) => text.toParameter(tree as string) }
  )
}

/** The driver gives null for a value of no bytes where the type has none such. */
const listText = ({ toTree, fromTree }: TreeText): TreeText => ({
  toTree: (value) =>
    value instanceof UnreadValue
      ? String(value)
      : Array.from(value as Iterable<unknown>, (one) => (one === null ? null : toTree(one))),
  fromTree: (tree) => (tree as unknown[]).map(fromTree)
})

const mapText = (key: TreeText, value: TreeText): TreeText => ({
  toTree: (map) =>
    Array.from(map as CqlMap, ([k, v]) => [
      k === null ? null : key.toTree(k),
      v === null ? null : value.toTree(v)
    ]),
  fromTree: (tree) =>
    new CqlMap((tree as [unknown, unknown][]).map(([k, v]) => [key.fromTree(k), value.fromTree(v)]))
})

/** Collections are JSON, with a text for each value in them; maps are lists of key and value. */
const asJson = ({ toTree, fromTree }: TreeText): ColumnText => ({
  toText: (value) => JSON.stringify(toTree(value)),
  toParameter: (text) => fromTree(JSON.parse(text))
})

/** As far as ECMAScript's dates go, in milliseconds. */
const mostMs = 8_640_000_000_000_000

/** ISO 8601 in UTC with milliseconds; what no calendar of ours reaches is a count of them, so that no two have one text. */
function timestampText(ms: bigint | number): string {
  const number = Number(ms)
  return number >= -mostMs && number <= mostMs ? new Date(number).toISOString() : `${ms}ms`
}

/** ISO 8601 with a sign before each number; the three parts stay apart. */
function durationText(value: types.Duration): string {
  const { months, days, nanoseconds } = value as unknown as {
    months: number
    days: number
    nanoseconds: { toString(): string }
  }
  const nanos = BigInt(nanoseconds.toString())
  const size = nanos < 0n ? -nanos : nanos
  const fraction = String(size % 1_000_000_000n)
    .padStart(9, '0')
    .replace(/0+$/, '')
  return `P${months}M${days}DT${nanos < 0n ? '-' : ''}${size / 1_000_000_000n}${fraction === '' ? '' : `.${fraction}`}S`
}

/** JavaScript prints -0 as 0, and they are two keys. */
const numberText = (value: number): string => (Object.is(value, -0) ? '-0' : String(value))

/** The shortest text that is the same 32-bit float again. */
function floatText(value: number): string {
  for (let digits = 6; digits < 9; digits += 1) {
    const short = Number(value.toPrecision(digits))
    if (Math.fround(short) === value && value !== 0) return String(short)
  }
  return numberText(value)
}

const LONGEST_SCALE = 1000

/**
 * Exact and without exponent. The driver's own toString loses the zeros of a negative scale. A scale that would make
 * the text absurdly long, which any writer may send, keeps its exponent.
 */
function decimalText(value: types.BigDecimal): string {
  const bytes = driver.types.BigDecimal.toBuffer(value)
  const scale = bytes.readInt32BE(0)
  const unscaled = BigInt.asIntN((bytes.length - 4) * 8, BigInt(`0x${bytes.toString('hex', 4)}`))
  if (Math.abs(scale) > LONGEST_SCALE) return `${unscaled}E${-scale}`
  if (scale <= 0) return String(unscaled * 10n ** BigInt(-scale))
  const digits = String(unscaled < 0n ? -unscaled : unscaled).padStart(scale + 1, '0')
  const point = digits.length - scale
  return `${unscaled < 0n ? '-' : ''}${digits.slice(0, point)}.${digits.slice(point)}`
}
