import type { Entry } from './entries.ts'
import type { Header } from './pieces.ts'
import { beginsLikeTrade, hasWordOf } from './words.ts'

/** An entry and its header in pieces. */
export interface Read {
  readonly entry: Entry
  readonly header: Header
}

/** An employer with the years of all jobs there stands above them: "1999-2024 Forges de Lorraine", then two jobs with theirs. */
export function employersAbove(all: readonly Read[]): Read[] {
  return all.filter(({ entry, header }, index) => {
    const next = all[index + 1]
    const [only, ...others] = header.pieces
    const isName = only !== undefined && others.length === 0 && !isJob(only.text) && entry.body.length === 0
    return isName && next !== undefined && isUnder(next, entry.dates)
  })
}

const isJob = (text: string) => hasWordOf('title', text) || beginsLikeTrade(text)

/** Whether a job's years lie within others, and its header names no employer. */
function isUnder({ entry: { dates }, header }: Read, outer: Entry['dates']): boolean {
  const [title, ...others] = header.pieces
  return title !== undefined && others.length === 0 && isJob(title.text) && liesWithin(dates, outer)
}

const yearOf = (date: string) => date.slice(0, 4)

function liesWithin(inner: Entry['dates'], outer: Entry['dates']): boolean {
  if (!inner?.start || !outer?.start || yearOf(inner.start) < yearOf(outer.start)) return false
  return outer.ongoing || (outer.end !== null && yearOf(inner.start) <= yearOf(outer.end))
}

/** The header of a job with the employer that stands above it. */
export function underEmployer(each: Read, all: readonly Read[], employers: readonly Read[]): Header {
  const above = employers.findLast((employer) => all.indexOf(employer) < all.indexOf(each))
  if (above === undefined || !isUnder(each, above.entry.dates)) return each.header
  const { pieces, location } = above.header
  return {
    ...each.header,
    pieces: [...each.header.pieces, ...pieces],
    location: each.header.location ?? location
  }
}
