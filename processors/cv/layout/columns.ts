import { hasDate } from '../fields/dates.ts'
import { folded } from '../fields/folded.ts'
import { isTableHead } from '../fields/table-head.ts'
import { headingKind } from '../sections/headings.ts'
import { type PlacedCell, rowsOf } from './cells.ts'

/** Cells of one column, from the top down. `side` is a narrow column beside the text. */
export interface Column {
  readonly kind: 'full' | 'side' | 'main'
  readonly cells: readonly PlacedCell[]
}

/**
 * Parts a page into columns in reading order: what spans the page, then the narrow column, then the wide one, again and
 * again downwards. A column of dates or labels that goes with the rows beside it is no column of its own.
 */
export function columnsOf(cells: readonly PlacedCell[], depth = 0): Column[] {
  const cut = depth < 4 ? bestCut(cells) : null
  if (!cut) return cells.length === 0 ? [] : [{ kind: 'full', cells }]
  const { above, left, right, below } = cut
  const [narrow, wide] = spread(left) <= spread(right) ? [left, right] : [right, left]
  const pairs = pairedBlocks(left, right)
  if (pairs) {
    const inRows = pairs.map((part): Column => ({ kind: 'full', cells: part }))
    return [...columnsOf(above, depth + 1), ...inRows, ...columnsOf(below, depth + 1)]
  }
  const inner = (part: readonly PlacedCell[], kind: Column['kind']) =>
    columnsOf(part, depth + 1).map((column) => ({ kind, cells: column.cells }))
  return [
    ...columnsOf(above, depth + 1),
    ...inner(narrow, 'side'),
    ...inner(wide, 'main'),
    ...columnsOf(below, depth + 1)
  ]
}

/**
 * A table whose rows are blocks: what an entry is on one side and what it tells on the other, each beginning at the
 * same height. Its blocks in reading order, or null where the sides are columns.
 */
function pairedBlocks(left: readonly PlacedCell[], right: readonly PlacedCell[]): PlacedCell[][] | null {
  const [a, b] = [blocksOf(left), blocksOf(right)]
  if (a.length < 2 || b.length < 2 || Math.abs(a.length - b.length) > Math.max(a.length, b.length) / 2)
    return null
  const tops = b.map(topOf)
  const paired = a.filter((block) =>
    tops.some((top) => Math.abs(top - topOf(block)) < (block[0]?.size ?? 10) * 0.9)
  ).length
  if (paired < a.length * 0.75) return null
  return [...a, ...b].sort((x, y) => Math.round((topOf(x) - topOf(y)) / 8) || leftOf(x) - leftOf(y))
}

/** Rows between which there is no wide gap. */
function blocksOf(cells: readonly PlacedCell[]): PlacedCell[][] {
  const blocks: PlacedCell[][] = []
  let last: PlacedCell | undefined
  for (const row of rowsOf(cells)) {
    const first = row[0] as PlacedCell
    const block = blocks.at(-1)
    if (block && last && (first.baseline - last.baseline - first.size) / first.size < 1.6) block.push(...row)
    else blocks.push([...row])
    last = first
  }
  return blocks
}

const topOf = (cells: readonly PlacedCell[]) => Math.min(...cells.map((cell) => cell.box.top))
const leftOf = (cells: readonly PlacedCell[]) => Math.min(...cells.map((cell) => cell.box.left))

interface Cut {
  readonly above: PlacedCell[]
  readonly left: PlacedCell[]
  readonly right: PlacedCell[]
  readonly below: PlacedCell[]
}

const spread = (cells: readonly PlacedCell[]) =>
  Math.max(...cells.map((cell) => cell.box.right)) - Math.min(...cells.map((cell) => cell.box.left))

/** The highest run of rows which an empty stripe parts into two columns. */
function bestCut(cells: readonly PlacedCell[]): Cut | null {
  const rows = rowsOf(cells)
  if (rows.length < 4) return null
  let best: { cut: Cut; height: number } | null = null
  for (const x of candidates(cells)) {
    const range = longestRange(rows, x)
    if (!range) continue
    const height = range.to - range.from
    if (height < 4 || (best && height <= best.height)) continue
    const cut = cutAt(rows, range, x)
    if (isColumns(cut)) best = { cut, height }
  }
  return best?.cut ?? null
}

/** Left edges at which several cells begin, just before them. */
function candidates(cells: readonly PlacedCell[]): number[] {
  const counts = new Map<number, number>()
  for (const { box } of cells) {
    const left = Math.round(box.left / 3)
    counts.set(left, (counts.get(left) ?? 0) + 1)
  }
  const leftmost = Math.min(...cells.map((cell) => cell.box.left))
  return [...counts]
    .filter(([left, count]) => count >= 2 && left * 3 > leftmost + 30)
    .sort((a, b) => b[1] - a[1])
    .slice(0, 24)
    .map(([left]) => left * 3 - 3)
}

interface Range {
  readonly from: number
  readonly to: number
}

/** The longest run of rows in which no cell crosses `x`, and of which both sides have something. */
function longestRange(rows: readonly PlacedCell[][], x: number): Range | null {
  let best: Range | null = null
  let from = 0
  for (let index = 0; index <= rows.length; index++) {
    const row = rows[index]
    if (row && !row.some(({ box }) => box.left < x - 1 && box.right > x + 1)) continue
    const range = trimmed(rows, { from, to: index }, x)
    if (range && (!best || range.to - range.from > best.to - best.from)) best = range
    from = index + 1
  }
  return best
}

/** Rows at the ends that stand on one side only, far from the other side's, are not of the columns. */
function trimmed(rows: readonly PlacedCell[][], range: Range, x: number): Range | null {
  const sides = (index: number) => {
    const row = rows[index] ?? []
    return { left: row.some(({ box }) => box.left < x), right: row.some(({ box }) => box.left >= x) }
  }
  let { from, to } = range
  const rightFrom = indices(from, to).find((index) => sides(index).right)
  if (rightFrom === undefined) return null
  // What stands above the right column's first row, and is larger than a row or two, is a heading over both.
  const lone = indices(from, rightFrom).filter((index) => sides(index).left)
  if (lone.length > 0 && lone.length <= 4 && gapAfter(rows, rightFrom - 1) > 1.2) from = rightFrom
  while (to > from && !sides(to - 1).left && !sides(to - 1).right) to--
  return to > from ? { from, to } : null
}

function indices(from: number, to: number): number[] {
  return Array.from({ length: Math.max(0, to - from) }, (_, index) => from + index)
}

function gapAfter(rows: readonly PlacedCell[][], index: number): number {
  const [row, next] = [rows[index]?.[0], rows[index + 1]?.[0]]
  if (!row || !next) return 0
  return (next.baseline - row.baseline - next.size) / next.size
}

function cutAt(rows: readonly PlacedCell[][], range: Range, x: number): Cut {
  const inside = rows.slice(range.from, range.to).flat()
  return {
    above: rows.slice(0, range.from).flat(),
    left: inside.filter(({ box }) => box.left < x),
    right: inside.filter(({ box }) => box.left >= x),
    below: rows.slice(range.to).flat()
  }
}

/** Whether both sides are texts of their own, rather than labels or dates of the rows beside them. */
function isColumns({ left, right }: Cut): boolean {
  if (gutterOf(left, right) < narrowestGutter || isOneTable(left, right)) return false
  const [few, many] = rowsOf(left).length <= rowsOf(right).length ? [left, right] : [right, left]
  const sides = { few: rowsOf(few), many: rowsOf(many) }
  if (sides.few.length < 3) return false
  const shared = sides.few.filter((row) => sides.many.some((other) => isBeside(row[0], other[0]))).length
  const aligned = shared / sides.few.length
  if (isLabels(sides.few, { shared, aligned })) return false
  return !isOfRows(
    { left, right },
    { few, aligned, share: sides.few.length / sides.many.length, rows: sides.many.length }
  )
}

interface Sides {
  /** The side of fewer rows. */
  readonly few: readonly PlacedCell[]
  /** How many of its rows begin at a height with one of the other's. */
  readonly aligned: number
  readonly share: number
  readonly rows: number
}

/** Whether what stands beside each other goes together, row by row. */
function isOfRows(
  { left, right }: Pick<Cut, 'left' | 'right'>,
  { few, aligned, share, rows }: Sides
): boolean {
  // A table's rows have something on both sides; texts beside each other seldom begin all their rows at one height.
  if (aligned >= 0.95 && averageOf(left) < 22 && share > 0.76) return true
  if (aligned >= 0.8 && share < 0.6) return true
  const many = few === left ? right : left
  const isSlight = lettersOf(few) < lettersOf(many) * 0.35 || rowsOf(few).length < 5
  return (aligned >= 0.85 && isSlight) || (aligned >= 0.9 && isGrid(left, right, rows))
}

/** Whether the heads of a table's columns stand on both sides. */
function isOneTable(left: readonly PlacedCell[], right: readonly PlacedCell[]): boolean {
  const ofRight = new Set(right)
  return rowsOf([...left, ...right]).some(
    (row) =>
      row.length > 2 &&
      ofRight.has(row.at(-1) as PlacedCell) &&
      !ofRight.has(row[0] as PlacedCell) &&
      isTableHead(row)
  )
}

/** A grid of short cells (skills) reads by rows as well as by columns. */
function isGrid(left: readonly PlacedCell[], right: readonly PlacedCell[], rows: number): boolean {
  return averageOf(left) < 24 && averageOf(right) < 24 && rows < 8
}

/** In points. */
const narrowestGutter = 6

function gutterOf(left: readonly PlacedCell[], right: readonly PlacedCell[]): number {
  return Math.min(...right.map(({ box }) => box.left)) - Math.max(...left.map(({ box }) => box.right))
}

/** Rows that are headings, dates, or set against the text beside them. */
function isLabels(
  rows: readonly PlacedCell[][],
  { shared, aligned }: { shared: number; aligned: number }
): boolean {
  const dated = rows.filter((row) => row.some((cell) => hasDate(cell.text))).length
  if (isRightAligned(rows) && dated + shared > 0) return true
  const headings = rows.filter((row) => row.every((cell) => headingKind(cell.text) !== null)).length
  if (headings >= 2 && headings + dated >= rows.length * 0.7 && aligned >= 0.5) return true
  const labels = rows.filter((row) => row.every((cell) => isFormLabel(cell.text))).length
  if (labels >= 3 && labels + headings + dated >= rows.length * 0.8 && aligned >= 0.6) return true
  return aligned >= 0.6 && dated / rows.length >= 0.3
}

const formLabel =
  /^(?:noms?|prenoms?|date|lieu|adresse|telephone|tel|e-?mail|courriel|mail|profession|nationalite|situation|etat civil|sexe|permis|age|contact|periode|annees?|dates?|name|address|phone|birth)\b/

/** "Nom et prénom", "Adresse", "Période": what stands before the value in a form or over a column of a table. */
const isFormLabel = (text: string) => text.length < 30 && formLabel.test(folded(text))

/** Labels and dates before a text are often set against it; a text of its own is not. */
function isRightAligned(rows: readonly PlacedCell[][]): boolean {
  const rights = rows.map((row) => row.at(-1)?.box.right ?? 0)
  const edge = Math.max(...rights)
  const lefts = new Set(rows.map((row) => Math.round((row[0]?.box.left ?? 0) / 6)))
  return lefts.size > 2 && rights.filter((right) => edge - right < 4).length >= rows.length * 0.8
}

/** Labels are larger than the text beside them, or in its middle: their baselines need not be the same. */
function isBeside(a: PlacedCell | undefined, b: PlacedCell | undefined): boolean {
  if (!a || !b) return false
  const tolerance = a.size === b.size ? 1.5 : Math.max(a.size, b.size) * 0.6
  return a.page === b.page && Math.abs(a.baseline - b.baseline) <= tolerance
}

const lettersOf = (cells: readonly PlacedCell[]) => cells.reduce((sum, cell) => sum + cell.text.length, 0)
const averageOf = (cells: readonly PlacedCell[]) => lettersOf(cells) / Math.max(1, cells.length)
