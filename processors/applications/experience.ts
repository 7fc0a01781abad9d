import type { Findings } from './findings.ts'

/** Longer than a working life. */
const mostYears = 60

// No two neighbours here match the same signs, so that a long text costs no more than its length.
const number = String.raw`(?<!\d)(\d+(?:[.,]\d+)?)(?:\s*(?:-|–|à|a|to)\s*\d+(?:[.,]\d+)?)?\s*(?:\+\s*)?`
const unit = String.raw`(?:ans?|années?|annees?|years?|yrs?|(mois|months?))(?!\p{L})`
const half = String.raw`(\s+et\s+demie?(?!\p{L}))?`
const withUnit = new RegExp(number + unit + half, 'giu')
/** A number without a unit counts only when it is all there is: `depuis 2015` is no number of years. */
const alone = new RegExp(`^\\s*${number}$`, 'iu')
/** What makes of two times one: one after the other, or the months of a year. */
const added = /^\s*,?\s*(?:et|and|puis|then|ensuite|plus|\+|&)\s*$/iu
const monthsOfYears = /^[\s,]*$/u
/** What comes after it is among what was before. */
const among = /(?<!\p{L})(?:dont|including|incl)(?!\p{L})/iu

interface Time {
  readonly years: number
  readonly areMonths: boolean
  readonly from: number
  readonly to: number
}

/**
 * Years of experience in a text such as `5 ans`, `2 ans et 6 mois` or `3-5 ans` (then the lower); null when it tells
 * none. Of several times that are not clearly one after the other nobody knows which is meant: that is noted.
 */
export function experienceYears(text: string | null, findings: Findings): number | null {
  const told = (text ?? '').split(among)[0] ?? ''
  const times = timesIn(told)
  const [first] = times
  if (!first) return null
  if (times.some((time, n) => n > 0 && !isAdded(told, times[n - 1] ?? time, time)))
    return noted('experience_ambiguous')
  const years = times.reduce((sum, time) => sum + time.years, 0)
  return years <= mostYears ? Math.round(years * 100) / 100 : noted('experience_implausible')

  function noted(reason: string): null {
    findings.note('candidate.experience', reason, text)
    return null
  }
}

/** Other numbers may stand between them: `Bac+5, 3 ans`. */
function timesIn(text: string): readonly Time[] {
  const found = [...text.matchAll(withUnit)]
  const matches = found.length > 0 ? found : [alone.exec(text)].filter((match) => match !== null)
  return matches.map(({ 0: whole, 1: amount = '', 2: months, 3: andHalf, index }) => {
    const areMonths = months !== undefined
    const years = Number(amount.replace(',', '.')) + (andHalf ? 0.5 : 0)
    return { years: areMonths ? years / 12 : years, areMonths, from: index, to: index + whole.length }
  })
}

function isAdded(text: string, before: Time, time: Time): boolean {
  const between = text.slice(before.to, time.from)
  return added.test(between) || (!before.areMonths && time.areMonths && monthsOfYears.test(between))
}
