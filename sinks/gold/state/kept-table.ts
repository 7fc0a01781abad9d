import type { DatabaseSync } from 'node:sqlite'
import type { LogItem } from '../../../runtime/pipeline.ts'
import type { Change } from '../../../schemas/change.ts'
import type { Table } from '../../../schemas/table.ts'
import type { Day } from '../time.ts'

/** What is computed together, from the same inputs, for one user and day. */
export type Subject = 'activity' | 'notifications'

export const subjects: readonly Subject[] = ['activity', 'notifications']

/**
 * Says which part of a day's figures: the notifications with one content (notification-places.ts), or `wholeDay`.
 */
export type Part = string

/** Everything that a subject tells of a user's day. */
export const wholeDay: Part = ''

/** Figures that are computed together. */
export interface Place {
  readonly subject: Subject
  /** A UUID, with dashes or without. */
  readonly userId: string
  readonly day: Day
  readonly part: Part
}

/** Says that figures of a user's day must be computed anew. */
export interface Touch {
  activity(userId: string, day: Day): void
  notifications(userId: string, day: Day, part: Part): void
}

/** A changed row as its change carries it: all columns, or of a delete the key columns only. */
export type ChangeItem<Row = Readonly<Record<string, string | number | null>>> = LogItem<Change<Row>>

/**
 * A clean table as Gold remembers it: the newest version of each key, or all of them where the past counts. Keeping
 * changes in any order and any number of times gives the same rows.
 */
export interface KeptTable {
  readonly table: Table
  /** The name it is kept under. */
  readonly name: string
  /** The time in its key, by which its rows belong to days; null when it has none. */
  readonly timeColumn: string | null
  readonly ddl: string
  /** Prepares what keeps a batch of changes and touches every day they may concern, before and after. */
  open(database: DatabaseSync, touch: Touch): (items: readonly ChangeItem[]) => void
}

/** Columns every kept table has: how old a row is and where it came from. */
export const keptColumns = `
  is_deleted INTEGER NOT NULL,
  version INTEGER NOT NULL,
  partition INTEGER NOT NULL,
  log_offset INTEGER NOT NULL,
  changed_at INTEGER NOT NULL`

/** An upsert takes the place of a row only if it is newer. */
export const ifNewer = `
  is_deleted = excluded.is_deleted,
  version = excluded.version,
  partition = excluded.partition,
  log_offset = excluded.log_offset,
  changed_at = excluded.changed_at
  WHERE (excluded.version, excluded.log_offset) > (version, log_offset)`

/** The values of keptColumns. */
export function keptValues({ value, partition, offset }: ChangeItem): readonly number[] {
  const { row_version, ts_us } = value.source
  return [value.after === null ? 1 : 0, row_version, partition, offset, ts_us]
}

/** The row of a change, of which a delete has the key columns only; absent columns are null. */
export function rowOf({ value }: ChangeItem): (column: string) => string | number | null {
  const row = value.after ?? value.before ?? {}
  return (column) => row[column] ?? null
}
