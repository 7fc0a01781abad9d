import { randomUUID } from 'node:crypto'
import { readFile, readdir, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { fileContent } from './content.ts'
import { isAbsent, makeFolder, syncFolder, writeDurably } from '../../runtime/durable-files.ts'

/** What is kept beside an object's file. */
export interface Facts {
  /** SHA-256 of the content. */
  readonly etag: string
  readonly size: number
  readonly metadata: Readonly<Record<string, string>>
}

/**
 * Facts of objects, each in `<object's name>/<etag>.json`. They are saved before the object appears, so a crash may
 * leave facts of a version that never did; then the file itself decides which are its own.
 */
export class FolderFacts {
  readonly #folder: string

  constructor(folder: string) {
    this.#folder = folder
  }

  async save(name: string, facts: Facts): Promise<void> {
    const folder = join(this.#folder, name)
    await makeFolder(folder)
    const next = join(folder, `${randomUUID()}.next`)
    await writeDurably(next, JSON.stringify(facts))
    await rename(next, join(folder, `${facts.etag}.json`))
    await syncFolder(folder)
  }

  /** The facts of an object's file; of a file that was put there by hand, its hash and no metadata. */
  async of(name: string, file: string): Promise<Facts> {
    const { size } = await stat(file)
    const candidates = (await this.#all(name)).filter((facts) => facts.size === size)
    const [only] = candidates
    if (only && candidates.length === 1) return only
    const { sha256: etag } = await fileContent(file)
    return candidates.find((facts) => facts.etag === etag) ?? { etag, size, metadata: {} }
  }

  /** The etag of a file that is a copy of one of the object's versions. */
  async etagOf(name: string, file: string): Promise<string> {
    return (await this.of(name, file)).etag
  }

  async forget(name: string, etag: string): Promise<void> {
    await rm(join(this.#folder, name, `${etag}.json`), { force: true })
  }

  async #all(name: string): Promise<Facts[]> {
    const folder = join(this.#folder, name)
    const files = await readdir(folder).catch((error: unknown) => {
      if (isAbsent(error)) return []
      throw error
    })
    const texts = await Promise.all(
      files
        .filter((file) => file.endsWith('.json'))
        .map((file) => readFile(join(folder, file), 'utf8').catch(() => null))
    )
    return texts.flatMap((text) => (text === null ? [] : [JSON.parse(text) as Facts]))
  }
}
