import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { Alert } from './alerts.ts'

const schema = `
  CREATE TABLE IF NOT EXISTS alerts (
    condition TEXT PRIMARY KEY, alert TEXT NOT NULL, raised_last INTEGER NOT NULL, clear_after INTEGER,
    sent INTEGER NOT NULL DEFAULT 0, next_try INTEGER NOT NULL DEFAULT 0, tries INTEGER NOT NULL DEFAULT 0
  ) STRICT`

/** Longer than sending takes; afterwards another process may try. */
const firstPauseMs = 15_000
const longestPauseMs = 300_000

interface DueAlert {
  readonly condition: string
  readonly alert: Alert
}

/** Which conditions hold and of which of them people were told; several processes may share the file. */
export class AlertState {
  readonly #db: DatabaseSync
  readonly #now: () => number

  static open(folder: string, now = Date.now): AlertState {
    mkdirSync(folder, { recursive: true })
    const db = new DatabaseSync(join(folder, 'alerts.sqlite'), { timeout: 2000 })
    db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL')
    db.exec(schema)
    return new AlertState(db, now)
  }

  private constructor(db: DatabaseSync, now: () => number) {
    this.#db = db
    this.#now = now
  }

  /** Notes that a condition holds; true when it did not hold before. */
  raise(condition: string, alert: Alert): boolean {
    this.clearOld()
    const isNew = this.#db
      .prepare(
        'INSERT INTO alerts (condition, alert, raised_last, clear_after) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING'
      )
      .run(condition, JSON.stringify(alert), this.#now(), alert.clearAfterMs ?? null)
    if (isNew.changes === 1) return true
    this.#db.prepare('UPDATE alerts SET raised_last = ? WHERE condition = ?').run(this.#now(), condition)
    return false
  }

  clear(condition: string): void {
    this.#db.prepare('DELETE FROM alerts WHERE condition = ?').run(condition)
  }

  /** Clears conditions that were not raised for as long as they say, once people were told of them. */
  clearOld(): void {
    this.#db.prepare('DELETE FROM alerts WHERE sent = 1 AND raised_last + clear_after <= ?').run(this.#now())
  }

  /** What is to be sent now. It is this process's to send for a while, and longer after each failure. */
  toSend(): DueAlert[] {
    return this.#db
      .prepare(
        `UPDATE alerts SET tries = tries + 1, next_try = ?1 + min(?2 << min(tries, 10), ?3)
         WHERE sent = 0 AND next_try <= ?1 RETURNING condition, alert`
      )
      .all(this.#now(), firstPauseMs, longestPauseMs)
      .map(({ condition, alert }) => ({
        condition: String(condition),
        alert: JSON.parse(String(alert)) as Alert
      }))
  }

  sent(condition: string): void {
    this.#db.prepare('UPDATE alerts SET sent = 1 WHERE condition = ?').run(condition)
  }

  close(): void {
    this.#db.close()
  }
}
