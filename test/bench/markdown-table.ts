export interface Table {
  readonly caption?: string
  readonly rows: readonly Readonly<Record<string, string | number | null>>[]
}

/** A Markdown table that is aligned for a terminal too: numbers to the right, unknown ones as a dash. */
export function markdownTable({ caption, rows }: Table): string {
  const names = Object.keys(rows[0] ?? {})
  const isNumber = names.map((name) => rows.every((row) => typeof (row[name] ?? 0) === 'number'))
  const cells = rows.map((row) => names.map((name) => cellText(row[name])))
  const widths = names.map((name, i) => Math.max(3, name.length, ...cells.map((row) => row[i]?.length ?? 0)))
  const line = (texts: readonly string[]) =>
    `| ${texts.map((text, i) => pad(text, widths[i] ?? 0, isNumber[i] ?? false)).join(' | ')} |`
  const rule = widths.map((width, i) => (isNumber[i] ? `${'-'.repeat(width - 1)}:` : '-'.repeat(width)))
  const lines = [line(names), line(rule), ...cells.map(line)]
  return [...(caption ? [caption, ''] : []), ...lines].join('\n')
}

function pad(text: string, width: number, isNumber: boolean): string {
  return isNumber ? text.padStart(width) : text.padEnd(width)
}

function cellText(value: string | number | null | undefined): string {
  return typeof value === 'number' ? figure(value) : (value ?? '–')
}

/** Three significant digits for what is small, thousands separated for what is large. */
export function figure(value: number): string {
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2
  return value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits })
}
