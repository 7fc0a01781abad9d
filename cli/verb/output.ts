import { redacted } from '../../runtime/process/redact.ts'
import { visible } from '../../runtime/process/visible-text.ts'
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

/** A line on stdout, whoever wrote what is in it: a terminal obeys none of it. */
export const print = (line: string): void => void process.stdout.write(`${visible(line)}\n`)

/** A part of a text that is too long to hold whole. */
export const printPart = (part: string): void => void process.stdout.write(visible(part))

/** A line on stderr, for what goes wrong or is under way; without secrets that foreign errors repeat. */
export const complain = (line: string): void => void process.stderr.write(`${visible(redacted(line))}\n`)
