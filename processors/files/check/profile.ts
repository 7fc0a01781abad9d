import { linesOfRow, type Layout } from '../table/layout.ts'
import type { SourceRow, Table } from '../table/table.ts'
import { trimmed } from '../types/fold.ts'
import { Tally } from '../types/tally.ts'
import { RowClassifier } from './row-class.ts'

/** What a look over all rows of a table says, before any of them is judged. */
export interface Profile {
  /** What was seen of each column, by its place. */
  readonly tallies: readonly Tally[]
  /** The last line of the last row that is filled as rows are; what stands under it are notes. */
  readonly lastFullLine: number
  readonly strayQuotes: { count: number; line: number }
  readonly dataRows: number
}

/** Looks over all rows once. */
export async function profileOf(
  table: Table,
  layout: Layout,
  progress: (line: number) => void
): Promise<Profile> {
  const classifier = new RowClassifier(layout, table.width)
  const tallies = layout.columns.map(() => new Tally())
  const strayQuotes = { count: 0, line: 0 }
  let [lastFullLine, dataRows] = [0, 0]
  for await (const rows of table.rows()) {
    for (const row of rows) {
      if (row.hasStrayQuotes && strayQuotes.count++ === 0) strayQuotes.line = row.line
      if (classifier.classOf(row).is !== 'data') continue
      dataRows++
      tallyRow(row, tallies)
      if (classifier.isFull(filledOf(row))) lastFullLine = linesOfRow(row).at(-1) ?? row.line
    }
    progress(rows.at(-1)?.line ?? 0)
  }
  return { tallies, lastFullLine, strayQuotes, dataRows }
}

function tallyRow({ cells }: SourceRow, tallies: readonly Tally[]): void {
  for (let index = 0; index < tallies.length; index++) tallies[index]?.add(cells[index] ?? '')
}

const filledOf = ({ cells }: SourceRow) =>
  cells.reduce((count, cell) => count + (cell !== '' && trimmed(cell) !== '' ? 1 : 0), 0)
