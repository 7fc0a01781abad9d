import type { FindingCode } from '../report/catalogue.ts'
import { readCompactDate, readDate, readPeriod, readSerialDate } from './dates.ts'
import type { ColumnType } from './decide.ts'
import { trimmed } from './fold.ts'
import { bare, isDestroyed, isRna } from './identifiers.ts'
import { isMissingMarker, isNoDate, isStatusMark } from './missing.ts'
import { readNumber } from './numbers.ts'
import { communeOf, departmentOf, postalOf, regionOf } from './places.ts'

/** A cell as its column's type reads it. */
interface Reading {
  /** The value in one way of writing: figures with a point, dates as ISO, codes with their zeros; null is missing. */
  readonly value: string | null
  /** Why it cannot be read; the row is set aside. */
  readonly problem?: FindingCode
  /** What is worth saying of how it was written. */
  readonly note?: FindingCode
  /** What a note is about beside the value, such as the sign that parts thousands. */
  readonly detail?: string
}

/** Reads the cells of a column. */
export type ValueReader = (text: string) => Reading

interface ReaderOptions {
  /** What else stands for a missing value here. */
  readonly missing?: ReadonlySet<string>
  /** Whether values came typed, so that their marks say nothing of how they were written. */
  readonly isNative?: boolean
  /** Whether a code that no list has makes its row wrong; it is kept and noted otherwise. */
  readonly isStrict?: boolean
}

const mostKnown = 4_000
const none: Reading = { value: null }
const problem = (code: FindingCode): Reading => ({ value: null, problem: code })

/** A reader of one column; the same texts are read once. */
export function readerOf(type: ColumnType, options: ReaderOptions = {}): ValueReader {
  const known = new Map<string, Reading>()
  const read = readers[type.kind] ?? textReader
  return (cell) => {
    const seen = known.get(cell)
    if (seen) return seen
    const text = trimmed(cell)
    const reading = missing(text, type, options) ?? softened(read(text, type), text, options)
    if (known.size < mostKnown && cell.length < 64) known.set(cell, reading)
    return reading
  }
}

/** What a contract or a typed format changes of how a value is taken. */
function softened(
  reading: Reading,
  text: string,
  { isNative = false, isStrict = false }: ReaderOptions
): Reading {
  if (isNative && reading.note === 'mixed_decimal_mark') return { value: reading.value }
  return reading.problem === 'unknown_code' && !isStrict ? { value: text, note: 'code_unlisted' } : reading
}

function missing(text: string, type: ColumnType, options: ReaderOptions): Reading | null {
  if (text === '') return none
  if (options.missing?.has(text)) return { value: null, note: 'null_marker' }
  if (type.kind === 'text') return null
  if (isMissingMarker(text) && !isOwnValue(text, type)) return { value: null, note: 'null_marker' }
  if ((type.kind === 'date' || type.kind === 'timestamp') && isNoDate(text))
    return { value: null, note: 'null_marker' }
  if (type.hasStatusMarks && isStatusMark(text)) return { value: null, note: 'null_marker', detail: 'status' }
  return null
}

/** Among codes and yes or no, letters may be values. */
const isOwnValue = (text: string, { kind }: ColumnType) =>
  ['code', 'boolean', 'nuance', 'status', 'naf'].includes(kind) && /^[A-Za-z]{1,2}$/.test(text)

type KindReader = (text: string, type: ColumnType) => Reading

const textReader: KindReader = (text) => ({ value: text })

const numberReader: KindReader = (text, type) => {
  const number = readNumber(text, type.mark)
  if (number === null) return isStatusMark(text) && type.hasStatusMarks ? none : problem('type_error')
  if (type.kind === 'integer' || type.kind === 'year' || type.kind === 'tour') {
    const value = number.value.replace(/\.0*$/, '')
    if (value.includes('.')) return problem('type_error')
    return noted({ ...number, value, mark: null }, type)
  }
  return noted(number, type)
}

function noted(number: NonNullable<ReturnType<typeof readNumber>>, type: ColumnType): Reading {
  if (number.mark !== null && number.mark !== type.mark)
    return { value: number.value, note: 'mixed_decimal_mark' }
  if (number.thousands !== null)
    return {
      value: number.value,
      note: 'thousands_separator',
      detail: separatorNames[number.thousands] ?? number.thousands
    }
  return { value: number.value }
}

const separatorNames: Readonly<Record<string, string>> = {
  ' ': 'U+0020',
  '\u00a0': 'U+00A0',
  '\u2009': 'U+2009',
  '\u202f': 'U+202F'
}

const dateReader: KindReader = (text, type) => {
  const date = readDate(text, type.order) ?? readCompactDate(text) ?? readSerialDate(text)
  if (date === null) return problem('type_error')
  if (date.value === null) return problem('invalid_date')
  const value = type.kind === 'date' ? date.value.slice(0, 10) : date.value
  return isVariant(date.format, type) ? { value, note: 'format_variant' } : { value }
}

const isVariant = (format: string, type: ColumnType) => type.format !== null && format !== type.format

const periodReader: KindReader = (text, type) => {
  const period = readPeriod(text)
  if (period === null) {
    if (type.kind === 'period' && /^\d{4}$/.test(text)) return { value: text }
    return problem(readDate(text) ? 'invalid_date' : 'type_error')
  }
  if (type.kind !== 'period' && period.kind !== type.kind) return problem('type_error')
  return isVariant(period.format, type)
    ? { value: period.value, note: 'format_variant' }
    : { value: period.value }
}

const yearReader: KindReader = (text, type) => {
  const reading = numberReader(text, type)
  if (reading.value === null) return reading
  if (reading.value.length <= 2)
    return { value: String(Number(reading.value) + (Number(reading.value) < 70 ? 2000 : 1900)) }
  return reading.value.length === 4 ? reading : problem('out_of_range')
}

/** The code before a name or a remark, as in `01 - Ain`; nothing where there is none. */
const leading = (text: string) => /^([0-9A-Z]{1,5})\s*[-–:("«]/i.exec(text)?.[1] ?? ''

/** Codes that may have lost zeros: what is found differs from what is written. */
const placeReader =
  (codeOf: (text: string) => string | null): KindReader =>
  (text) => {
    const code = codeOf(text) ?? codeOf(leading(text))
    if (code === null) return problem('unknown_code')
    return code === text.toUpperCase() ? { value: code } : { value: code, note: 'code_repaired' }
  }

const codeReader: KindReader = (text, type) => {
  const plain = text.replace(/^(\d+)\.0$/, '$1')
  const isShort = type.width !== null && /^\d+$/.test(plain) && plain.length < type.width
  const code = isShort ? plain.padStart(type.width ?? 0, '0') : plain
  return code === text ? { value: code } : { value: code, note: 'code_repaired' }
}

const identifierReader: KindReader = (text, type) => {
  if (isDestroyed(text)) return { value: null, note: 'identifier_destroyed' }
  const digits = bare(text)
  const width = type.width ?? digits.length
  if (!/^\d+$/.test(digits)) return { value: text, note: 'format_variant' }
  return { value: digits.length < width && digits.length > width - 3 ? digits.padStart(width, '0') : digits }
}

const booleanReader: KindReader = (text) => {
  if (/^(?:oui|vrai|true|yes|o|y|1)$/i.test(text)) return { value: 'true' }
  return /^(?:non|faux|false|no|n|0)$/i.test(text) ? { value: 'false' } : problem('type_error')
}

const readers: Partial<Record<ColumnType['kind'], KindReader>> = {
  integer: numberReader,
  decimal: numberReader,
  percent: numberReader,
  money: numberReader,
  latitude: numberReader,
  longitude: numberReader,
  tour: numberReader,
  year: yearReader,
  date: dateReader,
  timestamp: dateReader,
  quarter: periodReader,
  month: periodReader,
  period: periodReader,
  boolean: booleanReader,
  departement: placeReader(departmentOf),
  region: placeReader(regionOf),
  commune: placeReader(communeOf),
  // Addresses abroad have codes of their own.
  code_postal: (text) => {
    const code = postalOf(text)
    if (code === null) return { value: text, note: 'format_variant' }
    return code === text ? { value: code } : { value: code, note: 'code_repaired' }
  },
  siren: identifierReader,
  epci: identifierReader,
  siret: identifierReader,
  code: codeReader,
  rna: (text) => (isRna(text) ? { value: text.toUpperCase() } : { value: text, note: 'format_variant' })
}
