import { createHash } from 'node:crypto'
import type { Selection } from './selected-columns.ts'

interface Shape {
  readonly key: readonly string[]
  readonly modified: string | null
  /** By the name in the ODS, what is selected for it: hashed, because it may be long. */
  readonly columns: Readonly<Record<string, string>>
}

/**
 * What a run reads of each row, as one text: its key, its date, its columns and how each is selected. It goes with the
 * run into the ODS and comes back as that of the last success.
 */
export function shapeOf({ selected, key, modified }: Selection): string {
  const columns = selected.flatMap(({ columns: own, expression }) =>
    own.map(({ sqlName }): [string, string] => [sqlName.toLowerCase(), hashOf(expression)])
  )
  const shape: Shape = {
    key: key.map(({ sqlName }) => sqlName.toLowerCase()),
    modified: modified?.expression ?? null,
    columns: Object.fromEntries(columns.toSorted(([a], [b]) => (a < b ? -1 : 1)))
  }
  return JSON.stringify(shape)
}

/**
 * Whether rows that were read in one shape need not be read again for another. They need it for a column more, another
 * key or another expression: nobody dated the rows for that. Rows of which nothing is known are left as they are.
 */
export function covers(last: string | null, now: string): boolean {
  if (last === null || last === now) return true
  const [was, is] = [JSON.parse(last) as Shape, JSON.parse(now) as Shape]
  return (
    String(was.key) === String(is.key) &&
    // Without a date every run is a full one.
    (is.modified === null || was.modified === is.modified) &&
    Object.entries(is.columns).every(([name, expression]) => was.columns[name] === expression)
  )
}

const hashOf = (text: string) => createHash('sha256').update(text).digest('hex').slice(0, 8)
