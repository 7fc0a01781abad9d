import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync, type StatementSync } from 'node:sqlite'
import { CourantError } from '../../runtime/errors.ts'
import type { Context } from '../../runtime/pipeline.ts'
import { stateDir } from '../../runtime/files/positions.ts'
import { announcedSchema, noteAnnounced, recoverAnnounced } from './announced.ts'

/** What was last published of a key. */
export interface Published {
  /** 52 bits of the row's hash; null once the key was deleted. */
  readonly hash: number | null
  readonly version: number
}

/** A key as order-preserving text (ordered-key.ts) and what was last published of it. */
export interface KeyEntry extends Published {
  readonly key: string
}

/** Keys greater than `after` (null is before all: '' is a key) and not greater than `upTo` (null is the end). */
export interface KeyRange {
  readonly after: string | null
  readonly upTo: string | null
}

/** Count and order-independent hash of a set of rows; two sums of 26 bits each stay exact whatever the count. */
export interface Summary {
  readonly count: number
  readonly high: number
  readonly low: number
}

const fileVersion = 1

// STRICT refuses a hash or version that is no integer; WITHOUT ROWID keeps rows in key order, so that the pages of a
// first snapshot append and ranges are read in one go.
const schema = `
  CREATE TABLE IF NOT EXISTS keys (key TEXT PRIMARY KEY, hash INTEGER, version INTEGER NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS notes (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
  ${announcedSchema}
  CREATE TEMP TABLE missing (key TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;
  CREATE TEMP TABLE seen (key TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;`

// Each bound is there or not: an OR for an absent one would make SQLite read on to the end of the table.
const inRange = ({ after, upTo }: KeyRange): string =>
  [after === null ? "key >= ''" : 'key > ?', ...(upTo === null ? [] : ['key <= ?'])].join(' AND ')
const bounds = ({ after, upTo }: KeyRange): string[] => [after, upTo].filter((bound) => bound !== null)
const sums =
  'count(*) AS count, coalesce(sum(hash >> 26), 0) AS high, coalesce(sum(hash & 67108863), 0) AS low'

/**
 * What a polling producer has published of each key, with its position, in one SQLite file: both move in one durable
 * transaction. Deleted keys stay, so that a key that returns continues its versions. One process at a time.
 */
export class KeyState {
  readonly #db: DatabaseSync
  readonly #get: StatementSync
  readonly #put: StatementSync
  readonly #seen: StatementSync

  constructor(db: DatabaseSync) {
    this.#db = db
    this.#get = db.prepare('SELECT hash, version FROM keys WHERE key = ?')
    this.#put = db.prepare(
      `INSERT INTO keys VALUES (?, ?, ?)
       ON CONFLICT (key) DO UPDATE SET hash = excluded.hash, version = excluded.version`
    )
    this.#seen = db.prepare('SELECT 1 FROM seen WHERE key = ?')
  }

  /** The position of the last `apply`, or null at the very first start. */
  position(): string | null {
    return this.note('position')
  }

  /** What was saved under a name beside the position, or null. */
  note(name: string): string | null {
    const row = this.#db.prepare('SELECT value FROM notes WHERE name = ?').get(name)
    return row ? String(row['value']) : null
  }

  /** Durable when it returns. */
  saveNote(name: string, value: string): void {
    this.#transaction(() => this.#putNote(name, value))
  }

  /** The value of the first name between two, both included, in byte order. */
  firstNote(from: string, to: string): string | null {
    const row = this.#db
      .prepare('SELECT value FROM notes WHERE name >= ? AND name <= ? ORDER BY name LIMIT 1')
      .get(from, to)
    return row ? String(row['value']) : null
  }

  /** Forgets the notes between two names, both included. */
  forgetNotes(from: string, to: string): void {
    this.#transaction(() => this.#db.prepare('DELETE FROM notes WHERE name >= ? AND name <= ?').run(from, to))
  }

  lookup(keys: Iterable<string>): Map<string, Published> {
    const found = new Map<string, Published>()
    for (const key of keys) {
      const row = this.#get.get(key) as Published | undefined
      if (row) found.set(key, row)
    }
    return found
  }

  /** The first keys of a range in their order, deleted ones too. */
  range(range: KeyRange, limit: number): KeyEntry[] {
    const rows = this.#db
      .prepare(`SELECT key, hash, version FROM keys WHERE ${inRange(range)} ORDER BY key LIMIT ?`)
      .all(...bounds(range), limit)
    return rows as unknown as KeyEntry[]
  }

  /** All keys of a range in pages, so that memory stays flat whatever the range. */
  *pages({ after, upTo }: KeyRange, limit = 5000): Generator<KeyEntry[]> {
    for (let from: string | null | undefined = after; from !== undefined; ) {
      const page = this.range({ after: from, upTo }, limit)
      yield page
      from = page.length < limit ? undefined : page.at(-1)?.key
    }
  }

  /** Of the keys in a range that are not deleted. */
  summary(range: KeyRange): Summary {
    const row = this.#db
      .prepare(`SELECT ${sums} FROM keys WHERE hash IS NOT NULL AND ${inRange(range)}`)
      .get(...bounds(range))
    return row as unknown as Summary
  }

  /** Durable when it returns; all or nothing. `announcements` are of what is still in flight (announced.ts). */
  apply(changes: Iterable<KeyEntry>, position: string, announcements: readonly string[] = []): void {
    this.#transaction(() => {
      for (const { key, hash, version } of changes) this.#put.run(key, hash, version)
      this.#putNote('position', position)
      noteAnnounced(this.#db, announcements)
    })
  }

  /** Notes what is about to be published; durable when it returns. */
  announce(announcements: readonly string[]): void {
    this.#transaction(() => noteAnnounced(this.#db, announcements))
  }

  /** Remembers keys that a scan did not find; forgotten when the process ends. */
  addMissing(keys: Iterable<string>): void {
    this.#addTo('missing', keys)
  }

  /** Remembers keys that a scan found; forgotten when the process ends. */
  addSeen(keys: Iterable<string>): void {
    this.#addTo('seen', keys)
  }

  hasSeen(key: string): boolean {
    return this.#seen.get(key) !== undefined
  }

  forgetSeen(): void {
    this.#db.exec('DELETE FROM seen')
  }

  /** The next remembered keys after one (null for the first), in order. */
  missing(after: string | null, limit: number): string[] {
    const range = { after, upTo: null }
    const rows = this.#db
      .prepare(`SELECT key FROM missing WHERE ${inRange(range)} ORDER BY key LIMIT ?`)
      .all(...bounds(range), limit)
    return rows.map((row) => String(row['key']))
  }

  missingCount(): number {
    return Number(this.#db.prepare('SELECT count(*) AS count FROM missing').get()?.['count'])
  }

  forgetMissing(): void {
    this.#db.exec('DELETE FROM missing')
  }

  close(): void {
    if (this.#db.isOpen) this.#db.close()
  }

  #addTo(table: 'missing' | 'seen', keys: Iterable<string>): void {
    const add = this.#db.prepare(`INSERT OR IGNORE INTO ${table} VALUES (?)`)
    this.#transaction(() => {
      for (const key of keys) add.run(key)
    })
  }

  #putNote(name: string, value: string): void {
    this.#db
      .prepare('INSERT INTO notes VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value')
      .run(name, value)
  }

  #transaction(work: () => void): void {
    this.#db.exec('BEGIN IMMEDIATE')
    try {
      work()
      this.#db.exec('COMMIT')
    } catch (error) {
      if (this.#db.isTransaction) this.#db.exec('ROLLBACK')
      throw stateError(error, 'written')
    }
  }
}

/** Opens the pipeline's file under COURANT_STATE_DIR; throws STATE_UNUSABLE, also when another process holds it. */
export function openKeyState(context: Pick<Context, 'pipeline' | 'settings'>): KeyState {
  const folder = context.settings.text(stateDir)
  const file = join(folder, `${context.pipeline}.sqlite`)
  let db: DatabaseSync | undefined
  try {
    mkdirSync(folder, { recursive: true })
    db = new DatabaseSync(file)
    db.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL')
    const found = Number(db.prepare('PRAGMA user_version').get()?.['user_version'])
    if (found > fileVersion) throw new CourantError('STATE_UNUSABLE', newerFile(file))
    db.exec(`BEGIN IMMEDIATE; ${schema} PRAGMA user_version = ${fileVersion}`)
    recoverAnnounced(db)
    db.exec('COMMIT')
    return new KeyState(db)
  } catch (error) {
    db?.close()
    throw stateError(error, `opened (${file})`)
  }
}

const newerFile = (file: string): string =>
  `${file} was written by a newer version of Courant: run that version, or move the file away for a new snapshot`

function stateError(error: unknown, what: string): CourantError {
  if (error instanceof CourantError) return error
  const busy = error instanceof Error && /locked|busy/i.test(error.message)
  const advice = busy
    ? 'another process runs this pipeline; stop one of them'
    : 'see that the disc has room and the folder can be written'
  return new CourantError('STATE_UNUSABLE', `the poller's state cannot be ${what}: ${advice}`, {
    cause: error
  })
}
