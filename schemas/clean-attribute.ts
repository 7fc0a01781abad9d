import type { Micros } from './change.ts'
import { type ColumnKind, isTimeKind } from './column-kinds.ts'

/** `"clean"` of a field: what its type alone does not say of its values. */
export interface CleanAttribute {
  /**
   * Whether a value stays as it is, which it does unless this says otherwise, or is tidied: blanks at its ends go, and text
   * is composed (NFC).
   */
  readonly text?: 'exact' | 'tidy'
  /**
   * Of text with nothing in it: an ordinary value, or a missing one, for which a row is rejected where null may not be, or
   * null. Kept unless it says otherwise; of tidy text that may be null, null.
   */
  readonly blank?: 'keep' | 'missing' | 'null'
  /** The first day a date or an instant may have, and the first it may not, as YYYY-MM-DD. */
  readonly from?: string
  readonly before?: string
  /** `infinity` and years that no instant here can have, such as 9999, say "no end" and become null. */
  readonly noEnd?: 'null'
  /** `-infinity`, years BC and the year 1 say "no start" and become null. */
  readonly noStart?: 'null'
  /**
   * The field, which has the source's text, of whose column this one is another version: of another type, for a lake that
   * has the column as text.
   */
  readonly of?: string
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

/** What a field is otherwise. */
interface CleanedField {
  readonly kind: ColumnKind['kind']
  readonly isNullable: boolean
  readonly isKey: boolean
}

/** What is wrong with a field's attribute, a sentence each. */
export function cleanProblems(clean: CleanAttribute, field: CleanedField): string[] {
  const { text, blank, from, before, noEnd, noStart, of: _of, ...others } = clean
  const { kind, isNullable, isKey } = field
  const isTime = isTimeKind(kind)
  const days = [from, before].filter((day) => day !== undefined)
  const isNullableTime = (value: string | undefined) =>
    value === undefined || (value === 'null' && isTime && isNullable)
  const rules: [isRight: boolean, otherwise: string][] = [
    [isRightText(text, isKey), '"text" is "exact" or "tidy", and a key column stays as it is'],
    [isRightBlank(blank, field), '"blank" is "keep", "missing" or, of a nullable field, "null"; and of text'],
    [
      days.every((day) => isTime && isDay(day)),
      '"from" and "before" are days such as 1970-01-01, and of times'
    ],
    [isNullableTime(noEnd), '"noEnd" is "null", and of a nullable time'],
    [isNullableTime(noStart), '"noStart" is "null", and of a nullable time']
  ]
  return [
    ...Object.keys(others).map(
      (name) => `"clean" knows text, blank, from, before, noEnd, noStart and of, not ${name}`
    ),
    ...rules.flatMap(([isRight, otherwise]) => (isRight ? [] : [otherwise]))
  ]
}

const isRightText = (text: string | undefined, isKey: boolean): boolean =>
  text === undefined || text === 'exact' || (text === 'tidy' && !isKey)

const isRightBlank = (blank: string | undefined, { kind, isNullable }: CleanedField): boolean =>
  blank === undefined ||
  (kind === 'string' && (/^(keep|missing)$/.test(blank) || (blank === 'null' && isNullable)))

const isDay = (day: string) => /^\d{4}-\d\d-\d\d$/.test(day) && !Number.isNaN(Date.parse(day))
