import type { Line } from '../document/document.ts'
import { isPlace } from './places.ts'
import { hasWordOf } from './words.ts'
import { type DateRange, dateRanges, hasDate, withoutDates } from './dates.ts'

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
  const lines = unbroken(withoutListMarks(given), ofStudies)
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

const hangs = /(?:\s(?:de|du|des|d'|d’|la|le|les|l'|et|en|à|au|aux|of|and|the|in|for|&)|\p{L}-)$/u

/** A name that the end of a narrow column breaks ("Institut Supérieur de", "Kinshasa") is one again. */
function unbroken(lines: readonly Line[], ofStudies: boolean): readonly Line[] {
  const result: Line[] = []
  const right = Math.max(...lines.map(({ box }) => box.right))
  for (const line of lines) {
    const last = result.at(-1)
    const joined = last && isBroken(last, line, { right, ofStudies }) ? joinedWith(last, line) : null
    if (joined) result[result.length - 1] = joined
    else result.push(line)
  }
  return result
}

/** The upper row with the text of the lower one behind the cell that it goes on, unless that is a date. */
function joinedWith(last: Line, line: Line): Line | null {
  const at =
    last.cells.length === 1 ? 0 : last.cells.findIndex(({ box }) => Math.abs(box.left - line.box.left) < 3)
  const cell = last.cells[at]
  if (!cell || (last.cells.length > 1 && hasDate(cell.text))) return null
  const text = `${cell.text}${cell.text.endsWith('-') ? '' : ' '}${line.text}`
  const cells = last.cells.with(at, { ...cell, text })
  return { ...last, cells, text: cells.map((each) => each.text).join('\t') }
}

interface Within {
  readonly right: number
  readonly ofStudies: boolean
}

function isBroken(last: Line, line: Line, { right, ofStudies }: Within): boolean {
  if (!isJustBelow(last, line) || headerRange(line) !== null) return false
  if (last.bold === line.bold && hangs.test(last.text)) return true
  if (!ofStudies) return false
  if (last.text.endsWith(',') || /^\p{Ll}/u.test(line.text)) return true
  return (
    isUnderLastCell(last, line, right) && !hasWordOf('school', line.text) && !hasWordOf('degree', line.text)
  )
}

function isJustBelow(last: Line, line: Line): boolean {
  const isAlike = last.block === line.block && last.size === line.size && !line.bullet && !last.bullet
  const isShortEnough = last.text.length <= 140 && line.text.length <= 60
  return isAlike && isShortEnough && line.gap < 0.6 && /^[\p{L}(]/u.test(line.text)
}

/** A row that is full goes on under its last cell. */
function isUnderLastCell(last: Line, line: Line, right: number): boolean {
  const cell = last.cells.at(-1)
  const isFull =
    cell !== undefined && last.cells.length > 1 && right - last.box.right < (right - cell.box.left) * 0.15
  return isFull && Math.abs(cell.box.left - line.box.left) < 3 && headerRange(last) !== null
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
  const kept =
    ranges.length >= all.length / 2
      ? all.filter(({ isRange, index }) => isRange || (isShort(lines[index]) && isAlike(index)))
      : all
  const free = kept.filter(({ bullet }) => !bullet || plain.length === 0)
  return withoutNeighbours(free)
}

const isShort = (line: Line | undefined) => (line?.text.length ?? 0) < 60

/** Two dated lines that follow each other within one header: the first counts when nothing stands between. */
function withoutNeighbours<T extends Dated>(dated: readonly T[]): T[] {
  return dated.filter(({ index }, at) => dated[at - 1]?.index !== index)
}

function headerRange(line: Line): DateRange | null {
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

const isPeriod = ({ end, ongoing }: DateRange) => end !== null || ongoing

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
  if (same >= from && isHeader(lines[same]) && noBulletBetween(lines, same, index)) return same
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

function noBulletBetween(lines: readonly Line[], from: number, to: number): boolean {
  return lines.slice(from, to).every((line) => !line.bullet)
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
    line.text.length < 90 &&
    !endsSentence(line.text) &&
    !/^\p{Ll}/u.test(line.text)
  )
}

/** A stop ends a sentence, but for those of "Inc." and its kin. */
export function endsSentence(text: string): boolean {
  return (
    /[.;,]$/.test(text) &&
    !/\b(?:inc|ltd|corp|co|llc|cie|s\.a|s\.a\.r\.l|bros|jr|sr|ph\.d|m\.sc|b\.sc|m\.a|b\.a)\.$/i.test(text)
  )
}

function entryOf(lines: readonly Line[], dateAt: number, dates: DateRange): Entry {
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

/** A short line under the dates may belong to the header; what tells of the job is judged by its words later. */
function isCloseTo(lines: readonly Line[], index: number): boolean {
  const line = lines[index] as Line
  return line.text.length < 80 && line.gap < 1.6
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
