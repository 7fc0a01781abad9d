/** A record of RFC 4180 with its line end. NULL is an empty field, the empty string is `""`, so that both come back. */
export function csvRecord(cells: readonly (string | null)[]): string {
  return cells.map((cell) => (cell === null ? '' : csvField(cell))).join(',') + '\r\n'
}

const mustBeQuoted = /[",\r\n]/

function csvField(text: string): string {
  if (text === '') return '""'
  return mustBeQuoted.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
