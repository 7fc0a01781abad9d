import { constants } from 'node:fs'
import { copyFile, open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { makeFolder, syncFolder } from '../../runtime/files/durable-files.ts'
import { shareFile } from './share-files.ts'

/**
 * Puts a copy of a closed database file in the place where analysts open it. They see the old file or the new one,
 * whole, at any moment; whoever has the old one open goes on reading it.
 */
export async function publishDatabase(
  from: string,
  { to, mode = null }: { to: string; mode?: number | null }
): Promise<void> {
  await makeFolder(dirname(to))
  const next = `${to}.next`
  // Where the file system can, the copy shares its blocks and costs nothing.
  await copyFile(from, next, constants.COPYFILE_FICLONE)
  await shareFile(next, mode)
  await sync(next)
  // The log of an analyst who wrote into the old file; DuckDB would apply it to the new one.
  await rm(`${to}.wal`, { force: true })
  await rename(next, to)
  await syncFolder(dirname(to))
}

async function sync(file: string): Promise<void> {
  const handle = await open(file, 'r+')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
