import { type CellObject, SSF, type WorkSheet } from '@e965/xlsx'

/** The texts of a sheet's cells, row by row from the first; numbers with points, dates as ISO. */
export function sheetCells(sheet: WorkSheet, is1904: boolean): string[][] {
  const data = (sheet as { '!data'?: (CellObject | undefined)[][] })['!data'] ?? []
  const rows = Array.from(data, (row) => Array.from(row ?? [], (cell) => textOf(cell, is1904)))
  fillMergedNames(sheet, rows)
  while (rows.length > 0 && rows.at(-1)?.every((cell) => cell === '')) rows.pop()
  const width = rows.reduce((most, row) => Math.max(most, lastFilled(row) + 1), 0)
  return rows.map((row) => Array.from({ length: width }, (_, index) => row[index] ?? ''))
}

const lastFilled = (row: readonly string[]) => row.findLastIndex((cell) => cell !== '')

function textOf(cell: CellObject | undefined, is1904: boolean): string {
  if (cell?.v === undefined || cell.t === 'z') return ''
  if (cell.t === 'n') return numberText(cell, is1904)
  if (cell.t === 'e') return cell.w ?? '#N/A'
  if (cell.v instanceof Date) return isoText(cell.v)
  return String(cell.v)
}

function numberText({ v, z }: CellObject, is1904: boolean): string {
  const number = Number(v)
  if (z !== undefined && SSF.is_date(String(z)) && number >= 0) return dateText(number, is1904)
  // A spreadsheet shows fifteen figures; those behind are of binary fractions.
  return String(Number(number.toPrecision(15)))
}

/** A day, a day with a time, or a time alone: hours may go beyond a day. */
function dateText(serial: number, is1904: boolean): string {
  const date = SSF.parse_date_code(serial, { date1904: is1904 }) as {
    y: number
    m: number
    d: number
    H: number
    M: number
    S: number
  } | null
  if (date === null) return String(serial)
  const two = (number: number) => String(Math.floor(number)).padStart(2, '0')
  const time = `${two(date.H)}:${two(date.M)}:${two(date.S)}`
  if (serial < 1) return time
  const day = `${String(date.y).padStart(4, '0')}-${two(date.m)}-${two(date.d)}`
  return time === '00:00:00' ? day : `${day}T${time}`
}

const isoText = (date: Date) =>
  date
    .toISOString()
    .replace(/T00:00:00\.000Z$/, '')
    .replace(/\.000Z$/, '')

/** A cell merged downwards names all rows that it covers: words go on in each, figures do not, or sums would double. */
function fillMergedNames(sheet: WorkSheet, rows: string[][]): void {
  for (const { s: start, e: end } of sheet['!merges'] ?? []) {
    const text = rows[start.r]?.[start.c] ?? ''
    const isDown = start.c === end.c && end.r > start.r && end.r - start.r <= 1_000
    if (isDown && /\p{L}/u.test(text) && text.length <= 200)
      for (const cells of rows.slice(start.r + 1, end.r + 1)) fillIfUsed(cells, start.c, text)
  }
}

/** Only among cells that have something else: a blank row stays one. */
function fillIfUsed(cells: string[], column: number, text: string): void {
  if ((cells[column] ?? '') === '' && cells.some((cell) => cell !== '')) cells[column] = text
}
