import type { CourantError } from '../../../runtime/errors.ts'
import type { Micros, Op, RawRow } from '../../../schemas/change.ts'
import type { FoundChange } from '../../state/change-item.ts'
import type { KeyEntry, Published } from '../../state/key-state.ts'
import { changedEntry, deletedEntry } from '../../state/versions.ts'
import { microsOf, plausible } from './instants.ts'
import type { TableRow, TableRows } from './table-rows.ts'

/** A change and the entry it leaves in the key state. */
export interface Found {
  readonly entry: KeyEntry
  readonly change: FoundChange
  /** Why the row cannot be read: it is set aside, and the change has its key alone. */
  readonly error?: CourantError
}

/** How rows were come by. */
export interface Finding {
  readonly snapshot: FoundChange['snapshot']
  /** When the pass or run began, by the source's clock: the time of a change whose cursor does not tell it. */
  readonly startedAt: Micros
  /** True when `startedAt` is the time of the change itself, as the log gives it. */
  readonly isExact?: boolean
}

/** Tells which rows of a table are changes, and makes them. */
export class TableChanges {
  readonly #rows: TableRows

  constructor(rows: TableRows) {
    this.#rows = rows
  }

  /** The change a row is, or null when it was published as it is. */
  changed(row: TableRow, published: Published | undefined, finding: Finding): Found | null {
    if (published?.hash === row.hash) return null
    const { snapshot, startedAt, isExact = false } = finding
    const cursor = isExact ? null : plausible(microsOf(this.#rows.cursorOf(row)), startedAt)
    const entry = changedEntry({ ...row, proposed: cursor ?? startedAt }, published)
    if (!entry) return null
    // A cursor that a change did not move does not tell when it was.
    const hasMoved = cursor === entry.version
    return {
      entry,
      change: {
        op: opOf(published, snapshot),
        key: this.#rows.recordKey(row.key),
        before: null,
        after: recordOf(this.#rows.table.columns, row.values),
        version: entry.version,
        hash: row.hash,
        changedAt: hasMoved ? entry.version : startedAt,
        snapshot
      },
      ...(row.error && { error: row.error })
    }
  }

  /** The delete of a key, or null when there is nothing to delete. */
  deleted(key: string, published: Published | undefined, { snapshot, startedAt }: Finding): Found | null {
    const entry = deletedEntry({ key, proposed: startedAt }, published)
    if (!entry) return null
    const columns = this.#rows.table.key.map(({ name }) => name)
    return {
      entry,
      change: {
        op: 'd',
        key: this.#rows.recordKey(key),
        before: recordOf(columns, this.#rows.keyValues(key)),
        after: null,
        version: entry.version,
        hash: 0,
        changedAt: startedAt,
        snapshot
      }
    }
  }
}

function opOf(published: Published | undefined, snapshot: Finding['snapshot']): Op {
  if (published && published.hash !== null) return 'u'
  return snapshot === 'true' ? 'r' : 'c'
}

function recordOf(columns: readonly string[], values: readonly (string | null)[]): RawRow {
  const record: Record<string, string | null> = {}
  for (let i = 0; i < columns.length; i++) record[columns[i] ?? ''] = values[i] ?? null
  return record
}
