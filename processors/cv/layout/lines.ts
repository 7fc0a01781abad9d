import type { Cell, Line, Piece } from '../document/document.ts'
import { hasDate } from '../fields/dates.ts'
import { headingKind } from '../sections/headings.ts'
import { cellsOf, type PlacedCell, rowsOf } from './cells.ts'
import { type Column, columnsOf } from './columns.ts'

/** The lines of a document that has places, in reading order over all its pages. */
export function readingOrder(pieces: readonly Piece[]): Line[] {
  const pages = Map.groupBy(pieces, (piece) => piece.page)
  const columns = [...pages].sort(([a], [b]) => a - b).map(([, page]) => columnsOf(cellsOf(page)))
  const ordered = acrossPages(columns)
  return withoutRunningHeads(ordered.flatMap((column, block) => linesOf(column, block)))
}

/** A side column that goes on on the next page is read through before the text beside it. */
function acrossPages(pages: readonly Column[][]): Column[] {
  const ordered: Column[] = []
  let waiting: Column[] = []
  for (const page of pages) {
    const sides = page.filter((column) => column.kind === 'side')
    if (sides.length === 0) {
      ordered.push(...waiting.splice(0), ...page)
      continue
    }
    const before = page.slice(
      0,
      page.findIndex((column) => column.kind === 'side')
    )
    const after = page.slice(before.length).filter((column) => column.kind !== 'side')
    if (before.length > 0) ordered.push(...waiting.splice(0))
    ordered.push(...before, ...sides)
    waiting = [...waiting, ...after]
  }
  return [...ordered, ...waiting]
}

function linesOf(column: Column, block: number): Line[] {
  const rows = cardsApart(raisedLabels(joinedLabels(joinedDates(rowsOf(column.cells)))))
  return rows.map((row, index) => {
    const last = rows[index - 1]?.[0]
    const first = row[0] as PlacedCell
    const gap =
      last && last.page === first.page ? (first.baseline - last.baseline - first.size) / first.size : 0
    return lineOf(row, { block, page: first.page, gap, links: row.flatMap((cell) => cell.links) })
  })
}

const openDate = /(?:[-–—−]|\b(?:to|à|au|until))\s*$/u
const closingDate = /^(?:present|présent|aujourd|now|current|ce jour|actuel|en cours)/iu

/** A range that a narrow column breaks ("Feb 2020 –", "Present" under it) is one again, in the upper row. */
function joinedDates(rows: PlacedCell[][]): PlacedCell[][] {
  for (const [index, row] of rows.entries()) {
    const open = row.findIndex((cell) => openDate.test(cell.text) && hasDate(cell.text))
    const next = rows[index + 1]
    const cell = row[open]
    if (!cell || !next) continue
    const close = next.findIndex(
      ({ text, box }) =>
        box.left < cell.box.right &&
        box.right > cell.box.left - 20 &&
        text.length < 25 &&
        (hasDate(text) || closingDate.test(text))
    )
    const end = next[close]
    if (!end || end.baseline - cell.baseline > cell.size * 2.2) continue
    row[open] = {
      ...cell,
      text: `${cell.text} ${end.text}`,
      box: { ...cell.box, right: Math.max(cell.box.right, end.box.right) }
    }
    next.splice(close, 1)
  }
  return rows.filter((row) => row.length > 0)
}

export interface LineContext {
  readonly block: number
  readonly page: number
  readonly gap: number
  readonly links: readonly string[]
}

/** Entries side by side, each with its dates in one row, are read one after the other. */
function cardsApart(rows: PlacedCell[][]): PlacedCell[][] {
  const result: PlacedCell[][] = []
  let index = 0
  while (index < rows.length) {
    const cards = cardsAt(rows, index)
    if (!cards) {
      result.push(rows[index] as PlacedCell[])
      index++
      continue
    }
    for (const { left, until } of cards.columns)
      for (const row of rows.slice(index, cards.to)) {
        const own = row.filter(({ box }) => box.left >= left - 3 && box.left < until - 3)
        if (own.length > 0) result.push(own)
      }
    index = cards.to
  }
  return result
}

/** A page whose entries stand side by side has no more; one that was made to cost time has. */
const mostCards = 12
const mostCardRows = 80

/** Rows from `from` on that have the same two columns or more, one of the rows being all dates. */
function cardsAt(rows: readonly PlacedCell[][], from: number) {
  const first = rows[from] ?? []
  if (first.length < 2 || first.length > mostCards) return null
  const lefts = first.map(({ box }) => box.left)
  let to = from
  while (
    to < Math.min(rows.length, from + mostCardRows) &&
    rows[to]?.every(({ box }) => lefts.some((left) => Math.abs(left - box.left) < 4))
  )
    to++
  const dated = rows
    .slice(from, to)
    .some((row) => row.length === lefts.length && row.every((cell) => hasDate(cell.text)))
  if (to - from < 2 || !dated) return null
  return {
    to,
    columns: lefts.map((left, at) => ({ left, until: lefts[at + 1] ?? Number.POSITIVE_INFINITY }))
  }
}

/** A heading that a narrow column breaks ("Expérience", "professionnelle" under it) is one again, in the upper row. */
function joinedLabels(rows: PlacedCell[][]): PlacedCell[][] {
  for (const [index, row] of rows.entries()) {
    const [first] = row
    const next = rows[index + 1]
    const second = next?.[0]
    if (!first || !next || !second || !isBroken(first, second)) continue
    // Two headings one under the other are no broken one.
    if (headingKind(second.text) !== null && next.length > 1) continue
    row[0] = { ...first, text: `${first.text} ${second.text}` }
    next.splice(0, 1)
  }
  return rows.filter((row) => row.length > 0)
}

function isBroken(first: PlacedCell, second: PlacedCell): boolean {
  const isAlike = first.size === second.size && first.bold === second.bold && first.text.length <= 30
  const isNear = second.baseline - first.baseline <= first.size * 1.6
  return isAlike && isNear && headingKind(`${first.text} ${second.text}`) !== null
}

/** A label in the middle of the rows that it names stands before the first of them. */
function raisedLabels(rows: PlacedCell[][]): PlacedCell[][] {
  const result: PlacedCell[][] = []
  for (const [index, row] of rows.entries()) {
    const [label, ...others] = row
    const isLabel =
      label && headingKind(label.text) !== null && (others.length > 0 || goesOnBeside(rows[index + 1], label))
    const at = isLabel ? groupStart(result, label) : result.length
    if (!label || at === result.length) result.push(row)
    else {
      result.splice(at, 0, [label])
      if (others.length > 0) result.push(others)
    }
  }
  return result
}

/** Whether rows go on under a label's height, beside it: it stands in their middle, and not under what is there. */
function goesOnBeside(next: readonly PlacedCell[] | undefined, label: PlacedCell): boolean {
  const first = next?.[0]
  return first !== undefined && first.box.left >= label.box.right && isBelow([label], first)
}

/** Where the group of rows begins that ends at a label's height; rows that go on to another label are that one's. */
function groupStart(rows: readonly PlacedCell[][], label: PlacedCell): number {
  const isOwn = (row: readonly PlacedCell[]) => row.some((cell) => cell.box.left < label.box.right)
  let at = rows.length
  let below = label
  while (at > 0) {
    const above = rows[at - 1] as PlacedCell[]
    if (!isBelow(above, below)) return at
    if (isOwn(above)) return rows.length
    below = above[0] as PlacedCell
    at--
  }
  return at
}

/** Whether a row is close enough above a cell to be of one group with it. */
function isBelow(above: readonly PlacedCell[] | undefined, cell: PlacedCell): boolean {
  const first = above?.[0]
  return (
    first !== undefined &&
    first.page === cell.page &&
    cell.baseline - first.baseline < Math.max(first.size, 8) * 2.2
  )
}

const bullets = /^(?:[•●▪■◦○‣⁃∙·▸►➢➤✓✔❖◆◇★☆\uf0b7\uf0a7\uf076\uf0d8\uf0fc-]|[–—*o{§](?=\s|$))\s*/u

/** A line of cells; a bullet at its beginning is told and taken away. */
export function lineOf(cells: readonly Cell[], context: LineContext): Line {
  const first = cells[0] as Cell
  const mark = markOf(first.text)
  const shown = withoutIcons(mark > 0 ? withoutMark(cells, mark) : cells)
  // A row looks as what it names does, rather than as the dates beside it.
  const { bold, italic, color } = shown.find((cell) => !hasDate(cell.text)) ?? first
  return {
    ...context,
    links: [...new Set(context.links)],
    cells: shown,
    text: shown.map((cell) => cell.text).join('\t'),
    bullet: mark > 0,
    box: around(cells),
    size: Math.max(...shown.map((cell) => cell.size), 0),
    bold,
    italic,
    color
  }
}

/** How many characters the bullet at a text's beginning has; a minus before a number is none. */
function markOf(text: string): number {
  return /^-\d/.test(text) ? 0 : (text.match(bullets)?.[0].length ?? 0)
}

function around(cells: readonly Cell[]): Line['box'] {
  return {
    left: Math.min(...cells.map((cell) => cell.box.left)),
    right: Math.max(...cells.map((cell) => cell.box.right)),
    top: Math.min(...cells.map((cell) => cell.box.top)),
    bottom: Math.max(...cells.map((cell) => cell.box.bottom))
  }
}

/** Signs of icon fonts are no text. */
function withoutIcons(cells: readonly Cell[]): readonly Cell[] {
  if (!cells.some((cell) => /[\u{e000}-\u{f8ff}]/u.test(cell.text))) return cells
  const cleaned = cells.map((cell) => ({
    ...cell,
    text: cell.text
      .replace(/[\u{e000}-\u{f8ff}]+/gu, ' ')
      .replace(/ {2,}/g, ' ')
      .trim()
  }))
  const filled = cleaned.filter((cell) => cell.text !== '')
  return filled.length > 0 ? filled : cleaned.slice(0, 1)
}

function withoutMark(cells: readonly Cell[], length: number): Cell[] {
  const [first, ...others] = cells as [Cell, ...Cell[]]
  const text = first.text.slice(length)
  return text === '' && others.length > 0 ? others : [{ ...first, text }, ...others]
}

/** Page numbers, and what stands at the same place of several pages, are not part of the text. */
function withoutRunningHeads(lines: readonly Line[]): Line[] {
  const seen = new Map<string, number>()
  return lines.filter((line) => {
    if (/\bpage\s\d{1,2}\s?(?:\/|of|sur|de)\s?\d{1,2}$/i.test(line.text) && line.text.length < 60)
      return false
    if (/^(?:page\s*)?\d{1,2}(?:\s*(?:\/|of|sur|de)\s*\d{1,2})?$/i.test(line.text) && line.text.length < 14)
      return false
    const place = `${Math.round(line.box.top / 4)} ${Math.round(line.box.left / 4)} ${line.text}`
    const page = seen.get(place)
    if (page !== undefined && page !== line.page) return false
    seen.set(place, line.page)
    return true
  })
}
