import type { Findings } from './findings.ts'

/** Longer than a working life. */
const mostYears = 60

const amount =
  /(\d+(?:[.,]\d+)?)\s*(?:(?:-|–|à|a|to)\s*\d+(?:[.,]\d+)?)?\s*(\+?\s*(?:ans?|années?|annees?|years?|yrs?|mois|months?))?/iu

/** Years of experience in a text such as `5 ans`, `18 mois` or `3-5 ans` (then the lower); null when it tells none. */
export function experienceYears(text: string | null, findings: Findings): number | null {
  const match = amount.exec(text ?? '')
  if (!match) return null
  const [whole, number = '', unit = ''] = match
  // A number without a unit counts only when it is all there is: `depuis 2015` is no number of years.
  if (unit === '' && whole.trim() !== text?.trim()) return null
  const years = Number(number.replace(',', '.')) / (/mois|month/i.test(unit) ? 12 : 1)
  if (years <= mostYears) return Math.round(years * 100) / 100
  findings.note('candidate.experience', 'experience_implausible', text)
  return null
}
