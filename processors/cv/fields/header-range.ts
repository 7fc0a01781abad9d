import type { Line } from '../document/document.ts'
import { type DateRange, dateRanges } from './dates.ts'

/** The dates of a line that names an entry rather than of a sentence, or null. */
export function headerRange(line: Line): DateRange | null {
  if (line.text.length > 220 || (line.bullet && line.text.length > 110)) return null
  const ranges = dateRanges(line.text)
  const range = ranges.find(isPeriod) ?? ranges[0]
  if (!range) return durationOf(line)
  return isOfHeader(line.text, range) ? range : null
}

const duration =
  /^\(?(?:(depuis)\s|pendant\s|durant\s|environ\s|for\s)?(?:plus de\s)?\d{1,2}\s(?:ans?|années?|mois|years?|months?)\)?(?=$|\s*[:–—|]|\t)/iu

/** "4 ans" or "depuis 3 ans" in the place of dates: an entry of which nobody knows when it was. */
function durationOf(line: Line): DateRange | null {
  if (line.bullet || line.text.length > 110) return null
  const match = line.cells.map(({ text }) => text.trim().match(duration)).find((found) => found !== null)
  return match ? { start: null, end: null, ongoing: match[1] !== undefined, from: 0, to: 0 } : null
}

/** Whether dates are two, or last. */
export const isPeriod = ({ end, ongoing }: DateRange) => end !== null || ongoing

/** A period counts but within a sentence; a date alone must stand at an end of the line or between marks. */
function isOfHeader(text: string, range: DateRange): boolean {
  const before = text.slice(0, range.from).trim()
  const after = text.slice(range.to).trim()
  // In a sentence words stand on both sides of a date.
  if (/\p{L}$/u.test(before) && /^\p{Ll}/u.test(after)) return false
  if (isPeriod(range)) return true
  if (/[.;]$/.test(after) && text.length > 80) return false
  return before === '' || after === '' || /^[\t|,)–—:.·•-]/u.test(after) || /[\t(|,–—·•-]$/u.test(before)
}
