import { monthOf } from './months.ts'

/** Which part of a date in figures comes first. */
export type DayOrder = 'day-first' | 'month-first'

export interface DateReading {
  /** `YYYY-MM-DD`, with `THH:MM:SS` and a zone where it has them; null where there is no such day. */
  readonly value: string | null
  /** How it is written, such as `DD/MM/YYYY`. */
  readonly format: string
  readonly hasTime: boolean
}

const shapes = {
  iso: /^(\d{4})([-/.])(\d{1,2})\2(\d{1,2})$/,
  figures: /^(\d{1,2})([-/. ])(\d{1,2})\2(\d{4}|\d{2})$/,
  compact: /^(\d{4})(\d{2})(\d{2})$/,
  words:
    /^(?:(?:lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche)\s+)?(\d{1,2})(?:er)?[\s-]+(\p{L}{3,9})\.?[\s-]+(\d{4}|\d{2})$/iu
} as const

const timePart =
  /^(.{6,}?)(?:[T ]|\s+à\s+)(\d{1,2})[:h](\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?\s*(Z|[+-]\d{2}:?\d{2})?$/

/** Reads a date with or without a time; null where the text is no date at all. */
export function readDate(text: string, order: DayOrder = 'day-first'): DateReading | null {
  const day = readDay(text, order)
  if (day) return { ...day, hasTime: false }
  const parts = timePart.exec(text)
  const dayPart = parts && readDay((parts[1] ?? '').trim(), order)
  if (!parts || !dayPart) return null
  const time = timeOf(parts)
  return {
    value: dayPart.value !== null && time !== null ? dayPart.value + time : null,
    format: `${dayPart.format} hh:mm`,
    hasTime: true
  }
}

function timeOf(parts: RegExpExecArray): string | null {
  const [, , hour = '', minute = '', second = '00', fraction, zone = ''] = parts
  if (Number(hour) > 24 || Number(minute) > 59 || Number(second) > 60) return null
  return `T${hour.padStart(2, '0')}:${minute}:${second}${fraction ? `.${fraction}` : ''}${zone}`
}

function readDay(text: string, order: DayOrder): Omit<DateReading, 'hasTime'> | null {
  const iso = shapes.iso.exec(text)
  if (iso) return dayOf([iso[1], iso[3], iso[4]], `YYYY${iso[2]}MM${iso[2]}DD`)
  const figures = shapes.figures.exec(text)
  if (figures) return inFigures(figures, order)
  const words = shapes.words.exec(text)
  if (words) {
    const month = monthOf(words[2] ?? '')
    if (month === null) return null
    return dayOf([fullYear(words[3] ?? ''), String(month), words[1]], 'D month YYYY')
  }
  return null
}

function inFigures(
  [, first, sign, second, year = '']: RegExpExecArray,
  order: DayOrder
): Omit<DateReading, 'hasTime'> {
  const [day, month] = order === 'day-first' ? [first, second] : [second, first]
  const names = order === 'day-first' ? ['DD', 'MM'] : ['MM', 'DD']
  return dayOf([fullYear(year), month, day], [...names, 'Y'.repeat(year.length)].join(sign))
}

/** Eight figures as a date, where the column says that they are. */
export function readCompactDate(text: string): DateReading | null {
  const compact = shapes.compact.exec(text)
  return compact && { ...dayOf([compact[1], compact[2], compact[3]], 'YYYYMMDD'), hasTime: false }
}

/** The day that a spreadsheet counts by a number, since 1900. */
export function readSerialDate(text: string): DateReading | null {
  if (!/^\d{4,5}(?:\.\d+)?$/.test(text)) return null
  const date = new Date(Date.UTC(1899, 11, 30) + Math.floor(Number(text)) * 86_400_000)
  return { value: date.toISOString().slice(0, 10), format: 'spreadsheet serial', hasTime: false }
}

/** Two figures are of this century up to 49. */
function fullYear(year: string): string {
  if (year.length !== 2) return year
  return Number(year) < 50 ? `20${year}` : `19${year}`
}

function dayOf(
  [year = '', month = '', day = '']: readonly (string | undefined)[],
  format: string
): Omit<DateReading, 'hasTime'> {
  const value = `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`
  const time = Date.parse(`${value}T00:00:00Z`)
  const isDay = !Number.isNaN(time) && new Date(time).toISOString().startsWith(value)
  return { value: isDay ? value : null, format }
}

/** A part of a year, such as `2019-T4` or `2020-01`, from the ways it is written; null where it is none. */
export function readPeriod(
  text: string
): { value: string; kind: 'quarter' | 'month' | 'half'; format: string } | null {
  for (const { shape, kind, format } of periods) {
    const found = shape.exec(text)
    if (!found?.groups) continue
    const { year = '', part = '', name } = found.groups
    const number = name === undefined ? Number(part) : monthOf(name)
    if (number === null || number < 1 || number > mostParts[kind]) continue
    return { value: periodText(year, number, kind), kind, format }
  }
  return null
}

const mostParts = { quarter: 4, month: 12, half: 2 } as const
const periodLetters = { quarter: 'T', half: 'S' } as const

const periodText = (year: string, number: number, kind: 'quarter' | 'month' | 'half') =>
  kind === 'month' ? `${year}-${String(number).padStart(2, '0')}` : `${year}-${periodLetters[kind]}${number}`

const periods: readonly { shape: RegExp; kind: 'quarter' | 'month' | 'half'; format: string }[] = [
  {
    shape: /^(?<year>(?:18|19|20)\d{2})[-_ /]?[TQ](?:rim\.?\s*)?0?(?<part>[1-4])$/i,
    kind: 'quarter',
    format: 'YYYY-Tn'
  },
  { shape: /^[TQ]0?(?<part>[1-4])[-_ /]?(?<year>(?:18|19|20)\d{2})$/i, kind: 'quarter', format: 'Tn YYYY' },
  { shape: /^(?<part>[1-4])[TQ][-_ /]?(?<year>(?:19|20)\d{2})$/i, kind: 'quarter', format: 'nT YYYY' },
  {
    shape: /^(?<part>[1-4])(?:er|e|ème|eme|nd)?\s+trim(?:estre|\.)?\s+(?<year>(?:19|20)\d{2})$/i,
    kind: 'quarter',
    format: 'n trimestre YYYY'
  },
  { shape: /^(?<year>(?:19|20)\d{2})[-_ /]?S(?<part>[12])$/i, kind: 'half', format: 'YYYY-Sn' },
  { shape: /^S(?<part>[12])[-_ /]?(?<year>(?:19|20)\d{2})$/i, kind: 'half', format: 'Sn YYYY' },
  { shape: /^(?<year>(?:18|19|20)\d{2})[-/](?<part>0[1-9]|1[0-2])$/, kind: 'month', format: 'YYYY-MM' },
  { shape: /^(?<year>(?:19|20)\d{2})[-_ ]?M(?<part>\d{1,2})$/i, kind: 'month', format: 'YYYY-Mnn' },
  { shape: /^(?<part>0?[1-9]|1[0-2])[/-](?<year>(?:19|20)\d{2})$/, kind: 'month', format: 'MM/YYYY' },
  { shape: /^(?<name>\p{L}{3,9})\.?[\s-]+(?<year>(?:19|20)\d{2})$/u, kind: 'month', format: 'month YYYY' }
]
