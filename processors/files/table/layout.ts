import { fold } from '../types/fold.ts'
import { secondHeader } from './second-header.ts'
import { nameColumns, type NamedColumns } from './column-names.ts'
import { isHeaderish, headerScore } from './header-score.ts'
import type { SourceRow, Table } from './table.ts'

/** Which lines of a table are what, above its first row of data, and what its columns are called. */
export interface Layout extends NamedColumns {
  /** Lines above the header. */
  readonly titleLines: readonly number[]
  readonly blankLines: readonly number[]
  /** Lines of the header; none where the format keeps names apart. */
  readonly headerLines: readonly number[]
  /** Whether a second line of names was joined to the first. */
  readonly isDoubled: boolean
  /** A line of units under the header, set aside. */
  readonly unitLine: number | null
  /** The first line that may be a row. */
  readonly firstLine: number
  /** The header's texts, by which it is found again among the rows. */
  readonly headerCells: readonly string[]
  readonly evidence: string
}

/** Rows of the head that are looked at for the header. */
const headRows = 200
const latestHeader = 40

/** Where the header is and how columns are called; null where no line names columns. */
export async function layoutOf(table: Table, fixedLine?: number): Promise<Layout | null> {
  const head = await headOf(table)
  if (table.columns !== null) return givenLayout(table.columns, head)
  const filled = head.filter((row) => !isBlank(row))
  const at =
    fixedLine === undefined
      ? headerAt(filled, table.width)
      : filled.findIndex(({ line }) => line === fixedLine)
  const header = filled[at]
  if (header === undefined) return null
  const body = filled.slice(at + 1)
  const under = lineUnder(header.cells, body)
  return {
    ...namesWith(header.cells, under, body),
    titleLines: filled.slice(0, at).flatMap(linesOfRow),
    blankLines: head.filter((row) => isBlank(row) && row.line < header.line).flatMap(linesOfRow),
    headerLines: [header, ...under.names].flatMap(linesOfRow),
    firstLine: endOf(under.row ?? header),
    headerCells: header.cells.map(fold),
    evidence: `line ${header.line}: ${
      headerScore(
        header.cells,
        body.map(({ cells }) => cells)
      ).evidence
    }`
  }
}

function givenLayout(columns: readonly string[], head: readonly SourceRow[]): Layout {
  const under = lineUnder(columns, head)
  return {
    ...namesWith(columns, under, head),
    titleLines: [],
    blankLines: [],
    headerLines: under.names.flatMap(linesOfRow),
    firstLine: under.row ? endOf(under.row) : 1,
    headerCells: columns.map(fold),
    evidence: 'named by the format'
  }
}

const endOf = ({ line, lines }: SourceRow) => line + lines

/** What stands between the header and the first row of data, if anything does. */
interface Under {
  readonly row: SourceRow | null
  /** The same row where it has names; none where it has units. */
  readonly names: readonly SourceRow[]
}

function lineUnder(header: readonly string[], body: readonly SourceRow[]): Under {
  const second = secondHeader(
    header,
    body.map(({ cells }) => cells)
  )
  const row = second === null ? null : (body[0] ?? null)
  return { row, names: row !== null && second?.kind === 'names' ? [row] : [] }
}

function namesWith(header: readonly string[], { row, names }: Under, body: readonly SourceRow[]) {
  const rows = body.slice(row ? 1 : 0).map(({ cells }) => cells)
  return {
    ...nameColumns(header, names[0]?.cells ?? null, { body: rows }),
    isDoubled: names.length > 0,
    unitLine: row && names.length === 0 ? row.line : null
  }
}

/** The physical lines of a row. */
export const linesOfRow = ({ line, lines }: SourceRow): number[] =>
  Array.from({ length: lines }, (_, index) => line + index)

/** Whether nothing stands in a row. */
export const isBlank = ({ cells, problem }: SourceRow): boolean =>
  problem === undefined && cells.every((cell) => cell.trim() === '')

async function headOf(table: Table): Promise<SourceRow[]> {
  const head: SourceRow[] = []
  for await (const rows of table.rows()) {
    for (const row of rows) head.push(row)
    if (head.length >= headRows) break
  }
  return head.slice(0, headRows)
}

/** The place of the header among the filled rows of the head, or -1. */
function headerAt(rows: readonly SourceRow[], width: number | null): number {
  const usual = width ?? usualWidth(rows)
  let best = -1
  let bestScore = 0
  for (const [index, row] of rows.slice(0, latestHeader).entries()) {
    const body = rows.slice(index + 1, index + 101).map(({ cells }) => cells)
    if (!isHeaderish(row, { width: usual, body })) continue
    const { score } = headerScore(row.cells, body)
    // The first good one counts: later lines under it look like headers where values are words.
    if (score > bestScore + 0.15) {
      best = index
      bestScore = score
    }
    if (bestScore > 0.5) break
  }
  return best
}

function usualWidth(rows: readonly SourceRow[]): number {
  const widths = rows
    .map(({ cells }) => cells.filter((cell) => cell.trim() !== '').length)
    .sort((a, b) => a - b)
  return widths[Math.floor(widths.length / 2)] ?? 1
}
