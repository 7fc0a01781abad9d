import type { BigIntStats } from 'node:fs'
import { open, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { isAbsent } from '../files/durable-files.ts'
import { tryAgainWhileBusy } from './folder-lock.ts'

/** What is kept of an object besides its file. */
export interface Facts {
  /** SHA-256 of the content. */
  readonly etag: string
  readonly metadata: Readonly<Record<string, string>>
}

/** Which file it is: the staged file's own before it appears under its name by link(2) or rename(2). */
export type FileVersion = string

/** A file's version: of two files of one name, no two have the same. */
export const versionOf = ({ ino, mtimeNs, size }: BigIntStats): FileVersion => `${ino}-${mtimeNs}-${size}`

/** Waited for at once, while other processes write; what is written takes no time. */
const busyMs = 5000

/**
 * The facts of all objects of a folder: one SQLite file, `.courant/facts.sqlite`, by an object's name and its file's
 * version. So they can be saved before the file appears, and are never those of another version.
 */
export class FolderFacts {
  readonly #file: string
  #open: { readonly database: DatabaseSync; readonly inode: bigint } | null = null
  #opening: Promise<DatabaseSync> | null = null

  /** `folder` is where the file lies. */
  constructor(folder: string) {
    this.#file = join(folder, 'facts.sqlite')
  }

  /** Saves the facts of a file that will appear under a name; durable once this resolves. */
  async save(name: string, version: FileVersion, { etag, metadata }: Facts): Promise<void> {
    const database = await this.#database()
    database
      .prepare('INSERT OR REPLACE INTO facts (name, version, etag, metadata) VALUES (?, ?, ?, ?)')
      .run(name, version, etag, JSON.stringify(metadata))
    await this.#sync()
  }

  /** Removes them; those of a file that never appeared may stay without harm. */
  async remove(name: string, version: FileVersion): Promise<void> {
    const database = await this.#database()
    database.prepare('DELETE FROM facts WHERE name = ? AND version = ?').run(name, version)
  }

  /** The facts of a version, or null. */
  async find(name: string, version: FileVersion): Promise<Facts | null> {
    return this.#first('name = ? AND version = ?', [name, version])
  }

  /** The facts of some version of that name with this content, or null. */
  async findByHash(name: string, etag: string): Promise<Facts | null> {
    return this.#first('name = ? AND etag = ?', [name, etag])
  }

  async #first(where: string, values: readonly string[]): Promise<Facts | null> {
    const database = await this.#database()
    const row = database.prepare(`SELECT etag, metadata FROM facts WHERE ${where} LIMIT 1`).get(...values)
    if (!row) return null
    return {
      etag: String(row['etag']),
      metadata: JSON.parse(String(row['metadata'])) as Facts['metadata']
    }
  }

  /**
   * What SQLite has written is in its log, which it would sync only now and then, holding up the whole process: we do it
   * ourselves, beside everything else. Where the log is gone, all of it is in the database, synced.
   */
  async #sync(): Promise<void> {
    const log = await open(`${this.#file}-wal`, 'r').catch((error: unknown) => {
      if (isAbsent(error)) return null
      throw error
    })
    if (!log) return
    try {
      await log.sync()
    } finally {
      await log.close()
    }
  }

  /** Opened anew when the folder was put back from a copy under us. */
  async #database(): Promise<DatabaseSync> {
    const inode = await inodeOf(this.#file)
    if (this.#open && this.#open.inode === inode) return this.#open.database
    this.#opening ??= this.#reopen().finally(() => (this.#opening = null))
    return this.#opening
  }

  async #reopen(): Promise<DatabaseSync> {
    this.#open?.database.close()
    this.#open = null
    const database = new DatabaseSync(this.#file, { timeout: busyMs })
    await tryAgainWhileBusy(() => database.exec(prepare))
    this.#open = { database, inode: (await inodeOf(this.#file)) ?? 0n }
    return database
  }
}

// A crash of the machine may take what is not synced, and never leaves it damaged.
const prepare = `
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = NORMAL;
  CREATE TABLE IF NOT EXISTS facts (
    name TEXT, version TEXT, etag TEXT NOT NULL, metadata TEXT NOT NULL, PRIMARY KEY (name, version)
  ) WITHOUT ROWID`

async function inodeOf(file: string): Promise<bigint | null> {
  const found = await stat(file, { bigint: true }).catch((error: unknown) => {
    if (isAbsent(error)) return null
    throw error
  })
  return found?.ino ?? null
}
