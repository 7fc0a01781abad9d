import type { RunColumn } from '../../../schemas/erp/columns.ts'
import { ColumnProfile, type ColumnStatistics } from './column-profile.ts'
import { type ScannedTable, type ScanTools, scanSource } from '../source-scan.ts'

const numericTypes: ReadonlySet<RunColumn['type']> = new Set(['integer', 'bigint', 'decimal', 'double'])

/** Reads a table of the source once and gives what is in each of its columns; `onRows` is told how far it is. */
export async function profileTable(
  scanned: ScannedTable,
  tools: ScanTools,
  onRows: (rows: number, total: number) => void
): Promise<readonly ColumnStatistics[]> {
  const { plan, pages } = await scanSource(scanned, tools)
  const profiles = plan.selection.columns.map((column) => new ColumnProfile(profiled(column)))
  let rows = 0
  for await (const page of pages) {
    for (const row of page) for (const [n, profile] of profiles.entries()) profile.add(row[n] ?? null)
    rows += page.length
    onRows(rows, plan.expectedRows)
  }
  return profiles.map((profile) => profile.statistics())
}

const profiled = ({ sqlName, sourceName, type, width, element }: RunColumn) => ({
  name: sqlName,
  sourceName: element === null ? sourceName : `${sourceName}[${element}]`,
  type,
  // What the catalogue allows an array is for all of its elements together.
  width: type === 'text' && element === null ? width : null,
  isNumeric: numericTypes.has(type)
})
