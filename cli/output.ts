import { columns } from './columns.ts'

/** A line of a listing: what it says under each heading. */
export type Row = Readonly<Record<string, string | number | null>>

/** Prints rows as aligned columns for people, or as JSON for machines; `none` is said when there are no rows. */
export function printRows(
  rows: readonly Row[],
  { json = false, none }: { json?: boolean; none: string }
): void {
  if (json) print(JSON.stringify(rows, null, 2))
  else print(rows.length > 0 ? columns(rows) : none)
}

/** A line on stdout. */
export const print = (line: string): void => void process.stdout.write(`${line}\n`)
