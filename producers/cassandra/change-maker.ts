import type { Item, Position } from '../../runtime/pipeline.ts'
import type { Micros, RawChange, RawRow } from '../../schemas/change.ts'
import { changeItem, type FoundChange, type Origin } from '../state/change-item.ts'
import type { KeyEntry, Published } from '../state/key-state.ts'
import { changedEntry, deletedEntry } from '../state/versions.ts'
import { keyOfRingKey } from './ring.ts'
import type { SourceRow } from './source-row.ts'

/** The pass that found something. */
export interface Finder {
  readonly startedAt: Micros
  readonly snapshot: FoundChange['snapshot']
}

/** A change, and what it leaves in the key state. */
export interface MadeChange {
  readonly entry: KeyEntry
  readonly found: FoundChange
}

const DAY_US = 86_400_000_000

/**
 * The change a row is, or null when it was published as it is. Its version is its newest write time; a row of key
 * columns alone has none, and takes its own time or the start of the pass.
 */
export function changeOfRow(
  row: SourceRow,
  published: Published | undefined,
  finder: Finder
): MadeChange | null {
  const { ringKey, key, after, hash, writtenAt, ownAt } = row
  const { startedAt, snapshot } = finder
  const proposed = writtenAt ?? ownAt ?? startedAt
  const entry = changedEntry({ key: ringKey, hash, proposed }, published)
  if (!entry) return null
  const isNew = published === undefined || published.hash === null
  const created = snapshot === 'true' ? 'r' : 'c'
  const isCredible = (at: Micros | null): at is Micros => at !== null && at > 0 && at < startedAt + DAY_US
  const changedAt = [writtenAt, ownAt].find(isCredible) ?? startedAt
  const op = isNew ? created : 'u'
  const { version } = entry
  return { entry, found: { op, key, before: null, after, version, hash, changedAt, snapshot } }
}

/** The delete of a key that is gone, or null when it was published already. */
export function changeOfGone(
  ringKey: string,
  published: Published | undefined,
  finder: Finder & { readonly keyRow: (key: string) => RawRow }
): MadeChange | null {
  const { startedAt, snapshot, keyRow } = finder
  const entry = deletedEntry({ key: ringKey, proposed: startedAt }, published)
  if (!entry) return null
  const key = keyOfRingKey(ringKey)
  const { version } = entry
  const found = { before: keyRow(key), after: null, version, hash: 0, changedAt: startedAt, snapshot }
  return { entry, found: { op: 'd', key, ...found } }
}

/** The items of changes that are handed out together. */
export function itemsOf(
  changes: readonly MadeChange[],
  origin: Origin,
  seen: { position: Position; seenMs: number }
): Item<RawChange>[] {
  return changes.map(({ found }) => changeItem(origin, found, seen))
}
