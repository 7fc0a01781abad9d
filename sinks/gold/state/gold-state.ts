import { join } from 'node:path'
import { DatabaseSync, type StatementSync } from 'node:sqlite'
import { makeFolderOf } from '../../../runtime/files/durable-files.ts'
import type { StoredTopic } from '../../../runtime/pipeline.ts'
import { topicsOf } from '../../../topics/catalogue.ts'
import type { Day } from '../time.ts'
import { holdFolder } from './hold-folder.ts'
import {
  type ChangeItem,
  type KeptTable,
  type Place,
  subjects,
  type Subject,
  type Touch,
  wholeDay
} from './kept-table.ts'
import { keptTables } from './kept-tables.ts'
import { prepareAll } from './prepare-all.ts'
import { stateError } from './state-error.ts'
import { type Target, TargetRows } from './target-rows.ts'
import { type Targets, WaitingDays } from './waiting-days.ts'

/** Where Gold has got to in a partition. */
export interface NextOffset {
  readonly topic: string
  readonly partition: number
  readonly nextOffset: number
}

/** A day of which what a subject tells is newer than its files. */
export interface PendingDay {
  readonly subject: Subject
  readonly day: Day
}

/** A user's day, or a part of it, whose figures the models could not compute. */
export interface Uncomputed extends Target {
  readonly subject: Subject
  /** The kind of error, without any value. */
  readonly reason: string
}

/** The file that holds what Gold has read, in its folder. */
export const stateFile = (folder: string): string => join(folder, 'state.sqlite')

/**
 * What Gold has read, in one SQLite file: rows, offsets and the days to compute anew, each batch in one
 * transaction, so that a crash leaves all of it or nothing. SQLite, because reading one user's day by an index costs the
 * same whatever else is stored; docs/decisions/2026-11-22-gold-state.md has the figures.
 */
export class GoldState {
  readonly database: DatabaseSync
  readonly rows: TargetRows
  /** The days to compute anew. */
  readonly waiting: WaitingDays
  readonly #folder: string
  readonly #release: () => void
  readonly #tables: ReadonlyMap<string, readonly [KeptTable, (items: readonly ChangeItem[]) => void]>
  readonly #touched = new Map<string, Place>()
  readonly #statements: Statements

  /** Opens the state of a folder for this process alone. */
  static open(folder: string): GoldState {
    let release: (() => void) | undefined
    try {
      makeFolderOf('COURANT_GOLD_DIR', folder)
      release = holdFolder(folder)
      return new GoldState(folder, release)
    } catch (error) {
      release?.()
      throw stateError(error, folder)
    }
  }

  private constructor(folder: string, release: () => void) {
    const database = new DatabaseSync(stateFile(folder))
    this.database = database
    this.#folder = folder
    this.#release = release
    // A large log before a checkpoint: pages that many batches change are then written once.
    database.exec(
      'PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 32000; PRAGMA cache_size = -32000;'
    )
    database.exec(bookkeeping)
    for (const { ddl } of keptTables) database.exec(ddl)
    this.rows = new TargetRows(database)
    this.waiting = new WaitingDays(database)
    this.#statements = prepareAll(database, statementTexts)
    // A new version, or more memory, may be able to.
    this.transaction(() => this.waiting.add(this.uncomputed()))
    this.#tables = new Map(
      keptTables.map((kept) => [topicsOf(kept.table).clean.name, [kept, kept.open(database, this.#touch)]])
    )
  }

  /** Keeps a batch: rows, marks and offsets in one transaction. What was kept before is dropped by its offset. */
  keep(items: readonly ChangeItem[]): void {
    this.transaction(() => {
      const next = this.#dropKnown(items)
      for (const [topic, list] of next.items) this.#tables.get(topic)?.[1](list)
      for (const at of next.offsets.values())
        this.#statements.setOffset.run(at.topic, at.partition, at.nextOffset)
      this.waiting.add(this.#touched.values())
    })
  }

  /** Notes that what is before these offsets was kept, or passed over. */
  passTo(topic: string, next: ReadonlyMap<number, number>): void {
    const further = [...next].filter(([partition, offset]) => offset > this.nextOffset(topic, partition))
    if (further.length === 0) return
    this.transaction(() => {
      for (const [partition, offset] of further) this.#statements.setOffset.run(topic, partition, offset)
    })
  }

  /** Runs an action that either happens wholly or not at all. */
  transaction(action: () => void): void {
    this.#touched.clear()
    try {
      this.database.exec('BEGIN IMMEDIATE')
      action()
      this.database.exec('COMMIT')
    } catch (error) {
      // SQLite has done so itself when the disk is full.
      if (this.database.isTransaction) this.database.exec('ROLLBACK')
      throw stateError(error, this.#folder)
    }
  }

  /** The next offset of a partition; zero of one that nothing is known of, whatever its group has committed. */
  nextOffset(topic: string, partition: number): number {
    return Number(this.#statements.offset.get(topic, partition)?.['next_offset'] ?? 0)
  }

  /** Which topic of that name the rows are of; null while nothing of it was read. */
  topic(topic: string): StoredTopic | null {
    return (this.#statements.topic.get(topic) as unknown as StoredTopic | undefined) ?? null
  }

  setTopic(topic: string, { id, generation }: StoredTopic): void {
    this.#statements.setTopic.run(topic, id, generation)
  }

  offsets(): readonly NextOffset[] {
    return this.#statements.offsets.all() as unknown as NextOffset[]
  }

  /** Ends the wait of days that have been computed, and notes that their files are older. */
  computed(targets: Targets): void {
    this.transaction(() => {
      this.waiting.computed(targets)
      for (const { userId, day, part } of targets.list)
        this.#statements.removeUncomputed.run(targets.subject, userId, day, part)
      for (const day of new Set(targets.list.map((target) => target.day)))
        this.#statements.addPendingDay.run(targets.subject, day)
    })
  }

  /** Ends the wait of days that cannot be computed, until they are touched or Gold is started again. */
  notComputed(targets: Targets, reason: string): void {
    this.computed(targets)
    this.transaction(() => {
      for (const { userId, day, part } of targets.list)
        this.#statements.addUncomputed.run(targets.subject, userId, day, part, reason)
    })
  }

  /** What could not be computed. */
  uncomputed(): readonly Uncomputed[] {
    return this.#statements.uncomputed.all() as unknown as Uncomputed[]
  }

  /** Notes that the files of some days, both ends included, are older than Gold. */
  addPendingDays({ first, last }: { readonly first: Day; readonly last: Day }): void {
    this.transaction(() => {
      for (let day = first; day <= last; day++)
        for (const subject of subjects) this.#statements.addPendingDay.run(subject, day)
    })
  }

  /** Days whose Gold files are older than Gold, newest first. */
  pendingDays(): readonly PendingDay[] {
    return this.#statements.pendingDays.all() as unknown as PendingDay[]
  }

  clearPendingDay(subject: Subject, day: Day): void {
    this.#statements.clearPendingDay.run(subject, day)
  }

  /** Has every day of every user computed anew when the definitions are no longer those it was computed with. */
  useDefinitions(hash: string): void {
    if (this.#statements.definitions.get()?.['value'] === hash) return
    this.computeEverything()
    this.#statements.setDefinitions.run(hash)
  }

  /** Has every day of every user computed anew. */
  computeEverything(): void {
    this.transaction(() => this.waiting.addAll())
  }

  close(): void {
    this.database.close()
    this.#release()
  }

  readonly #touch: Touch = {
    activity: (userId, day) => this.#touchPlace({ subject: 'activity', userId, day, part: wholeDay }),
    notifications: (userId, day, part) => this.#touchPlace({ subject: 'notifications', userId, day, part })
  }

  #touchPlace(place: Place): void {
    this.#touched.set(`${place.subject}/${place.userId}/${place.day}/${place.part}`, place)
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
  CREATE TABLE IF NOT EXISTS topics (topic TEXT PRIMARY KEY, id TEXT NOT NULL, generation INTEGER NOT NULL) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS pending_days (subject TEXT, day INTEGER, PRIMARY KEY (subject, day)) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS uncomputed (
    subject TEXT, user_id BLOB, day INTEGER, part TEXT, reason TEXT NOT NULL, PRIMARY KEY (subject, user_id, day, part)
  ) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;`

type Statements = Readonly<Record<keyof typeof statementTexts, StatementSync>>

const statementTexts = {
  setOffset:
    'INSERT INTO offsets VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET next_offset = excluded.next_offset',
  offset: 'SELECT next_offset FROM offsets WHERE topic = ? AND partition = ?',
  offsets: 'SELECT topic, partition, next_offset AS nextOffset FROM offsets ORDER BY topic, partition',
  topic: 'SELECT id, generation FROM topics WHERE topic = ?',
  setTopic: 'INSERT OR REPLACE INTO topics VALUES (?, ?, ?)',
  addPendingDay: 'INSERT OR IGNORE INTO pending_days VALUES (?, ?)',
  pendingDays: 'SELECT subject, day FROM pending_days ORDER BY day DESC',
  clearPendingDay: 'DELETE FROM pending_days WHERE subject = ? AND day = ?',
  addUncomputed: 'INSERT OR REPLACE INTO uncomputed VALUES (?, unhex(?), ?, ?, ?)',
  removeUncomputed:
    'DELETE FROM uncomputed WHERE subject = ? AND user_id = unhex(?) AND day = ? AND part = ?',
  uncomputed:
    'SELECT subject, lower(hex(user_id)) AS userId, day, part, reason FROM uncomputed ORDER BY day DESC, user_id',
  definitions: `SELECT value FROM facts WHERE name = 'definitions'`,
  setDefinitions: `INSERT OR REPLACE INTO facts VALUES ('definitions', ?)`
} as const
