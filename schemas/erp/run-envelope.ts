import type { ChangeSource, RawRow } from '../change.ts'
import { keyText } from '../change.ts'
import type { RunColumn } from './columns.ts'

/** full: every row; incremental: rows changed since the last success; watch: one poll of many, as incremental. */
export type RunMode = 'full' | 'incremental' | 'watch'

/** Where a row comes from: the run that read it. All rows of a run have its version as row_version. */
export interface RunSource extends ChangeSource {
  readonly run_id: string
  readonly mode: RunMode
}

/**
 * The start or the end of a run. A run is complete only when its end marker is in the topic; another start marker of
 * the table before that ends it incomplete.
 */
export interface RunMarker {
  readonly kind: 'start' | 'end'
  readonly run_id: string
  readonly mode: RunMode
  /** Rows delivered, equal to COUNT(*) at the source; 0 in a start marker. Repeats (same id) count once. */
  readonly rows: number
  /** True in an end marker of a full run that saw every row: what it lacks is gone at the source. */
  readonly is_complete: boolean
  /** JSON of RunColumn[], in the fixed order of hashing; use columnsOf. */
  readonly columns: string
  /** SQL-safe names of the key, in its order. */
  readonly key_columns: readonly string[]
  readonly keep_history: boolean
  /** Lower bound on DateModifCol as the source's text, null when the run reads everything. */
  readonly window_from: string | null
  /** The source's clock when the run began, as its text: the next LastSuccessTs. */
  readonly window_to: string
  /** The row_version of every row of the run: microseconds of the source's clock, growing from run to run. */
  readonly run_version: number
  /** What the run read of each row, as the producer writes it; null in runs of before there was this. */
  readonly shape: string | null
}

/** A value of erp.<table>.changes, in Debezium's envelope; op `m` (Debezium's message) is a marker. */
export interface RunEnvelope {
  readonly before: RawRow | null
  /** The row by SQL-safe names; null for a marker. */
  readonly after: RawRow | null
  readonly source: RunSource
  readonly op: 'r' | 'u' | 'd' | 'm'
  readonly ts_ms: number
  readonly marker: RunMarker | null
}

/** True of a UUID in lower case, as every run has one; it is the name of a folder in the cache, too. */
export const isRunId = (text: string): boolean =>
  /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/.test(text)

/** The columns a marker tells of. */
export const columnsOf = (marker: Pick<RunMarker, 'columns'>): RunColumn[] =>
  JSON.parse(marker.columns) as RunColumn[]

/**
 * A key as OpenEdge and SQL Server compare it: letter case and trailing blanks make no difference. A blank is U+0020 and
 * nothing else: a tab, a no-break space or a line break at the end makes another key in both. Case is Unicode's, the
 * same in every locale; accents always make a difference. It is the record's key; the row keeps the original.
 */
export function comparedKey(values: readonly string[]): string {
  return keyText(values.map((value) => value.replace(/ +$/, '').toLowerCase()))
}

/** The compared key of a row; NULL parts become empty, which the producer refuses before. */
export const rowKey = (row: RawRow, keyColumns: readonly string[]): string =>
  comparedKey(keyColumns.map((name) => row[name] ?? ''))
