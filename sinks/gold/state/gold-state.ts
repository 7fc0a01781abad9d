import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync, type StatementSync } from 'node:sqlite'
import { topicsOf } from '../../../topics/catalogue.ts'
import type { Day } from '../time.ts'
import { holdFolder } from './hold-folder.ts'
import type { ChangeItem, KeptTable, Subject } from './kept-table.ts'
import { keptTables } from './kept-tables.ts'
import { type Target, TargetRows } from './target-rows.ts'

/** Targets of one subject, and the mark that tells whether they were touched again meanwhile. */
export interface Targets {
  readonly subject: Subject
  readonly list: readonly Target[]
  readonly upTo: number
}

/** Where Gold has got to in a partition. */
export interface NextOffset {
  readonly topic: string
  readonly partition: number
  readonly nextOffset: number
}

/** The file that holds what Gold has read, in its folder. */
export const stateFile = (folder: string): string => join(folder, 'state.sqlite')

/**
 * What Gold has read, in one SQLite file: rows, offsets and the marks of days to compute anew, each batch in one
 * transaction, so that a crash leaves all of it or nothing. SQLite, because reading one user's day by an index costs the
 * same whatever else is stored; docs/decisions/2026-11-22-gold-state.md has the figures.
 */
export class GoldState {
  readonly database: DatabaseSync
  readonly rows: TargetRows
  readonly #release: () => void
  readonly #tables: ReadonlyMap<string, readonly [KeptTable, (items: readonly ChangeItem[]) => void]>
  readonly #touched = new Map<string, readonly [Subject, string, Day]>()
  readonly #statements: Statements
  #mark: number

  /** Opens the state of a folder for this process alone. */
  static open(folder: string): GoldState {
    mkdirSync(folder, { recursive: true })
    const release = holdFolder(folder)
    try {
      return new GoldState(new DatabaseSync(stateFile(folder)), release)
    } catch (error) {
      release()
      throw error
    }
  }

  private constructor(database: DatabaseSync, release: () => void) {
    this.database = database
    this.#release = release
    // A large log before a checkpoint: pages that many batches change are then written once.
    database.exec(
      'PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 32000; PRAGMA cache_size = -32000; PRAGMA temp_store = MEMORY;'
    )
    database.exec(bookkeeping)
    for (const { ddl } of keptTables) database.exec(ddl)
    this.rows = new TargetRows(database)
    this.#statements = prepare(database)
    this.#tables = new Map(
      keptTables.map((kept) => [topicsOf(kept.table).clean.name, [kept, kept.open(database, this.#touch)]])
    )
    this.#mark = Number(this.#statements.lastMark.get()?.['mark'] ?? 0)
  }

  /** Keeps a batch: rows, marks and offsets in one transaction. What was kept before is dropped by its offset. */
  keep(items: readonly ChangeItem[]): void {
    this.transaction(() => {
      const next = this.#dropKnown(items)
      for (const [topic, list] of next.items) this.#tables.get(topic)?.[1](list)
      for (const at of next.offsets.values())
        this.#statements.setOffset.run(at.topic, at.partition, at.nextOffset)
      this.#mark += 1
      for (const [subject, userId, day] of this.#touched.values())
        this.#statements.setMark.run(subject, userId, day, this.#mark)
    })
  }

  /** Runs an action that either happens wholly or not at all. */
  transaction(action: () => void): void {
    this.#touched.clear()
    this.database.exec('BEGIN IMMEDIATE')
    try {
      action()
      this.database.exec('COMMIT')
    } catch (error) {
      this.database.exec('ROLLBACK')
      throw error
    }
  }

  /** The next offset of a partition; zero of one that nothing is known of, whatever its group has committed. */
  nextOffset(topic: string, partition: number): number {
    return Number(this.#statements.offset.get(topic, partition)?.['next_offset'] ?? 0)
  }

  offsets(): readonly NextOffset[] {
    return this.#statements.offsets.all() as unknown as NextOffset[]
  }

  /** Grows with each batch that is kept; a touched day carries it. */
  get mark(): number {
    return this.#mark
  }

  /** True when some day must be computed anew. */
  hasMarks(): boolean {
    return this.#statements.anyMark.get() !== undefined
  }

  /** Some of the days of a subject that were touched, and not after the mark `upTo`. */
  targets(subject: Subject, { upTo, limit }: { readonly upTo: number; readonly limit: number }): Targets {
    const list = this.#statements.marks.all(subject, upTo, limit) as unknown as Target[]
    return { subject, list, upTo }
  }

  /** Removes the marks of targets that have been computed, unless touched again, and notes their days for the files. */
  clear({ subject, list, upTo }: Targets): void {
    this.transaction(() => {
      for (const { userId, day } of list) this.#statements.clearMark.run(subject, userId, day, upTo)
      for (const day of new Set(list.map((target) => target.day)))
        this.#statements.addPendingDay.run(subject, day)
    })
  }

  /** Notes that the files of some days, both ends included, are older than Gold. */
  addPendingDays({ first, last }: { readonly first: Day; readonly last: Day }): void {
    this.transaction(() => {
      for (let day = first; day <= last; day++)
        for (const subject of ['activity', 'notifications']) this.#statements.addPendingDay.run(subject, day)
    })
  }

  /** Days whose Gold files are older than Gold. */
  pendingDays(limit: number): readonly { readonly subject: Subject; readonly day: Day }[] {
    return this.#statements.pendingDays.all(limit) as unknown as { subject: Subject; day: Day }[]
  }

  clearPendingDay(subject: Subject, day: Day): void {
    this.#statements.clearPendingDay.run(subject, day)
  }

  /** Marks every day of every user when the definitions are no longer those it was computed with. */
  useDefinitions(hash: string): void {
    if (this.#statements.definitions.get()?.['value'] === hash) return
    this.markEverything()
    this.#statements.setDefinitions.run(hash)
  }

  /** Marks every day of every user, to be computed anew. */
  markEverything(): void {
    this.transaction(() => {
      this.#mark += 1
      this.database.exec(markAllDays(this.#mark))
    })
  }

  close(): void {
    this.database.close()
    this.#release()
  }

  readonly #touch = (subject: Subject, userId: string, day: Day): void => {
    this.#touched.set(`${subject}/${userId}/${day}`, [subject, userId, day])
  }

  #dropKnown(items: readonly ChangeItem[]) {
    const byTopic = new Map<string, ChangeItem[]>()
    const offsets = new Map<string, NextOffset>()
    for (const item of items) {
      const { topic, partition, offset } = item
      const place = `${topic}/${partition}`
      const next = offsets.get(place)?.nextOffset ?? this.nextOffset(topic, partition)
      if (offset < next) continue
      offsets.set(place, { topic, partition, nextOffset: offset + 1 })
      const list = byTopic.get(topic)
      if (list) list.push(item)
      else byTopic.set(topic, [item])
    }
    return { items: byTopic, offsets }
  }
}

const bookkeeping = `
  CREATE TABLE IF NOT EXISTS offsets (
    topic TEXT, partition INTEGER, next_offset INTEGER NOT NULL, PRIMARY KEY (topic, partition)
  ) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS marks (
    subject TEXT, user_id BLOB, day INTEGER, mark INTEGER NOT NULL, PRIMARY KEY (subject, user_id, day)
  ) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS pending_days (subject TEXT, day INTEGER, PRIMARY KEY (subject, day)) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;`

const markAllDays = (mark: number): string => `
  INSERT OR REPLACE INTO marks SELECT DISTINCT 'activity', user_id, created_at / 86400000000, ${mark} FROM messages
    WHERE user_id IS NOT NULL;
  INSERT OR REPLACE INTO marks SELECT DISTINCT 'activity', user_id, purchase_time / 86400000000, ${mark} FROM purchases;
  INSERT OR REPLACE INTO marks SELECT DISTINCT 'activity', user_id, event_time / 86400000000, ${mark} FROM session_events;
  INSERT OR REPLACE INTO marks SELECT DISTINCT 'activity', user_id, event_time / 86400000000 + 1, ${mark}
    FROM session_events;
  INSERT OR REPLACE INTO marks SELECT DISTINCT 'notifications', user_id, notification_time / 86400000000, ${mark}
    FROM notifications;`

type Statements = Readonly<Record<keyof typeof statementTexts, StatementSync>>

const statementTexts = {
  setOffset:
    'INSERT INTO offsets VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET next_offset = excluded.next_offset',
  offset: 'SELECT next_offset FROM offsets WHERE topic = ? AND partition = ?',
  offsets: 'SELECT topic, partition, next_offset AS nextOffset FROM offsets ORDER BY topic, partition',
  setMark: `INSERT INTO marks VALUES (?, unhex(?, '-'), ?, ?) ON CONFLICT DO UPDATE SET mark = excluded.mark`,
  marks: 'SELECT lower(hex(user_id)) AS userId, day FROM marks WHERE subject = ? AND mark <= ? LIMIT ?',
  anyMark: 'SELECT 1 FROM marks LIMIT 1',
  lastMark: 'SELECT max(mark) AS mark FROM marks',
  clearMark: `DELETE FROM marks WHERE subject = ? AND user_id = unhex(?) AND day = ? AND mark <= ?`,
  addPendingDay: 'INSERT OR IGNORE INTO pending_days VALUES (?, ?)',
  pendingDays: 'SELECT subject, day FROM pending_days ORDER BY day DESC LIMIT ?',
  clearPendingDay: 'DELETE FROM pending_days WHERE subject = ? AND day = ?',
  definitions: `SELECT value FROM facts WHERE name = 'definitions'`,
  setDefinitions: `INSERT OR REPLACE INTO facts VALUES ('definitions', ?)`
} as const

function prepare(database: DatabaseSync): Statements {
  const entries = Object.entries(statementTexts).map(([name, text]) => [name, database.prepare(text)])
  return Object.fromEntries(entries) as Statements
}
