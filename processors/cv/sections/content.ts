import type { Line } from '../document/document.ts'
import { dateRanges } from '../fields/dates.ts'
import { languageOf } from '../fields/language-names.ts'
import { hasWordOf } from '../fields/words.ts'
import type { SectionKind } from './headings.ts'

/** A line with the period of a job or of studies. */
export function hasPeriod({ text }: Line): boolean {
  return text.length < 220 && dateRanges(text).some(({ end, ongoing }) => end !== null || ongoing)
}

/** What lines are about that no known heading names: languages, studies or jobs; null where nothing tells. */
export function kindByContent(lines: readonly Line[]): SectionKind | null {
  if (areLanguages(lines)) return 'languages'
  const dated = lines.flatMap((line, index) => (hasPeriod(line) ? [index] : []))
  if (dated.length === 0) return null
  const studies = dated.filter((index) => isOfStudies(lines, index)).length
  const jobs = dated.filter((index) => isOfJobs(lines, index)).length
  if (studies === 0 && jobs === 0) return null
  return studies > jobs ? 'education' : 'experience'
}

function areLanguages(lines: readonly Line[]): boolean {
  const parts = lines
    .flatMap(({ text }) => text.split(/[\t,;|•·/()]/))
    .map((part) => part.trim())
    .filter((part) => part !== '')
  const named = parts.filter((part) => languageOf(part.split(/[\s:–-]/)[0] ?? '') !== null)
  return named.length > 0 && named.length >= parts.length * 0.45 && parts.every((part) => part.length < 60)
}

/** The rows that name an entry stand at its dates. */
function around(lines: readonly Line[], index: number): string {
  const near = [lines[index - 1], lines[index], lines[index + 1]].filter(
    (line) => line !== undefined && !line.bullet && (line === lines[index] || !hasPeriod(line))
  )
  return near.map((line) => line?.text).join(' \t ')
}

/** Whether an entry with its dates in this line is one of studies. */
export function isOfStudies(lines: readonly Line[], index: number): boolean {
  const own = lines[index]?.text ?? ''
  // The row of the dates counts before those around it.
  if (hasWordOf('title', own) !== (hasWordOf('degree', own) || hasWordOf('school', own)))
    return !hasWordOf('title', own)
  const text = around(lines, index)
  return hasWordOf('degree', text) || (hasWordOf('school', text) && !hasWordOf('title', text))
}

function isOfJobs(lines: readonly Line[], index: number): boolean {
  const text = around(lines, index)
  return hasWordOf('title', text) || hasWordOf('organisation', text)
}
