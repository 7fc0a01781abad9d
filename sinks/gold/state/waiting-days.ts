import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { type Place, subjects, type Subject, wholeDay } from './kept-table.ts'
import { prepareAll } from './prepare-all.ts'
import type { Target } from './target-rows.ts'

/** Targets of one subject, and the mark that tells whether they were touched again since their rows were read. */
export interface Targets {
  readonly subject: Subject
  readonly list: readonly Target[]
  readonly readAt: number
}

/**
 * The users' days, or parts of them, whose figures must be computed anew. Each keeps when it began to wait, so that one that is touched all
 * the time still has its turn, and when it was touched last, so that it goes on waiting if that was after its rows were read.
 * Changes belong into a transaction with what caused them.
 */
export class WaitingDays {
  readonly #database: DatabaseSync
  readonly #statements: Readonly<Record<keyof typeof texts, StatementSync>>
  #mark: number

  constructor(database: DatabaseSync) {
    this.#database = database
    database.exec(ddl)
    this.#statements = prepareAll(database, texts)
    this.#mark = Number(this.#statements.lastMark.get()?.['mark'] ?? 0)
  }

  /** Grows with each addition; a touched day carries it. */
  get mark(): number {
    return this.#mark
  }

  /** True when some day waits. */
  any(): boolean {
    return this.#statements.any.get() !== undefined
  }

  /** How many wait. */
  count(): number {
    return Number(this.#statements.count.get()?.['count'] ?? 0)
  }

  add(touched: Iterable<Place>): void {
    this.#mark += 1
    for (const { subject, userId, day, part } of touched)
      this.#statements.add.run(subject, userId, day, part, this.#mark, this.#mark)
  }

  /** Adds every day of every user. */
  addAll(): void {
    this.#mark += 1
    this.#database.exec(
      everyDay
        .map(
          (select) =>
            `INSERT OR REPLACE INTO waiting SELECT *, '${wholeDay}', ${this.#mark}, ${this.#mark} FROM (${select});`
        )
        .join('\n')
    )
  }

  /** The subject whose days have waited longest, of those that began to at the mark `upTo` or before; null when none did. */
  longestWaiting(upTo: number): Subject | null {
    const waiting = subjects.flatMap((subject) => {
      const since = this.#statements.oldest.get(subject)?.['since'] as number | null
      return since !== null && since <= upTo ? [{ subject, since }] : []
    })
    return waiting.sort((a, b) => a.since - b.since)[0]?.subject ?? null
  }

  /** The days of a subject that have waited longest; their rows must be read before anything is added. */
  targets(subject: Subject, { upTo, limit }: { readonly upTo: number; readonly limit: number }): Targets {
    const list = this.#statements.targets.all(subject, upTo, limit) as unknown as Target[]
    return { subject, list, readAt: this.#mark }
  }

  /** Ends the wait of days that have been computed; one that was touched meanwhile begins to wait anew. */
  computed({ subject, list, readAt }: Targets): void {
    for (const { userId, day, part } of list) {
      this.#statements.remove.run(subject, userId, day, part, readAt)
      this.#statements.waitAnew.run(subject, userId, day, part)
    }
  }
}

const ddl = `
  CREATE TABLE IF NOT EXISTS waiting (
    subject TEXT, user_id BLOB, day INTEGER, part TEXT, since INTEGER NOT NULL, mark INTEGER NOT NULL,
    PRIMARY KEY (subject, user_id, day, part)
  ) WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS waiting_by_age ON waiting (subject, since);`

const everyDay = [
  `SELECT DISTINCT 'activity', user_id, created_at / 86400000000 FROM messages WHERE user_id IS NOT NULL`,
  `SELECT DISTINCT 'activity', user_id, purchase_time / 86400000000 FROM purchases`,
  `SELECT DISTINCT 'activity', user_id, event_time / 86400000000 FROM session_events`,
  `SELECT DISTINCT 'activity', user_id, event_time / 86400000000 + 1 FROM session_events`,
  `SELECT DISTINCT 'notifications', user_id, notification_time / 86400000000 FROM notifications`
]

const isPlace = 'subject = ? AND user_id = unhex(?) AND day = ? AND part = ?'

const texts = {
  add: `INSERT INTO waiting VALUES (?, unhex(?, '-'), ?, ?, ?, ?) ON CONFLICT DO UPDATE SET mark = excluded.mark`,
  any: 'SELECT 1 FROM waiting LIMIT 1',
  count: 'SELECT count(*) AS count FROM waiting',
  lastMark: 'SELECT max(mark) AS mark FROM waiting',
  oldest: 'SELECT min(since) AS since FROM waiting WHERE subject = ?',
  targets: `SELECT lower(hex(user_id)) AS userId, day, part FROM waiting
    WHERE subject = ? AND since <= ? ORDER BY since LIMIT ?`,
  remove: `DELETE FROM waiting WHERE ${isPlace} AND mark <= ?`,
  waitAnew: `UPDATE waiting SET since = mark WHERE ${isPlace}`
} as const
