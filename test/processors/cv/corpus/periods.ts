import type { Span } from './persons.ts'

const names = 'janvier février mars avril mai juin juillet août septembre octobre novembre décembre'.split(
  ' '
)
const short = 'janv. févr. mars avr. mai juin juil. août sept. oct. nov. déc.'.split(' ')

const month = (date: string, from: readonly string[]) => from[Number(date.slice(5)) - 1] ?? ''
const year = (date: string) => date.slice(0, 4)
const word = (date: string) => (date.length > 4 ? `${month(date, names)} ${year(date)}` : date)
const brief = (date: string) => (date.length > 4 ? `${month(date, short)} ${year(date)}` : date)
const tiny = (date: string) => (date.length > 4 ? `${month(date, short)} ${date.slice(2, 4)}` : date)
const digits = (date: string) => (date.length > 4 ? `${date.slice(5)}/${year(date)}` : date)
const capital = (text: string) => text.slice(0, 1).toUpperCase() + text.slice(1)

/** How somebody writes a period: `closed` of two dates, `open` of one that lasts, `one` of a date that stands alone. */
interface Style {
  readonly closed: (start: string, end: string) => string
  readonly open: (start: string) => string
  readonly one: (date: string) => string
}

const periods = {
  words: { closed: (a, b) => `${word(a)} – ${word(b)}`, open: (a) => `${word(a)} – aujourd’hui`, one: word },
  prose: { closed: (a, b) => `De ${word(a)} à ${word(b)}`, open: (a) => `Depuis ${word(a)}`, one: word },
  short: { closed: (a, b) => `${brief(a)} - ${brief(b)}`, open: (a) => `${brief(a)} - présent`, one: brief },
  digits: {
    closed: (a, b) => `${digits(a)} - ${digits(b)}`,
    open: (a) => `${digits(a)} - ce jour`,
    one: digits
  },
  years: { closed: (a, b) => `${year(a)} – ${year(b)}`, open: (a) => `${year(a)} – en cours`, one: year },
  dashed: { closed: (a, b) => `${year(a)}-${year(b)}`, open: (a) => `depuis ${year(a)}`, one: year },
  tiny: { closed: (a, b) => `${tiny(a)} à ${tiny(b)}`, open: (a) => `${tiny(a)} à ce jour`, one: tiny },
  since: { closed: (a, b) => `${digits(a)} à ${digits(b)}`, open: (a) => `Depuis ${digits(a)}`, one: digits },
  capital: {
    closed: (a, b) => `${capital(word(a))} à ${word(b)}`,
    open: (a) => `Depuis ${word(a)}`,
    one: (a) => capital(word(a))
  },
  bracket: {
    closed: (a, b) => `(${brief(a)} → ${brief(b)})`,
    open: (a) => `(depuis ${brief(a)})`,
    one: (a) => `(${brief(a)})`
  }
} satisfies Record<string, Style>
export type Period = keyof typeof periods

const coarse: readonly Period[] = ['years', 'dashed']

/** A period as it is shown. */
export function shown({ start, end, raw }: Span, style: Period): string {
  if (raw) return raw
  const { closed, open, one } = periods[style] as Style
  if (end === '') return start === '' ? '' : one(start)
  if (start === '' || start === end) return one(end)
  return end === '…' ? open(start) : closed(start, end)
}

/** The dates that a reader can find in it. */
export function told({ start, end, raw }: Span, style: Period) {
  const cut = (date: string) => (coarse.includes(style) && !raw ? year(date) : date)
  const isAlone = start === end
  return {
    start_date: start === '' || isAlone ? null : cut(start),
    end_date: end === '' ? null : end === '…' ? 'present' : cut(end)
  }
}
