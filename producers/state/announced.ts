import type { DatabaseSync } from 'node:sqlite'
import type { KeyEntry } from './key-state.ts'

/**
 * A row that was published, not yet committed when a crash came, and changed back or deleted before the restart would
 * look as if it had never been published: its end would be missed. So what is about to be published is noted first,
 * and what is still noted at the next start counts as unsure: its next look is news whatever it finds.
 */
export const announcedSchema =
  'CREATE TABLE IF NOT EXISTS announced (id INTEGER PRIMARY KEY, entries TEXT NOT NULL) STRICT;'

/** One text of a batch's entries; cheaper to write and forget than a row each. */
export function announcementOf(entries: readonly KeyEntry[]): string {
  return JSON.stringify(entries.map(({ key, hash, version }) => [key, hash, version]))
}

const unsureDeleted = -(2 ** 53 - 1)

/** Stands for a hash of which it is not known whether it was published; equal to no row's. */
export function unsure(hash: number | null): number {
  return hash === null ? unsureDeleted : -1 - hash
}

/** Replaces what is noted; within the caller's transaction. */
export function noteAnnounced(db: DatabaseSync, announcements: readonly string[]): void {
  db.exec('DELETE FROM announced')
  for (const entries of announcements) db.prepare('INSERT INTO announced (entries) VALUES (?)').run(entries)
}

/** Turns what a crash left noted into unsure keys; within the caller's transaction. */
export function recoverAnnounced(db: DatabaseSync): void {
  const put = db.prepare(
    `INSERT INTO keys VALUES (?, ?, ?)
     ON CONFLICT (key) DO UPDATE SET hash = excluded.hash, version = excluded.version`
  )
  for (const row of db.prepare('SELECT entries FROM announced ORDER BY id').all())
    for (const [key, hash, version] of JSON.parse(String(row['entries'])) as [
      string,
      number | null,
      number
    ][])
      put.run(key, unsure(hash), version)
  db.exec('DELETE FROM announced')
}
