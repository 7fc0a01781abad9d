import type { FindingCode } from '../report/catalogue.ts'
import { isBlank, type Layout } from '../table/layout.ts'
import type { SourceRow } from '../table/table.ts'
import { fold, trimmed } from '../types/fold.ts'

/** What a row of a file is, before its values are looked at. */
export type RowClass =
  | { readonly is: 'title' | 'header' | 'blank' | 'data' | 'sparse' | 'uneven' }
  | { readonly is: 'broken'; readonly code: FindingCode; readonly value?: string; readonly expected?: string }

/** Tells what each row of a table is by where it stands and how it is filled. */
export class RowClassifier {
  private readonly layout: Layout
  private readonly width: number | null
  private readonly titles: ReadonlySet<number>
  private readonly headers: ReadonlySet<number>
  /** How many cells of a row are filled in the middle of the first rows. */
  private usual = 0
  private readonly seen: number[] = []

  constructor(layout: Layout, width: number | null) {
    this.layout = layout
    this.width = width
    this.titles = new Set(layout.titleLines)
    this.headers = new Set(layout.headerLines)
  }

  classOf(row: SourceRow): RowClass {
    const { line, cells } = row
    if (line < this.layout.firstLine) return this.above(row)
    if (row.problem)
      return {
        is: 'broken',
        code: row.problem.code,
        ...(row.problem.value !== undefined && { value: row.problem.value })
      }
    if (isBlank(row)) return { is: 'blank' }
    if (this.isHeaderAgain(cells)) return { is: 'broken', code: 'header_repeated' }
    const filled = cells.reduce((count, cell) => count + (cell !== '' && trimmed(cell) !== '' ? 1 : 0), 0)
    if (this.width !== null && !this.hasWidth(cells)) return { is: 'uneven' }
    this.note(filled)
    return { is: this.isSparse(filled) ? 'sparse' : 'data' }
  }

  private above(row: SourceRow): RowClass {
    if (this.headers.has(row.line)) return { is: 'header' }
    if (row.line === this.layout.unitLine) return { is: 'broken', code: 'second_header_line' }
    return { is: this.titles.has(row.line) || !isBlank(row) ? 'title' : 'blank' }
  }

  /** Further cells to the right count nothing if nothing is in them. */
  private hasWidth(cells: readonly string[]): boolean {
    const width = this.width ?? cells.length
    if (cells.length <= width) return cells.length === width
    return cells.slice(width).every((cell) => trimmed(cell) === '')
  }

  private isHeaderAgain(cells: readonly string[]): boolean {
    const { headerCells } = this.layout
    // A number at the head of a row is no name, and rows are many.
    if (!/^\d/.test(headerCells[0] ?? '') && /^\d/.test(cells[0] ?? '')) return false
    if (headerCells.length < 2 || headerCells.filter((cell) => cell !== '').length < 2) return false
    if (fold(cells[0] ?? '') !== headerCells[0] || fold(cells[1] ?? '') !== headerCells[1]) return false
    return headerCells.every((name, index) => fold(cells[index] ?? '') === name)
  }

  private note(filled: number): void {
    if (this.seen.length >= 200) return
    this.seen.push(filled)
    const sorted = [...this.seen].sort((a, b) => a - b)
    this.usual = sorted[Math.floor(sorted.length / 2)] ?? 0
  }

  /** One filled cell where rows have several is a note or a heading among them. */
  private isSparse(filled: number): boolean {
    return this.usual >= 3 && filled <= 1
  }

  /** Whether a row at the end of a table is filled as rows are. */
  isFull(filled: number): boolean {
    return filled > 1 && filled >= this.usual * 0.25
  }
}

const noteStart =
  /^[("«*\s]*(?:sources?|champ|notes?|lecture|donnees|avertissement|remarques?|nota|definitions?|mise a jour|date|precisions?|methodologie|legende|\(?\d\)?|nd|nc|ns|s|total de controle|export|extraction|fichier|licence|contact)\b\s*(?:bene)?\s*[:.)=]|^(?:sources?|champ|notes?|lecture|legende)\b/

/** Whether a line under a table begins as notes do. */
export const isNote = (cells: readonly string[]): boolean => {
  const first = cells.find((cell) => trimmed(cell) !== '') ?? ''
  return noteStart.test(first.normalize('NFD').replaceAll(/\p{M}/gu, '').toLowerCase().trim())
}
