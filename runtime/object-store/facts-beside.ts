import { readdir, readFile, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { isAbsent } from '../files/durable-files.ts'
import type { Facts } from './folder-facts.ts'

// Until 2026-11-30 the facts of an object's file lay beside it, hidden, named by the file's inode: such files are still
// read, and removed with what they belong to.

function factsPath(path: string, inode: bigint): string {
  return join(dirname(path), `.${basename(path)}~${inode}.json`)
}

/** Facts that an earlier version left beside an object's file, or null. */
export async function factsBeside(
  path: string,
  { ino, size }: { readonly ino: bigint; readonly size: bigint }
): Promise<Facts | null> {
  const own = await readFacts(factsPath(path, ino))
  return own && BigInt(own.size) === size ? own : null
}

/** The same of a file whose inode is another one since the folder was copied, by the hash of its content. */
export async function factsBesideByHash(path: string, etag: string): Promise<Facts | null> {
  const files = (await readdir(dirname(path))).filter((file) => file.startsWith(`.${basename(path)}~`))
  const all = await Promise.all(files.map((file) => readFacts(join(dirname(path), file))))
  return all.find((facts) => facts?.etag === etag) ?? null
}

/** Removes them, while a name or an open handle still holds the inode: else it may be another file's by now. */
export async function removeFactsBeside(path: string, inode: bigint): Promise<void> {
  await rm(factsPath(path, inode), { force: true })
}

async function readFacts(file: string): Promise<(Facts & { readonly size: number }) | null> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    if (isAbsent(error)) return ''
    throw error
  })
  // Empty when its writer died over it: then what it belongs to never appeared.
  return text.endsWith('}') ? (JSON.parse(text) as Facts & { size: number }) : null
}
