import type { ErpType, RunColumn } from '../../schemas/erp/columns.ts'

/** The one text that all texts of an equal value share, or null when the text is not a value of the column's type. */
export type Canonical = (text: string) => string | null

/** How the values of a column are made canonical; what both dialects can hold without rounding, and nothing else. */
export function canonicalOf(column: Pick<RunColumn, 'type' | 'width' | 'scale'>): Canonical {
  if (column.type !== 'decimal') return byType[column.type]
  const { precision, scale } = decimalSize(column)
  return (text) => canonicalDecimal(text, precision, scale)
}

/** Digits of a decimal column, of which `scale` behind the point; 38 is the most that SQL Server has. */
export function decimalSize({ width, scale }: Pick<RunColumn, 'width' | 'scale'>): {
  precision: number
  scale: number
} {
  const precision = Math.min(width ?? 38, 38)
  return { precision, scale: Math.min(scale ?? 10, precision) }
}

const byType: Readonly<Record<Exclude<ErpType, 'decimal'>, Canonical>> = {
  // PostgreSQL holds no NUL in a text.
  text: (text) => (text.includes('\0') ? null : text),
  integer: (text) => wholeNumber(text, -(2n ** 31n), 2n ** 31n - 1n),
  bigint: (text) => wholeNumber(text, -(2n ** 63n), 2n ** 63n - 1n),
  double: canonicalDouble,
  bit: (text) => (text === '0' || text === '1' ? text : null),
  date: (text) => (isDay(text) ? text : null),
  time: canonicalTime,
  timestamp: canonicalTimestamp,
  timestamptz: canonicalInstant,
  binary: (text) => (/^(?:[0-9a-f]{2})*$/.test(text) ? text : null)
}

function wholeNumber(text: string, min: bigint, max: bigint): string | null {
  // The usual case, without a second look: short, and no sign or zero in front.
  if (/^[1-9]\d{0,8}$/.test(text)) return text
  if (!/^-?\d{1,20}$/.test(text)) return null
  const value = BigInt(text)
  return value >= min && value <= max ? value.toString() : null
}

const decimalText = /^([+-]?)(?=\.?\d)0*(\d*?)(?:\.(\d*?)0*)?$/

function canonicalDecimal(text: string, precision: number, scale: number): string | null {
  const found = decimalText.exec(text)
  if (!found) return null
  const [, sign, whole = '', decimals = ''] = found
  if (decimals.length > scale || whole.length > precision - scale) return null
  if (whole === '' && decimals === '') return '0'
  const number = `${whole || '0'}${decimals && `.${decimals}`}`
  return sign === '-' ? `-${number}` : number
}

function canonicalDouble(text: string): string | null {
  const value = text.trim() === '' ? Number.NaN : Number(text)
  return Number.isFinite(value) ? String(value === 0 ? 0 : value) : null
}

const monthDays = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

/** True of YYYY-MM-DD from 0001 to 9999, the days that both dialects have. */
function isDay(text: string): boolean {
  if (!/^\d{4}-\d\d-\d\d$/.test(text)) return false
  const [year, month, day] = [Number(text.slice(0, 4)), Number(text.slice(5, 7)), Number(text.slice(8))]
  const isLeap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)
  const days = month === 2 && isLeap ? 29 : (monthDays[month - 1] ?? 0)
  return year >= 1 && day >= 1 && day <= days
}

/** HH:MM:SS with up to six decimals, none of them a zero at the end. */
function canonicalTime(text: string): string | null {
  const [, seconds, fraction = ''] = /^((?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d)(?:\.(\d{1,9}))?$/.exec(text) ?? []
  const decimals = fraction.replace(/0+$/, '')
  if (seconds === undefined || decimals.length > 6) return null
  return decimals === '' ? seconds : `${seconds}.${decimals}`
}

function canonicalTimestamp(text: string): string | null {
  const time = canonicalTime(text.slice(11))
  const isSplit = text[10] === ' ' || text[10] === 'T'
  return time !== null && isSplit && isDay(text.slice(0, 10)) ? `${text.slice(0, 10)} ${time}` : null
}

/** A timestamp with an offset, as the same instant in UTC. */
function canonicalInstant(text: string): string | null {
  const [, local, sign, hours, minutes = '00'] = /^(.*?) ?(?:([+-])(\d\d)(?::?(\d\d))?|Z)$/.exec(text) ?? []
  const timestamp = local === undefined ? null : canonicalTimestamp(local)
  if (timestamp === null || Number(hours ?? 0) > 14 || Number(minutes) > 59) return null
  const offsetMs = (sign === '-' ? -1 : 1) * (Number(hours ?? 0) * 60 + Number(minutes)) * 60_000
  const at = new Date(Date.parse(`${timestamp.slice(0, 10)}T${timestamp.slice(11, 19)}Z`) - offsetMs)
  const utc = at.toISOString()
  // Year 0 and years of five digits look otherwise.
  return /^(?!0000)\d{4}-/.test(utc)
    ? `${utc.slice(0, 10)} ${utc.slice(11, 19)}${timestamp.slice(19)}+00:00`
    : null
}
