import type { Cell, Piece } from '../document/document.ts'

/** A cell and the words it is made of; it never spans a gap as wide as a column's. */
export interface PlacedCell extends Cell {
  readonly page: number
  readonly baseline: number
  readonly links: readonly string[]
}

/** Words of a page put together to cells: what stands on one baseline without a wide gap. */
export function cellsOf(pieces: readonly Piece[]): PlacedCell[] {
  const rows = rowsOf(pieces.map((piece) => ({ ...piece, baseline: piece.box.bottom })))
  const edges = edgesOf(rows)
  return rows.flatMap((row) => splitRow(row, edges).map(cellOf))
}

const fewestRowsAtEdge = 4

/** Places, to 2 points, at which several rows begin: the left edge of a text beside labels. */
function edgesOf(rows: readonly Word[][]): ReadonlySet<number> {
  const counts = new Map<number, number>()
  for (const row of rows) {
    const left = Math.round((row[0]?.box.left ?? 0) / 2)
    counts.set(left, (counts.get(left) ?? 0) + 1)
  }
  const own = [...counts].filter(([, count]) => count >= fewestRowsAtEdge).map(([left]) => left)
  return new Set([...own, ...headEdges(rows)])
}

const fewestHeads = 3

/** Where the heads of a table's columns begin, and a word of the next row does, too: its cells may be close together. */
function headEdges(rows: readonly Word[][]): number[] {
  return rows.flatMap((row, index) => {
    const heads = splitRow(row, new Set()).map((cell) => Math.round((cell[0]?.box.left ?? 0) / 2))
    if (heads.length < fewestHeads) return []
    const below = new Set((rows[index + 1] ?? []).map((word) => Math.round(word.box.left / 2)))
    return heads.every((head) => below.has(head)) ? heads : []
  })
}

interface Placed {
  readonly baseline: number
  readonly size: number
  readonly box: { readonly left: number }
}

/** What stands on one baseline, from the top down, each row from left to right. */
export function rowsOf<T extends Placed>(items: readonly T[]): T[][] {
  const sorted = [...items].sort((a, b) => a.baseline - b.baseline)
  const rows: T[][] = []
  let at = 0
  for (const item of sorted) {
    const row = rows.at(-1)
    const height = Math.max(item.size, row?.[0]?.size ?? 0)
    if (row && item.baseline - at <= Math.min(height * 0.35, 6)) row.push(item)
    else {
      rows.push([item])
      at = item.baseline
    }
  }
  return rows.map((row) => row.sort((a, b) => a.box.left - b.box.left))
}

type Word = Piece & { readonly baseline: number }

function splitRow(row: readonly Word[], edges: ReadonlySet<number>): Word[][] {
  const cells: Word[][] = []
  for (const word of row) {
    const cell = cells.at(-1)
    const last = cell?.at(-1)
    const place = Math.round(word.box.left / 2)
    const atEdge = edges.has(place) || edges.has(place - 1) || edges.has(place + 1)
    const wide = last ? Math.max(last.size, word.size) * (atEdge ? 0.42 : 1.05) : 0
    if (cell && last && word.box.left - last.box.right < wide) cell.push(word)
    else cells.push([word])
  }
  return joinSpaced(cells)
}

/** A letter-spaced word ("J O H N") comes as cells of one letter each: they are one again. */
function joinSpaced(cells: Word[][]): Word[][] {
  const letters = cells.filter((cell) => cell.every((word) => /^.$/u.test(word.text))).length
  if (cells.length < 4 || letters < cells.length * 0.8) return cells
  return [cells.flat()]
}

function cellOf(words: readonly Word[]): PlacedCell {
  const first = words[0] as Word
  const longest = words.reduce((a, b) => (b.text.length > a.text.length ? b : a), first)
  const box = {
    left: first.box.left,
    right: Math.max(...words.map((word) => word.box.right)),
    top: Math.min(...words.map((word) => word.box.top)),
    bottom: Math.max(...words.map((word) => word.box.bottom))
  }
  const letters = words.reduce((sum, word) => sum + word.text.length, 0)
  const boldLetters = words.reduce((sum, word) => sum + (word.bold ? word.text.length : 0), 0)
  return {
    page: first.page,
    baseline: first.baseline,
    text: textOf(words),
    box,
    size: Math.max(longest.size, first.size),
    bold: boldLetters > letters * 0.6,
    italic: longest.italic,
    color: longest.color,
    ...plainTailOf(words),
    links: [...new Set(words.flatMap((word) => (word.link === null ? [] : [word.link])))]
  }
}

/** Where a name and what stands beside it are parted by nothing but their weight. */
function plainTailOf(words: readonly Word[]): Pick<Cell, 'plainTail'> {
  const at = words.findIndex((word) => !word.bold)
  if (at < 1 || words.slice(at).some((word) => word.bold)) return {}
  return { plainTail: textOf(words).length - textOf(words.slice(0, at)).length }
}

function textOf(words: readonly Word[]): string {
  let text = ''
  let last: Word | undefined
  for (let index = 0; index < words.length; index++) {
    const word = words[index] as Word
    const run = lettersFrom(words, index)
    const gap = last ? word.box.left - last.box.right : 0
    const spacing = Math.max(word.spacing, last?.spacing ?? 0)
    // Between letters that are spaced out the gap of a kerned pair is no blank.
    const blank = spacing > word.size * 0.06 ? spacing + word.size * 0.22 : word.size * 0.1
    text += last && gap > blank ? ' ' : ''
    text += run ? spacedText(run) : word.text
    index += run ? run.length - 1 : 0
    last = words[index]
  }
  return text
}

const fewestSpaced = 4

/** Words of one letter each that begin at `from`, where there are enough of them to be a spaced word. */
function lettersFrom(words: readonly Word[], from: number): readonly Word[] | null {
  let to = from
  while (to < words.length && /^[\p{L}.]$/u.test(words[to]?.text ?? '')) to++
  return to - from >= fewestSpaced ? words.slice(from, to) : null
}

/** Letters with wide gaps between them are words where the gaps are all alike, and several where some are wider. */
function spacedText(words: readonly Word[]): string {
  const gaps = words.slice(1).map((word, index) => word.box.left - (words[index]?.box.right ?? 0))
  const usual = [...gaps].sort((a, b) => a - b)[Math.floor(gaps.length / 3)] ?? 0
  return words.reduce((text, word, index) => {
    const wide = index > 0 && (gaps[index - 1] ?? 0) > Math.max(usual * 1.7, usual + word.size * 0.15)
    return text + (wide ? ' ' : '') + word.text
  }, '')
}
