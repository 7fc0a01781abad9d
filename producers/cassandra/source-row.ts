import type { types } from 'cassandra-driver'
import { keyText, type Micros, type RawRow } from '../../schemas/change.ts'
import { ringKey } from './ring.ts'
import { rowHash } from '../state/row-hash.ts'
import type { SourceColumn, SourceShape } from './source-shape.ts'

/** A row as a pass found it. */
export interface SourceRow {
  readonly ringKey: string
  readonly key: string
  readonly after: RawRow
  readonly hash: number
  /** The newest write time of its columns; null when it has none but key columns. */
  readonly writtenAt: Micros | null
  /** Its own time: the cursor, or else the first clustering time. */
  readonly ownAt: Micros | null
}

/** Names of what is selected beside the columns; no column can be called so without trying. */
export const tokenAlias = '#token'
export const writtenAlias = (n: number): string => `#written${n}`

/** The columns whose write time a query selects, in the order of writtenAlias; a list's values have one each. */
export function writtenColumns({ columns }: SourceShape): readonly SourceColumn[] {
  return columns.filter(({ isKey, isMultiCell }) => !isKey && !isMultiCell)
}

/** Stands for an empty value, which no value of that type prints; only a text is empty and a value at once. */
const empty = ''

/**
 * Makes a reader of result rows; null for what is no row: a partition that has static columns alone. Cassandra takes
 * values of no bytes where a type has none such, also in keys, and the driver gives null for them; a row with one in its
 * key is published with an empty text there, so that cleaning sets it aside and its delete is found.
 */
export function rowReader(shape: SourceShape): (row: types.Row) => SourceRow | null {
  const { columns, key, newest } = shape
  const isNoRow = noRowTest(shape)
  const times = columns.filter(({ name }) => newest.includes(name))
  const aliases = writtenColumns(shape).map((_, n) => writtenAlias(n))
  return (row) => {
    if (isNoRow(row)) return null
    const after: Record<string, string | null> = {}
    const texts = columns.map(({ name, isKey, toText, read }) => {
      const value: unknown = read ? read(row[name]) : row[name]
      const absent = isKey ? empty : null
      const text = value === null ? absent : toText(value)
      after[name] = text
      return text
    })
    const recordKey = keyText(key.map(({ name }) => after[name] as string))
    const writtenAt = newestOf(row, aliases)
    return {
      ringKey: ringKey(row[tokenAlias] as bigint, recordKey),
      key: recordKey,
      after,
      hash: rowHash(texts),
      writtenAt,
      ownAt: ownTime(
        row,
        newest.flatMap((name) => times.find((time) => time.name === name) ?? [])
      )
    }
  }
}

/**
 * Of a table with static columns: whether all clustering columns are null and no column of the row itself was ever
 * written. A row that has an empty clustering value and nothing else looks the same, and is left out with them.
 */
function noRowTest(shape: SourceShape): (row: types.Row) => boolean {
  const clustering = shape.key.filter(({ name }) => !shape.partitionKey.includes(name))
  if (!shape.hasStatic || clustering.length === 0) return () => false
  const own = writtenColumns(shape).flatMap(({ isStatic }, n) => (isStatic ? [] : [writtenAlias(n)]))
  return (row) =>
    clustering.every(({ name, read }) => (read ? read(row[name]) : row[name]) === null) &&
    own.every((alias) => row[alias] === null)
}

/** Clients may send any 64-bit number as write time; one that is no exact number of ours counts as absent. */
function newestOf(row: types.Row, aliases: readonly string[]): Micros | null {
  let newest: bigint | null = null
  for (const alias of aliases) {
    const written = row[alias] as bigint | null
    if (written !== null && (newest === null || written > newest)) newest = written
  }
  const micros = Number(newest)
  return newest !== null && micros > 0 && Number.isSafeInteger(micros) ? micros : null
}

function ownTime(row: types.Row, times: readonly SourceColumn[]): Micros | null {
  for (const { name, read } of times) {
    const micros = Number(read?.(row[name]) ?? Number.NaN) * 1000
    if (Number.isSafeInteger(micros)) return micros
  }
  return null
}
