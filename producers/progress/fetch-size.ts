import type { OdbcColumn } from './odbc.ts'

/** Most values of one fetch, whatever their width: 250 rows of 300 columns. */
const maxCells = 75_000
const maxRows = 1_000
const bytesPerChar = 4

/**
 * Rows of one fetch: the binding allocates every column of each at four times its described width, so that wide rows
 * must come few at a time (1,000 rows of 300 columns took 500 MB).
 */
export function fetchSizeFor(columns: readonly OdbcColumn[], blockBytes: number): number {
  const rowBytes = columns.reduce((sum, column) => sum + bufferBytes(column), 0)
  const rows = Math.min(blockBytes / Math.max(1, rowBytes), maxCells / Math.max(1, columns.length), maxRows)
  return Math.max(1, Math.floor(rows))
}

// Numbers take eight bytes at most, dates and texts their described width.
const bufferBytes = ({ columnSize }: OdbcColumn) => columnSize * bytesPerChar + 8
