import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { isAbsent } from '../../runtime/files/durable-files.ts'
import { mapAtOnce } from '../../runtime/loop/map-at-once.ts'
import type { Table } from '../../schemas/table.ts'
import { type SilverFile, silverFiles } from '../lake/silver-files.ts'
import { shareFile, shareFolders } from './share-files.ts'
import type { ObjectStore } from '../../runtime/object-store/object-store.ts'

/** A large lake has more files than a process may have sockets. */
const copiesAtOnce = 16

/** A Silver file and where it can be read on this machine. */
export interface LocalSilverFile extends SilverFile {
  readonly path: string
}

/** Where the files lie, how long old ones stay, and who may read them beside us. */
export interface MirrorOptions {
  readonly folder: string
  readonly graceMs: number
  readonly mode?: number | null
}

/**
 * Silver files under local names that never change their content: hard links where the lake is a folder on the same
 * disk, copies otherwise. A compacted file carries its version in its local name, so that a list of files made before a
 * compaction still holds every row once; what no newer list names is removed after a grace.
 */
export class SilverMirror {
  readonly #folder: string
  readonly #store: ObjectStore
  readonly #graceMs: number
  readonly #mode: number | null
  /** When files that still lie here were first missed in the newest list, by path. */
  readonly #missedAt = new Map<string, number>()
  /** Paths that are known to be there, by table, so that a large lake is not asked for each at every look. */
  readonly #there = new Map<string, ReadonlySet<string>>()
  /** When what is no longer wanted was looked for, by table. */
  readonly #sweptAt = new Map<string, number>()

  constructor(store: ObjectStore, options: MirrorOptions) {
    this.#store = store
    this.#folder = resolve(options.folder)
    this.#graceMs = options.graceMs
    this.#mode = options.mode ?? null
  }

  /** The files that together hold each row of a table once, made local. */
  async files(table: Table): Promise<readonly LocalSilverFile[]> {
    for (;;) {
      const files = await silverFiles(this.#store, table.name)
      const local = await mapAtOnce(files, copiesAtOnce, (file) =>
        this.#local(file, this.#there.get(table.name))
      )
      const known = local.filter((file) => file !== null)
      // A file was compacted away between the list and the copy: the list is old.
      if (known.length === local.length) {
        this.#there.set(table.name, new Set(known.map(({ path }) => path)))
        await this.#removeOld(table, known)
        return known
      }
    }
  }

  async #local(file: SilverFile, there?: ReadonlySet<string>): Promise<LocalSilverFile | null> {
    const version = file.etag === null ? '' : `-${file.etag.replaceAll(/\W/g, '').slice(0, 16)}`
    const path = join(
      this.#folder,
      file.name.replace(/^silver\//, '').replace(/\.parquet$/, `${version}.parquet`)
    )
    if (there?.has(path)) return { ...file, path }
    if (await isThere(path)) {
      // The setting may be another one since.
      await this.#share(path)
      return { ...file, path }
    }
    await mkdir(join(path, '..'), { recursive: true })
    // A copy may be cut short by a crash, so it gets its name when it is whole.
    const unfinished = `${path}.${process.pid}.next`
    await rm(unfinished, { force: true })
    const condition = file.etag === null ? {} : { ifMatch: file.etag }
    if (!(await this.#store.copyTo(file.name, unfinished, condition))) return null
    await rename(unfinished, path)
    await this.#share(path)
    return { ...file, path }
  }

  async #share(path: string): Promise<void> {
    if (this.#mode === null) return
    await shareFile(path, this.#mode)
    await shareFolders(path, { mode: this.#mode, top: this.#folder })
  }

  async #removeOld(table: Table, current: readonly LocalSilverFile[]): Promise<void> {
    const sweptAt = this.#sweptAt.get(table.name)
    if (sweptAt !== undefined && performance.now() - sweptAt < this.#graceMs / 10) return
    this.#sweptAt.set(table.name, performance.now())
    const wanted = new Set(current.map(({ path }) => path))
    const folder = join(this.#folder, table.name)
    const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(noneIfAbsent)
    const now = Date.now()
    for (const entry of entries) {
      const path = join(entry.parentPath, entry.name)
      if (!entry.isFile() || wanted.has(path)) this.#missedAt.delete(path)
      else if (now - (this.#missedAt.get(path) ?? now) >= this.#graceMs) {
        await rm(path, { force: true })
        this.#missedAt.delete(path)
      } else this.#missedAt.set(path, this.#missedAt.get(path) ?? now)
    }
  }
}

async function isThere(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null)) !== null
}

function noneIfAbsent(error: unknown): [] {
  if (isAbsent(error)) return []
  throw error
}
