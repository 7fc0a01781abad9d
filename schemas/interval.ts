/** An interval's parts, which no calendar turns into each other: a month has no fixed days, a day no fixed hours. */
export interface IntervalParts {
  readonly months: number
  readonly days: number
  readonly micros: bigint
}

const canonical = /^(-?\d{1,10}) months (-?\d{1,10}) days (-?\d{1,19}) microseconds$/

/** The one text that an interval has here, which PostgreSQL, DuckDB and Spark read, too. */
export const intervalText = ({ months, days, micros }: IntervalParts): string =>
  `${months} months ${days} days ${micros} microseconds`

/** The parts of an interval's text; null of any other text, also of another spelling of the same interval. */
export function intervalParts(text: string): IntervalParts | null {
  const [, months = '', days = '', micros = ''] = canonical.exec(text) ?? []
  if (micros === '') return null
  const parts = { months: Number(months), days: Number(days), micros: BigInt(micros) }
  return fits(parts) && intervalText(parts) === text ? parts : null
}

const isInt = (value: number) => value >= -(2 ** 31) && value < 2 ** 31

/** Whether each part is one that PostgreSQL and DuckDB can have. */
const fits = ({ months, days, micros }: IntervalParts): boolean =>
  isInt(months) && isInt(days) && BigInt.asIntN(64, micros) === micros

const iso =
  /^P(?:(-?\d+)Y)?(?:(-?\d+)M)?(?:(-?\d+)W)?(?:(-?\d+)D)?(?:T(?:(-?\d+)H)?(?:(-?\d+)M)?(?:(-?)(\d+)(?:\.(\d{1,9}))?S)?)?$/

/**
 * The parts of an interval as ISO 8601 with PostgreSQL's signs before each number has it, `P1Y2M-3DT-0.5S`; null of what is
 * none, `'inexact'` of what has finer parts than microseconds.
 */
export function isoInterval(text: string): IntervalParts | null | 'inexact' {
  const match = iso.exec(text)
  if (!match || /[PT]$/.test(text)) return null
  const fraction = (match[9] ?? '').padEnd(9, '0')
  if (!fraction.endsWith('000')) return 'inexact'
  const [years, months, weeks, days] = match.slice(1, 5).map((part) => Number(part ?? 0))
  const [hours, minutes] = match.slice(5, 7).map((part) => BigInt(part ?? 0))
  const rest = BigInt(match[8] ?? 0) * 1_000_000n + BigInt(fraction.slice(0, 6))
  const parts = {
    months: years! * 12 + months!,
    days: weeks! * 7 + days!,
    micros: (hours! * 60n + minutes!) * 60_000_000n + (match[7] === '-' ? -rest : rest)
  }
  return fits(parts) ? parts : null
}
