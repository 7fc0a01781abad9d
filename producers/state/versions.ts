import type { Micros } from '../../schemas/change.ts'
import { unsure } from './announced.ts'
import type { KeyEntry, Published } from './key-state.ts'

/** A row as a poller found it. */
export interface SeenRow {
  /** Order-preserving text (ordered-key.ts). */
  readonly key: string
  /** 52 bits of its hash. */
  readonly hash: number
  /** The version its source proposes: when it was changed, or when the pass that found it began. */
  readonly proposed: Micros
}

/**
 * The entry a row would leave in the key state, or null when the row was published as it is. The version never goes
 * back and is the same on every attempt, so that a repeat is known by its id (promise 3).
 */
export function changedEntry(row: SeenRow, published: Published | undefined): KeyEntry | null {
  if (published?.hash === row.hash) return null
  if (published?.hash === unsure(row.hash)) return { ...published, key: row.key, hash: row.hash }
  return { key: row.key, hash: row.hash, version: nextVersion(row.proposed, published) }
}

/** The entry of a key that is gone, or null when it was never published or its deletion already was. */
export function deletedEntry(row: Omit<SeenRow, 'hash'>, published: Published | undefined): KeyEntry | null {
  if (published === undefined || published.hash === null) return null
  if (published.hash === unsure(null)) return { ...published, key: row.key, hash: null }
  return { key: row.key, hash: null, version: nextVersion(row.proposed, published) }
}

function nextVersion(proposed: Micros, published: Published | undefined): Micros {
  return published !== undefined && proposed <= published.version ? published.version + 1 : proposed
}
