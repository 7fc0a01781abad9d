import type { Micros } from './change.ts'
import type { ColumnKind } from './table.ts'

/** `"clean"` of a field: what its type alone does not say of its values. */
export interface CleanAttribute {
  /** Of text with nothing in it: an ordinary value, or a missing one, for which a row is rejected where null may not be. */
  readonly blank?: 'keep' | 'missing'
  /** The first day a date or an instant may have, and the first it may not, as YYYY-MM-DD. */
  readonly from?: string
  readonly before?: string
  /** `infinity` and years that no instant here can have, such as 9999, say "no end" and become null. */
  readonly noEnd?: 'null'
}

/** Instants from `from` to before `before`. */
export interface Span {
  readonly from: Micros
  readonly before: Micros
}

const microsOfYear = (year: number): Micros => Date.UTC(year, 0, 1) * 1000

/** The whole years whose microseconds are exact everywhere: in a number, and in Avro as avsc writes it. */
export const exactSpan: Span = { from: microsOfYear(1828), before: microsOfYear(2255) }

/** What a field's attribute says of days, as far as its kind can have them; undefined when it says nothing. */
export function spanOf({ from, before }: CleanAttribute, kind: ColumnKind['kind']): Span | undefined {
  if (from === undefined && before === undefined) return undefined
  const widest = kind === 'date' ? everyDay : exactSpan
  return {
    from: from === undefined ? widest.from : Math.max(widest.from, Date.parse(from) * 1000),
    before: before === undefined ? widest.before : Math.min(widest.before, Date.parse(before) * 1000)
  }
}

const everyDay: Span = { from: Number.NEGATIVE_INFINITY, before: Number.POSITIVE_INFINITY }

/** What is wrong with a field's attribute, a sentence each. */
export function cleanProblems(
  clean: CleanAttribute,
  kind: ColumnKind['kind'],
  isNullable: boolean
): string[] {
  const { blank, from, before, noEnd, ...others } = clean
  const isTime = kind === 'timestamp' || kind === 'date'
  const days = [from, before].filter((day) => day !== undefined)
  return [
    ...Object.keys(others).map((name) => `"clean" knows blank, from, before and noEnd, not ${name}`),
    ...(blank === undefined || (kind === 'string' && /^(keep|missing)$/.test(blank))
      ? []
      : ['"blank" is "keep" or "missing", and of text']),
    ...(days.every((day) => isTime && isDay(day))
      ? []
      : ['"from" and "before" are days such as 1970-01-01, and of times']),
    ...(noEnd === undefined || (noEnd === 'null' && isTime && isNullable)
      ? []
      : ['"noEnd" is "null", and of a nullable time'])
  ]
}

const isDay = (day: string) => /^\d{4}-\d\d-\d\d$/.test(day) && !Number.isNaN(Date.parse(day))
