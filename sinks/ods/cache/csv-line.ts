/** How NULL is written; the same word as a value is quoted. */
export const csvNull = String.raw`\N`

const special = /[",\n\r\\]/

/** A row as a line of CSV that DuckDB and PostgreSQL read alike: NULL is `\N` without quotes, '' is nothing at all. */
export function csvLine(values: readonly (string | null)[]): string {
  const cells = values.map((value) =>
    value === null ? csvNull : special.test(value) ? quoted(value) : value
  )
  // Of hundreds of cells a join is three times as fast as adding one by one.
  return `${cells.join(',')}\n`
}

const quoted = (value: string) => `"${value.replaceAll('"', '""')}"`

/** Splits CSV as csvLine and DuckDB write it into rows; text may end anywhere, and what is not whole yet is kept. */
export class CsvRows {
  #rest = ''

  /** The rows that are whole with this text. */
  add(text: string): (string | null)[][] {
    const all = this.#rest + text
    const rows: (string | null)[][] = []
    let from = 0
    for (;;) {
      const end = endOfRow(all, from)
      if (end === -1) break
      rows.push(cellsOf(all.slice(from, end)))
      from = end + 1
    }
    this.#rest = all.slice(from)
    return rows
  }
}

/** Where the line break is that ends the row, outside of quotes; -1 when the row is not whole. */
function endOfRow(text: string, from: number): number {
  let end = text.indexOf('\n', from)
  while (end !== -1 && isInQuotes(text, from, end)) end = text.indexOf('\n', end + 1)
  return end
}

function isInQuotes(text: string, from: number, to: number): boolean {
  let quotes = 0
  for (let at = text.indexOf('"', from); at !== -1 && at < to; at = text.indexOf('"', at + 1)) quotes++
  return quotes % 2 === 1
}

function cellsOf(line: string): (string | null)[] {
  if (!line.includes('"')) return line.split(',').map((cell) => (cell === csvNull ? null : cell))
  const cells: (string | null)[] = []
  for (let at = 0; at <= line.length; ) {
    const end = endOfCell(line, at)
    const cell = line.slice(at, end)
    if (cell.startsWith('"')) cells.push(cell.slice(1, -1).replaceAll('""', '"'))
    else cells.push(cell === csvNull ? null : cell)
    at = end + 1
  }
  return cells
}

/** Where the comma is that ends the cell, outside of quotes, or the end of the line. */
function endOfCell(line: string, from: number): number {
  let end = line.indexOf(',', from)
  while (end !== -1 && isInQuotes(line, from, end)) end = line.indexOf(',', end + 1)
  return end === -1 ? line.length : end
}
