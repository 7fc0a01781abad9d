import type { Item, Position } from '../../runtime/pipeline.ts'
import { type Micros, type Op, type RawChange, type RawRow, changeId } from '../../schemas/change.ts'
import packageJson from '../../package.json' with { type: 'json' }

/** What all changes of a pipeline have in common; names as in Debezium's source block. */
export interface Origin {
  readonly connector: string
  readonly name: string
  readonly db: string
  readonly table: string
}

/** What one change adds to it. */
export interface FoundChange {
  readonly op: Op
  /** The record's key (keyText). */
  readonly key: string
  /** The key columns of a delete. */
  readonly before: RawRow | null
  readonly after: RawRow | null
  readonly version: Micros
  /** 52 bits of the row's hash; 0 for a delete. */
  readonly hash: number
  /** When the change happened, as far as the source tells. */
  readonly changedAt: Micros
  readonly snapshot: 'true' | 'incremental' | 'false'
}

const platformVersion = packageJson.version

/** A change as the item and envelope every producer of tables gives. `seenMs`: when we saw it. */
export function changeItem(
  origin: Origin,
  change: FoundChange,
  { position, seenMs }: { position: Position; seenMs: number }
): Item<RawChange> {
  const { op, key, before, after, version, hash, changedAt, snapshot } = change
  const changedMs = Math.floor(changedAt / 1000)
  const source = {
    version: platformVersion,
    connector: origin.connector,
    name: origin.name,
    db: origin.db,
    table: origin.table,
    snapshot,
    ts_ms: changedMs,
    ts_us: changedAt,
    row_version: version,
    row_hash: hash
  }
  return {
    id: changeId(key, source),
    key,
    value: { before, after, source, op, ts_ms: seenMs },
    position,
    at: new Date(changedMs)
  }
}
