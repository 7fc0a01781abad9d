import { types } from 'cassandra-driver'

/** How values of a CQL type become the text of a raw row, and become a query's parameter again. */
export interface ColumnText {
  readonly toText: (value: unknown) => string
  readonly toParameter: (text: string) => unknown
}

const printed = (value: unknown): string => String(value)
const asText: ColumnText = { toText: printed, toParameter: (text) => text }
const asNumber: ColumnText = { toText: printed, toParameter: Number }
const asBigInt: ColumnText = { toText: printed, toParameter: BigInt }

const columnTexts: Readonly<Record<string, ColumnText>> = {
  ascii: asText,
  text: asText,
  varchar: asText,
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
  timestamp: { toText: (value) => timestampText(value as Date), toParameter: (text) => new Date(text) },
  decimal: { toText: (value) => decimalText(value as types.BigDecimal), toParameter: (text) => text },
  blob: {
    toText: (value) => `0x${(value as Buffer).toString('hex')}`,
    toParameter: (text) => Buffer.from(text.slice(2), 'hex')
  }
}

/** Undefined for types that have no plain text: collections, tuples, counters, user-defined types. */
export function columnText(cqlType: string): ColumnText | undefined {
  return columnTexts[cqlType]
}

/** ISO 8601 in UTC with milliseconds. CQL allows times that no calendar of ours reaches. */
function timestampText(value: Date): string {
  return Number.isNaN(value.getTime()) ? 'out-of-range' : value.toISOString()
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
  const bytes = types.BigDecimal.toBuffer(value)
  const scale = bytes.readInt32BE(0)
  const unscaled = BigInt.asIntN((bytes.length - 4) * 8, BigInt(`0x${bytes.toString('hex', 4)}`))
  if (Math.abs(scale) > LONGEST_SCALE) return `${unscaled}E${-scale}`
  if (scale <= 0) return String(unscaled * 10n ** BigInt(-scale))
  const digits = String(unscaled < 0n ? -unscaled : unscaled).padStart(scale + 1, '0')
  const point = digits.length - scale
  return `${unscaled < 0n ? '-' : ''}${digits.slice(0, point)}.${digits.slice(point)}`
}
