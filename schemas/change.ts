/** What happened: created, updated, deleted, or read by a snapshot. */
export type Op = 'c' | 'u' | 'd' | 'r'

/** Microseconds since the epoch, UTC; exact in a number until the year 2255. */
export type Micros = number

/** Where a change comes from; names as in Debezium's source block, plus the version that orders a key's changes. */
export interface ChangeSource {
  /** Courant's version. */
  readonly version: string
  readonly connector: string
  readonly name: string
  readonly db: string
  readonly table: string
  /** 'true' while the first snapshot runs, 'incremental' for a later comparison, else 'false'. */
  readonly snapshot: string
  readonly ts_ms: number
  /** When the change happened at the source. */
  readonly ts_us: Micros
  /** Grows with each change of a key. Equal versions are ordered by their place in the log. */
  readonly row_version: number
  /** 52 bits of the row's hash: a repeat has the same version and hash. */
  readonly row_hash: number
}

/**
 * A change in Debezium's envelope (debezium.io, "Change event structure"). `before` holds the key columns of a
 * delete and is null otherwise; `after` is null for a delete.
 */
export interface Change<Row, Before = Partial<Row>> {
  readonly before: Before | null
  readonly after: Row | null
  readonly source: ChangeSource
  readonly op: Op
  /** When Courant saw it, in milliseconds. */
  readonly ts_ms: number
  /**
   * Of a clean delete: why the row, which is still at the source, is no longer valid; the reasons of its reject. Null, or
   * absent, of everything else.
   */
  readonly withdrawn?: string | null
}

/** A row as the source prints it: every column as text, NULL as null. */
export type RawRow = Readonly<Record<string, string | null>>

/** A change as extracted: columns as the source's own text, so that nothing is coerced before it is looked at. */
export type RawChange = Change<RawRow, RawRow>

/** The same on every attempt to publish a change, and different for any other change of the key. */
export function changeId(key: string, source: Pick<ChangeSource, 'row_version' | 'row_hash'>): string {
  // Joined, because V8 keeps a concatenated text as its pieces, four times as large; ids are remembered for long.
  return [key, '@', source.row_version, '.', source.row_hash].join('')
}

/** A record's key: the value of a single key column, or a JSON array of several in the order of the schema. */
export function keyText(values: readonly string[]): string {
  return values.length === 1 ? (values[0] ?? '') : JSON.stringify(values)
}

/** The key columns' values of a key made by keyText. */
export function keyValues(key: string, columns: number): readonly string[] {
  return columns === 1 ? [key] : (JSON.parse(key) as string[])
}
