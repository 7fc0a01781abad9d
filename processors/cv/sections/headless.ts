import type { Line } from '../document/document.ts'
import { hasPeriod, isOfStudies } from './content.ts'
import type { SectionKind } from './headings.ts'
import type { Section } from './sections.ts'

interface Part {
  readonly from: number
  readonly kind: SectionKind
}

/**
 * A CV without headings: jobs and studies are told by their words, and part where the space between rows is widest.
 * Lines behind the last entry and a wide space are something else.
 */
export function headlessSections(lines: readonly Line[]): Section[] {
  const dated = lines.flatMap((line, index) => (hasPeriod(line) && index > 0 ? [index] : []))
  if (dated.length < 2) return [{ kind: 'head', heading: null, lines }]
  const parts: Part[] = []
  for (const [at, index] of dated.entries()) {
    const kind = isOfStudies(lines, index) ? 'education' : 'experience'
    const after = dated[at - 1] ?? Math.max(0, index - 4)
    if (parts.at(-1)?.kind !== kind) parts.push({ from: widest(lines, after + 1, index), kind })
  }
  const last = dated.at(-1) as number
  const end = lines.findIndex((line, index) => index > last && line.gap >= 1.2 && !line.bullet)
  if (end > 0) parts.push({ from: end, kind: 'other' })
  const head: Section = { kind: 'head', heading: null, lines: lines.slice(0, parts[0]?.from) }
  return [
    head,
    ...parts.map(({ from, kind }, at) => ({
      kind,
      heading: null,
      lines: lines.slice(from, parts[at + 1]?.from)
    }))
  ]
}

/** The line that the widest space stands above, the last of several; where all are alike, the dated line. */
function widest(lines: readonly Line[], from: number, to: number): number {
  let best = to
  for (let index = to; index >= from; index--)
    if ((lines[index]?.gap ?? 0) > (lines[best]?.gap ?? 0) + 0.2) best = index
  return best
}
