import type { Cell, Line } from '../document/document.ts'
import { isPlace } from './places.ts'
import { isTableHead } from './table-head.ts'
import { type DateRange, hasDate, withoutDates } from './dates.ts'
import { headerRange, isPeriod } from './header-range.ts'
import { unbroken } from './unbroken.ts'

/** One job or study: the lines that say what it is, and those that tell about it. */
export interface Entry {
  readonly header: readonly Line[]
  readonly body: readonly Line[]
  readonly dates: DateRange | null
}

interface Dated {
  readonly index: number
  readonly range: DateRange
}

/**
 * Parts a section into entries. Each has a line with its dates; where an entry begins above that line is told by how
 * the first entry of the section begins and by looks that come back.
 */
export function entriesOf(given: readonly Line[], ofStudies = false): Entry[] {
  const lines = unbroken(withoutListMarks(given.filter(({ cells }) => !isTableHead(cells))), ofStudies)
  const dated = datedLines(lines)
  if (dated.length === 0) return lines.length === 0 ? [] : undated(lines)
  const starts = startsOf(lines, dated)
  const entries = starts.map((start, at) => {
    const end = starts[at + 1] ?? lines.length
    const date = dated[at] as Dated
    return entryOf(lines.slice(start, end), date.index - start, date.range)
  })
  return entries.filter((entry, at) => !isEcho(entry, entries.slice(0, at).toReversed()))
}

/** Where the entries themselves are points of a list, their bullets tell nothing. */
function withoutListMarks(lines: readonly Line[]): readonly Line[] {
  const dated = lines.filter((line) => headerRange(line)?.end)
  if (dated.length === 0 || dated.some((line) => !line.bullet)) return lines
  const lefts = new Set(dated.map((line) => Math.round(line.box.left)))
  return lines.map((line) =>
    line.bullet && lefts.has(Math.round(line.box.left)) ? { ...line, bullet: false } : line
  )
}

/** Dates that say again, with nothing beside them, what an entry before them said. */
function isEcho({ header, dates }: Entry, before: readonly Entry[]): boolean {
  if (!dates || header.some((line) => withoutDates(line.text).length > 24)) return false
  const last = before.find((entry) => entry.dates?.end || entry.dates?.ongoing)
  return (
    last !== undefined &&
    last.dates !== null &&
    dates.end === null &&
    !dates.ongoing &&
    (dates.start === last.dates.start || dates.start === last.dates.end)
  )
}

/** Lines with a date of an entry rather than a date within a sentence. */
function datedLines(lines: readonly Line[]): Dated[] {
  const all = lines.flatMap((line, index) => {
    const range = headerRange(line)
    return range
      ? [{ index, range, isRange: isPeriod(range) || range.start === null, bullet: line.bullet }]
      : []
  })
  // Where most dates are ranges, a single year in a line of text is no entry's.
  const ranges = all.filter(({ isRange }) => isRange)
  const plain = all.filter(({ bullet }) => !bullet)
  const isAlike = (index: number) =>
    ranges.some((other) => looksLike(lines[index] as Line, lines[other.index] as Line))
  const isInPlace = (index: number) =>
    ranges.some((other) => haveDatesInPlace(lines[index] as Line, lines[other.index] as Line))
  const kept =
    ranges.length >= all.length / 2
      ? all.filter(
          ({ isRange, index }) => isRange || (isShort(lines[index]) && isAlike(index)) || isInPlace(index)
        )
      : all
  const free = kept.filter(({ bullet }) => !bullet || plain.length === 0)
  return withoutNeighbours(free)
}

/** Whether dates fill a cell of both lines, at one edge: a year is an entry's in the column of dates, however long its text is. */
function haveDatesInPlace(a: Line, b: Line): boolean {
  const [own, other] = [dateCell(a), dateCell(b)]
  if (!own || !other) return false
  return Math.abs(own.box.left - other.box.left) < 3 || Math.abs(own.box.right - other.box.right) < 3
}

function dateCell({ cells }: Line): Cell | undefined {
  return cells.length > 1 ? cells.find(({ text }) => hasDate(text) && withoutDates(text) === '') : undefined
}

const isShort = (line: Line | undefined) => (line?.text.length ?? 0) < 60

/** Two dated lines that follow each other within one header: the first counts when nothing stands between. */
function withoutNeighbours<T extends Dated>(dated: readonly T[]): T[] {
  return dated.filter(({ index }, at) => dated[at - 1]?.index !== index)
}

function startsOf(lines: readonly Line[], dated: readonly Dated[]): number[] {
  const first = dated[0]?.index ?? 0
  const lead = first <= 3 ? first : leadOf(lines, first, 0)
  const model = lines[first - lead]
  const starts = [first <= 3 ? 0 : first - lead]
  for (const [at, { index }] of dated.entries()) {
    if (at === 0) continue
    const from = Math.max((dated[at - 1]?.index ?? 0) + 1, index - 4)
    starts.push(startOf(lines, { index, from, lead, model }))
  }
  return starts
}

interface Search {
  readonly index: number
  readonly from: number
  readonly lead: number
  readonly model: Line | undefined
}

function startOf(lines: readonly Line[], { index, from, lead, model }: Search): number {
  if (model && isTelling(model, lines)) {
    for (let at = from; at <= index; at++) {
      const line = lines[at] as Line
      if (looksLike(line, model) && (at === index || noBulletBetween(lines, at, index))) return at
    }
  }
  const same = index - lead
  if (
    same >= from &&
    isHeader(lines[same]) &&
    noBulletBetween(lines, same, index) &&
    !endsAbove(lines, same, index)
  )
    return same
  return index - leadOf(lines, index, from)
}

/** Looks tell where they are not those of most lines. */
function isTelling(model: Line, lines: readonly Line[]): boolean {
  const like = lines.filter((line) => looksLike(line, model)).length
  return like <= Math.max(2, lines.length * 0.45)
}

function looksLike(line: Line, model: Line): boolean {
  return (
    !line.bullet &&
    line.size === model.size &&
    line.bold === model.bold &&
    line.italic === model.italic &&
    line.color === model.color &&
    Math.abs(line.box.left - model.box.left) < 6
  )
}

/** Whether a line stands close under what is before it, and apart from the dates that follow: it ends an entry. */
function endsAbove(lines: readonly Line[], at: number, index: number): boolean {
  return (lines[at]?.gap ?? 0) < 0.6 && lines.slice(at + 1, index + 1).some(({ gap }) => gap >= 0.9)
}

/** Neither a point of a list nor a text that is set in, which is how a list looks whose points are drawn. */
function noBulletBetween(lines: readonly Line[], from: number, to: number): boolean {
  const left = Math.max(lines[from]?.box.left ?? 0, lines[to]?.box.left ?? 0)
  return lines.slice(from, to).every((line) => !line.bullet && line.box.left < left + 14)
}

/** How many lines above a dated line belong to its header, by their form. */
function leadOf(lines: readonly Line[], index: number, from: number): number {
  let lead = 0
  while (
    lead < 2 &&
    index - lead - 1 >= from &&
    isHeader(lines[index - lead - 1]) &&
    (lines[index - lead]?.gap ?? 0) < 1
  )
    lead++
  return lead
}

function isHeader(line: Line | undefined): boolean {
  return (
    line !== undefined &&
    !line.bullet &&
    line.text.length < (isOfTwoWeights(line) ? 140 : 90) &&
    !endsSentence(line.text) &&
    !/^\p{Ll}/u.test(line.text)
  )
}

/** Whether a name in bold stands before another one: such a line names, however long it is. */
export function isOfTwoWeights({ cells }: Line): boolean {
  return cells.some(({ plainTail }) => plainTail !== undefined)
}

/** A stop ends a sentence, but for those of "Inc." and its kin. */
export function endsSentence(text: string): boolean {
  return (
    /[.;,]$/.test(text) &&
    !/\b(?:inc|ltd|corp|co|llc|cie|s\.a|s\.a\.r\.l|bros|jr|sr|ph\.d|m\.sc|b\.sc|m\.a|b\.a)\.$/i.test(text)
  )
}

function entryOf(lines: readonly Line[], dateAt: number, dates: DateRange): Entry {
  const bare = definition(lines, dateAt, dates)
  if (bare) return bare
  let end = dateAt + 1
  const lefts = lines.slice(0, dateAt + 1).flatMap((line) => line.cells.map((cell) => cell.box.left))
  const isInLine = (line: Line | undefined) =>
    line !== undefined && lefts.some((left) => Math.abs(left - line.box.left) < 8)
  while (
    end < lines.length &&
    end < dateAt + 4 &&
    isInLine(lines[end]) &&
    (isHeader(lines[end]) || isPlace(lines[end]?.text ?? '')) &&
    isCloseTo(lines, end)
  )
    end++
  return { header: lines.slice(0, end), body: lines.slice(end), dates }
}

/** Under dates that stand alone what the entry is may be set in, as a definition is under its term. */
function definition(lines: readonly Line[], dateAt: number, dates: DateRange): Entry | null {
  const [term, text] = [lines[dateAt], lines[dateAt + 1]]
  const isBare = lines.slice(0, dateAt + 1).every((line) => withoutDates(line.text) === '')
  if (!isBare || !term || !text || text.box.left < term.box.left + 8 || text.text.length > 140) return null
  return {
    header: [...lines.slice(0, dateAt + 1), { ...text, bullet: false }],
    body: lines.slice(dateAt + 2),
    dates
  }
}

/** A short line under the dates may belong to the header; what tells of the job is judged by its words later. */
function isCloseTo(lines: readonly Line[], index: number): boolean {
  const line = lines[index] as Line
  return (line.text.length < 80 || isOfTwoWeights(line)) && line.gap < 1.6
}

/** Entries without dates begin where a line looks like the first one. */
function undated(lines: readonly Line[]): Entry[] {
  const model = lines[0] as Line
  const isStart = (line: Line, index: number) =>
    index === 0 || (looksLike(line, model) && isTelling(model, lines) && line.gap > 0.3)
  const starts = lines.flatMap((line, index) => (isStart(line, index) ? [index] : []))
  return starts.map((start, at) => {
    const own = lines.slice(start, starts[at + 1] ?? lines.length)
    return {
      header: own.slice(0, 2).filter((line) => !line.bullet && line.text.length < 120),
      body: own.slice(2),
      dates: null
    }
  })
}
