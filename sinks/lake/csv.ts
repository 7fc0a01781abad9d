/** A record of RFC 4180 with its line end. NULL is an empty field, the empty string is `""`, so that both come back. */
export function csvRecord(cells: readonly (string | null)[]): string {
  let line = ''
  for (let n = 0; n < cells.length; n++) {
    if (n > 0) line += ','
    const cell = cells[n]
    if (cell !== null && cell !== undefined) line += csvField(cell)
  }
  return `${line}\r\n`
}

const mustBeQuoted = /[",\r\n]/

function csvField(text: string): string {
  if (text === '') return '""'
  return mustBeQuoted.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
