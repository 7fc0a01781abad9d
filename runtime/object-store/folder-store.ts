import { randomUUID } from 'node:crypto'
import { constants } from 'node:fs'
import { copyFile, type FileHandle, link, open, readdir, rename, rm, stat } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import type { Readable } from 'node:stream'
import { isAbsent, makeFolder, syncFolder, writeDurably } from '../files/durable-files.ts'
import { mapAtOnce } from '../loop/map-at-once.ts'
import { bodyOf, type Content, fileContent } from './content.ts'
import { factsBeside, factsBesideByHash, removeFactsBeside } from './facts-beside.ts'
import { type Facts, FolderFacts, versionOf } from './folder-facts.ts'
import { translated } from './folder-errors.ts'
import { exclusively } from './folder-lock.ts'
import type { PutOptions } from './object-store.ts'
import { checkObjectName, type ListedObject, type ObjectInfo, type ObjectStore } from './object-store.ts'

/** A listing asks for so many files at once what they are. */
const statsAtOnce = 64

/**
 * An object store in a local folder: objects are plain files that any program may read; what S3 keeps beside an object
 * is in one file for all of them, `.courant/facts.sqlite`. Content is staged under `.courant/staging` and appears by link(2), which one of
 * several creators wins, or by rename(2).
 */
export class FolderStore implements ObjectStore {
  readonly describe: string
  readonly #root: string
  readonly #facts: FolderFacts

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
    this.#facts = new FolderFacts(this.#inside())
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
        const facts = { etag: content.sha256, metadata: options.metadata ?? {} }
        const isStored = options.ifNoneMatch
          ? await this.#create(staged, name, facts)
          : await this.#replace(staged, name, { facts, ifMatch: options.ifMatch })
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
          await this.#removeFacts(name, file)
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
      if (ifMatch === undefined || (await this.#factsOf(name, file)).etag === ifMatch) return true
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
    const { etag, metadata } = await this.#factsOf(name)
    return { name, size: found.size, etag, modifiedAt: found.mtime, metadata }
  }

  /** Whether an open file is the version of that etag: what is at the name may have been replaced meanwhile. */
  async #isVersion(name: string, file: FileHandle, etag: string): Promise<boolean> {
    if ((await this.#head(name))?.etag !== etag) return false
    const [opened, current] = await Promise.all([file.stat(), stat(this.#path(name)).catch(nullIfAbsent)])
    return opened.ino === current?.ino
  }

  async #create(staged: string, name: string, facts: Facts): Promise<boolean> {
    const version = versionOf(await stat(staged, { bigint: true }))
    await this.#facts.save(name, version, facts)
    try {
      await link(staged, this.#path(name))
      return true
    } catch (error) {
      await this.#facts.remove(name, version)
      if (codeOf(error) === 'EEXIST') return false
      throw error
    }
  }

  #replace(staged: string, name: string, { facts, ifMatch }: Replacement): Promise<boolean> {
    const path = this.#path(name)
    return exclusively(this.#inside(), async () => {
      const current = await open(path).catch(nullIfAbsent)
      try {
        if (ifMatch !== undefined && (!current || (await this.#factsOf(name)).etag !== ifMatch)) return false
        await this.#facts.save(name, versionOf(await stat(staged, { bigint: true })), facts)
        await rename(staged, path)
        if (current) await this.#removeFacts(name, current)
        return true
      } finally {
        await current?.close()
      }
    })
  }

  /** Facts of what lies under a name, or of a hard link to a version of it; of a file put there by hand, no metadata. */
  async #factsOf(name: string, file = this.#path(name)): Promise<Facts> {
    const path = this.#path(name)
    const found = await stat(file, { bigint: true })
    const own = (await this.#facts.find(name, versionOf(found))) ?? (await factsBeside(path, found))
    if (own) return own
    // The folder was copied, so that files are others: the content says which facts are its own, from now on.
    const { sha256: etag } = await fileContent(file)
    const facts = (await this.#facts.findByHash(name, etag)) ?? (await factsBesideByHash(path, etag))
    if (facts) await this.#facts.save(name, versionOf(found), facts)
    return facts ?? { etag, metadata: {} }
  }

  /** Of a file that is open still, so that nothing else can have its inode. */
  async #removeFacts(name: string, file: FileHandle): Promise<void> {
    const gone = await file.stat({ bigint: true })
    await this.#facts.remove(name, versionOf(gone))
    await removeFactsBeside(this.#path(name), gone.ino)
  }

  async *#listFolder(folder: string, prefix: string): AsyncIterable<ListedObject> {
    const path = join(this.#root, folder)
    const entries = (await translated(() => readdir(path, { withFileTypes: true }).catch(nullIfAbsent))) ?? []
    const named = entries
      .filter((entry) => !entry.name.startsWith('.'))
      .map((entry) => ({ entry, name: folder + entry.name + (entry.isDirectory() ? '/' : '') }))
      .filter(({ name }) => name.startsWith(prefix) || prefix.startsWith(name))
      .sort((a, b) => Buffer.compare(Buffer.from(a.name), Buffer.from(b.name)))
    for (let from = 0; from < named.length; from += statsAtOnce) {
      const page = named.slice(from, from + statsAtOnce)
      const files = await mapAtOnce(page, statsAtOnce, ({ entry, name }) =>
        entry.isDirectory() || !name.startsWith(prefix) ? Promise.resolve(null) : this.#listed(name)
      )
      for (const [at, { entry, name }] of page.entries()) {
        const file = files[at]
        if (entry.isDirectory()) yield* this.#listFolder(name, prefix)
        else if (file) yield file
      }
    }
  }

  /** Null of what was deleted since its folder was read: it is not listed. */
  async #listed(name: string): Promise<ListedObject | null> {
    const found = await stat(join(this.#root, name)).catch(nullIfAbsent)
    return found && { name, size: found.size, version: `${found.ino}-${found.mtimeMs}-${found.size}` }
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

function codeOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException).code
}

function nullIfAbsent(error: unknown): null {
  if (isAbsent(error)) return null
  throw error
}
