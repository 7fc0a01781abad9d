import { readdir, readFile, rm, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { isAbsent, writeDurably } from '../durable-files.ts'
import { fileContent } from './content.ts'

/** What is kept beside an object's file. */
export interface Facts {
  /** SHA-256 of the content. */
  readonly etag: string
  readonly size: number
  readonly metadata: Readonly<Record<string, string>>
}

/**
 * The facts of an object's file lie beside it, hidden, named by the file's inode: `.<file>~<inode>.json`. The inode is
 * the staged file's own before it appears under its name by link(2) or rename(2), so facts can be saved first and are
 * never those of another version. When a folder was copied and inodes are others, the content's hash finds them.
 */
function factsPath(path: string, inode: number): string {
  return join(dirname(path), `.${basename(path)}~${inode}.json`)
}

/** Saves the facts of a file that will appear at `path`; durable once that folder is synced. */
export async function saveFacts(path: string, inode: number, facts: Facts): Promise<void> {
  await writeDurably(factsPath(path, inode), JSON.stringify(facts))
}

/** Removes them, while a name or an open handle still holds the inode: else it may be another file's by now. */
export async function removeFacts(path: string, inode: number): Promise<void> {
  await rm(factsPath(path, inode), { force: true })
}

/** Facts of what lies at `path`, or of a hard link to a version of it; of a file put there by hand, no metadata. */
export async function factsOf(path: string, file = path): Promise<Facts> {
  const { ino, size } = await stat(file)
  const own = await readFacts(factsPath(path, ino))
  if (own?.size === size) return own
  const { sha256: etag } = await fileContent(file)
  const others = await Promise.all((await allOf(path)).map(readFacts))
  return others.find((facts) => facts?.etag === etag) ?? { etag, size, metadata: {} }
}

async function allOf(path: string): Promise<string[]> {
  const files = await readdir(dirname(path))
  return files
    .filter((file) => file.startsWith(`.${basename(path)}~`))
    .map((file) => join(dirname(path), file))
}

async function readFacts(file: string): Promise<Facts | null> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    if (isAbsent(error)) return ''
    throw error
  })
  // Empty when its writer died over it: then what it belongs to never appeared.
  return text.endsWith('}') ? (JSON.parse(text) as Facts) : null
}
