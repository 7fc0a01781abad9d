import type { Findings } from './findings.ts'

/** Longer than a working life. */
const mostYears = 60

// No two neighbours here match the same signs, so that a long text costs no more than its length.
const number = String.raw`(?<!\d)(\d+(?:[.,]\d+)?)(?:\s*(?:-|–|à|a|to)\s*\d+(?:[.,]\d+)?)?\s*(?:\+\s*)?`
const unit = String.raw`(?:ans?|années?|annees?|years?|yrs?|(mois|months?))(?!\p{L})`
const withUnit = new RegExp(number + unit, 'iu')
/** A number without a unit counts only when it is all there is: `depuis 2015` is no number of years. */
const alone = new RegExp(`^\\s*${number}$`, 'iu')

/** Years of experience in a text such as `5 ans`, `18 mois` or `3-5 ans` (then the lower); null when it tells none. */
export function experienceYears(text: string | null, findings: Findings): number | null {
  // Other numbers may stand before it: `Bac+5, 3 ans`.
  const match = withUnit.exec(text ?? '') ?? alone.exec(text ?? '')
  if (!match) return null
  const [, amount = '', months] = match
  const years = Number(amount.replace(',', '.')) / (months === undefined ? 1 : 12)
  if (years <= mostYears) return Math.round(years * 100) / 100
  findings.note('candidate.experience', 'experience_implausible', text)
  return null
}
