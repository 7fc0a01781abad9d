import { visibleLine } from '../../runtime/process/visible-text.ts'

/** Rows as aligned text columns with a heading; numbers to the right. */
export function columns(rows: readonly Readonly<Record<string, string | number | null>>[]): string {
  const names = Object.keys(rows[0] ?? {})
  const widths = names.map((name) => Math.max(name.length, ...rows.map((row) => cell(row[name]).length)))
  const line = (cells: readonly string[], right: readonly boolean[]) =>
    cells
      .map((text, i) => (right[i] ? text.padStart(widths[i] ?? 0) : text.padEnd(widths[i] ?? 0)))
      .join('  ')
      .trimEnd()
  const isNumber = names.map((name) =>
    rows.every((row) => row[name] === null || typeof row[name] === 'number')
  )
  const heading = line(
    names.map((name) => name.toUpperCase()),
    isNumber
  )
  return [
    heading,
    ...rows.map((row) =>
      line(
        names.map((name) => cell(row[name])),
        isNumber
      )
    )
  ].join('\n')
}

const cell = (value: string | number | null | undefined): string =>
  typeof value === 'number' ? value.toLocaleString('en-US') : visibleLine(value ?? '-')
