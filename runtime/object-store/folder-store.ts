import { randomUUID } from 'node:crypto'
import { constants } from 'node:fs'
import { copyFile, type FileHandle, link, open, readdir, rename, rm, stat } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import type { Readable } from 'node:stream'
import { isAbsent, makeFolder, syncFolder, writeDurably } from '../durable-files.ts'
import { CourantError } from '../errors.ts'
import { bodyOf, type Content } from './content.ts'
import { type Facts, factsOf, removeFacts, saveFacts } from './folder-facts.ts'
import { exclusively } from './folder-lock.ts'
import type { PutOptions } from './object-store.ts'
import { checkObjectName, type ListedObject, type ObjectInfo, type ObjectStore } from './object-store.ts'

/**
 * An object store in a local folder: objects are plain files that any program may read; what S3 keeps beside an object
 * lies in a hidden file beside it. Content is staged under `.courant/staging` and appears by link(2), which one of
 * several creators wins, or by rename(2).
 */
export class FolderStore implements ObjectStore {
  readonly describe: string
  readonly #root: string

  /** Makes the folder when it is not there. */
  static async open(folder: string): Promise<FolderStore> {
    const store = new FolderStore(resolve(folder))
    await translated(async () => {
      await makeFolder(store.#inside('staging'))
      await store.#sweep()
    })
    return store
  }

  private constructor(root: string) {
    this.#root = root
    this.describe = `folder ${root}`
  }

  head(name: string): Promise<ObjectInfo | null> {
    return translated(() => this.#head(checkObjectName(name)))
  }

  get(name: string, { ifMatch }: { ifMatch?: string } = {}): Promise<Readable | null> {
    return translated(async () => {
      const file = await open(this.#path(checkObjectName(name))).catch(nullIfAbsent)
      if (!file) return null
      if (ifMatch === undefined || (await this.#isVersion(name, file, ifMatch)))
        return file.createReadStream()
      await file.close()
      return null
    })
  }

  put(name: string, content: Content, options: PutOptions = {}): Promise<string | null> {
    return translated(async () => {
      const path = this.#path(checkObjectName(name))
      const staged = this.#inside('staging', randomUUID())
      try {
        await writeDurably(staged, bodyOf(content))
        await makeFolder(dirname(path))
        const facts = { etag: content.sha256, size: content.size, metadata: options.metadata ?? {} }
        const isStored = options.ifNoneMatch
          ? await create(staged, path, facts)
          : await this.#replace(staged, path, { facts, ifMatch: options.ifMatch })
        if (!isStored) return null
        await syncFolder(dirname(path))
        return facts.etag
      } finally {
        await rm(staged, { force: true })
      }
    })
  }

  async *list(prefix: string): AsyncIterable<ListedObject> {
    const folder = prefix.slice(0, prefix.lastIndexOf('/') + 1)
    if (folder !== '') checkObjectName(folder.slice(0, -1))
    yield* this.#listFolder(folder, prefix)
  }

  delete(name: string): Promise<void> {
    return translated(() =>
      exclusively(this.#inside(), async () => {
        const path = this.#path(checkObjectName(name))
        const file = await open(path).catch(nullIfAbsent)
        if (!file) return
        try {
          await rm(path)
          await removeFacts(path, (await file.stat()).ino)
          await syncFolder(dirname(path))
        } finally {
          await file.close()
        }
      })
    )
  }

  copyTo(name: string, file: string, { ifMatch }: { ifMatch?: string } = {}): Promise<boolean> {
    return translated(async () => {
      const path = this.#path(checkObjectName(name))
      try {
        await link(path, file).catch((error: unknown) => {
          if (codeOf(error) !== 'EXDEV') throw error
          return copyFile(path, file, constants.COPYFILE_EXCL)
        })
      } catch (error) {
        if (isAbsent(error)) return false
        throw error
      }
      if (ifMatch === undefined || (await factsOf(path, file)).etag === ifMatch) return true
      await rm(file)
      return false
    })
  }

  /** Removes what dead writers left half staged; nobody stages for a day. */
  async #sweep(): Promise<void> {
    for (const file of await readdir(this.#inside('staging'))) {
      const path = this.#inside('staging', file)
      const found = await stat(path).catch(nullIfAbsent)
      if (found && Date.now() - found.mtimeMs > 24 * 3600_000) await rm(path, { force: true })
    }
  }

  async #head(name: string): Promise<ObjectInfo | null> {
    const path = this.#path(name)
    const found = await stat(path).catch(nullIfAbsent)
    if (!found?.isFile()) return null
    const { etag, metadata } = await factsOf(path)
    return { name, size: found.size, etag, modifiedAt: found.mtime, metadata }
  }

  /** Whether an open file is the version of that etag: what is at the name may have been replaced meanwhile. */
  async #isVersion(name: string, file: FileHandle, etag: string): Promise<boolean> {
    if ((await this.#head(name))?.etag !== etag) return false
    const [opened, current] = await Promise.all([file.stat(), stat(this.#path(name)).catch(nullIfAbsent)])
    return opened.ino === current?.ino
  }

  #replace(staged: string, path: string, { facts, ifMatch }: Replacement): Promise<boolean> {
    return exclusively(this.#inside(), async () => {
      const current = await open(path).catch(nullIfAbsent)
      try {
        if (ifMatch !== undefined && (!current || (await factsOf(path)).etag !== ifMatch)) return false
        await saveFacts(path, (await stat(staged)).ino, facts)
        await rename(staged, path)
        if (current) await removeFacts(path, (await current.stat()).ino)
        return true
      } finally {
        await current?.close()
      }
    })
  }

  async *#listFolder(folder: string, prefix: string): AsyncIterable<ListedObject> {
    const path = join(this.#root, folder)
    const entries = (await translated(() => readdir(path, { withFileTypes: true }).catch(nullIfAbsent))) ?? []
    const named = entries
      .filter((entry) => !entry.name.startsWith('.'))
      .map((entry) => ({ entry, name: folder + entry.name + (entry.isDirectory() ? '/' : '') }))
      .filter(({ name }) => name.startsWith(prefix) || prefix.startsWith(name))
      .sort((a, b) => Buffer.compare(Buffer.from(a.name), Buffer.from(b.name)))
    for (const { entry, name } of named) {
      if (entry.isDirectory()) yield* this.#listFolder(name, prefix)
      else {
        // Deleted since the folder was read: then it is not listed.
        const found = await stat(join(this.#root, name)).catch(nullIfAbsent)
        if (!found || !name.startsWith(prefix)) continue
        yield { name, size: found.size, version: `${found.ino}-${found.mtimeMs}-${found.size}` }
      }
    }
  }

  #path(name: string): string {
    return join(this.#root, ...name.split('/'))
  }

  #inside(...parts: string[]): string {
    return join(this.#root, '.courant', ...parts)
  }
}

interface Replacement {
  readonly facts: Facts
  readonly ifMatch: string | undefined
}

async function create(staged: string, path: string, facts: Facts): Promise<boolean> {
  const { ino } = await stat(staged)
  await saveFacts(path, ino, facts)
  try {
    await link(staged, path)
    return true
  } catch (error) {
    await removeFacts(path, ino)
    if (codeOf(error) === 'EEXIST') return false
    throw error
  }
}

function codeOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException).code
}

function nullIfAbsent(error: unknown): null {
  if (isAbsent(error)) return null
  throw error
}

const passing = new Set(['ENOSPC', 'EDQUOT', 'EMFILE', 'ENFILE', 'EIO', 'EBUSY', 'EAGAIN'])
const refused = new Set(['EACCES', 'EPERM', 'EROFS', 'EISDIR', 'ENOTDIR', 'ENAMETOOLONG', 'ELOOP'])

async function translated<T>(action: () => Promise<T>): Promise<T> {
  try {
    return await action()
  } catch (error) {
    const code = codeOf(error) ?? ''
    if (passing.has(code))
      throw new CourantError(
        'TARGET_UNAVAILABLE',
        `The lake's folder cannot be written (${code}); make room`,
        { cause: error }
      )
    if (refused.has(code))
      throw new CourantError(
        'TARGET_REFUSED',
        `The lake's folder refuses us (${code}); check its rights and what lies in it`,
        { cause: error }
      )
    throw error
  }
}
