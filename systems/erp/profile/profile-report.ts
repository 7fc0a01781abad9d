import type { ColumnStatistics } from './column-profile.ts'
import type { Report } from './report-page.ts'

const headings = [
  'Column',
  'At the source',
  'Type',
  'NULL',
  'NULL %',
  'Empty',
  'Distinct',
  'Smallest',
  'Largest',
  'Width',
  'Longest',
  'Examples'
]

/** The page of a table's profile; columns whose longest value is wider than the catalogue says come first. */
export function profileReport(table: string, columns: readonly ColumnStatistics[], at: Date): Report {
  const rows = columns[0]?.rows ?? 0
  const tooWide = columns.filter(isTooWide)
  const summary = `${rows.toLocaleString('en-US')} rows, ${columns.length} columns, ${tooWide.length} with values wider than the catalogue says`
  const others = columns.filter((column) => !isTooWide(column))
  return {
    title: `Profile of ${table}`,
    summary: `${summary}.`,
    isWell: tooWide.length === 0,
    at,
    tables: [
      ...(tooWide.length > 0
        ? [{ title: 'Too wide (the source may refuse or cut these)', headings, rows: tooWide.map(cells) }]
        : []),
      { title: 'Columns', headings, rows: others.map(cells) }
    ]
  }
}

/** True when the longest value is wider than the source's catalogue allows. */
export const isTooWide = ({ width, longest, isNumeric }: ColumnStatistics): boolean =>
  !isNumeric && width !== null && longest !== null && longest > width

function cells(column: ColumnStatistics): (string | number | null)[] {
  const { rows, nulls, distinct, isDistinctExact } = column
  return [
    column.name,
    column.sourceName === column.name ? '' : column.sourceName,
    column.type,
    nulls,
    rows === 0 ? null : Math.round((nulls * 1000) / rows) / 10,
    column.empty,
    isDistinctExact ? distinct : `about ${distinct.toLocaleString('en-US')}`,
    column.min,
    column.max,
    column.width,
    column.longest,
    column.examples.join(' · ')
  ]
}
