import { chmod, mkdir, stat } from 'node:fs/promises'
import { dirname } from 'node:path'

/** Gives a file these rights unless it has them; without a mode it stays as it is. */
export async function shareFile(file: string, mode: number | null): Promise<void> {
  if (mode !== null && ((await stat(file)).mode & 0o777) !== mode) await chmod(file, mode)
}

/** Makes a folder; those who may read files with this mode may pass it, and what else is in it stays our own. */
export async function makeSharedFolder(folder: string, mode: number | null): Promise<void> {
  await mkdir(folder, { recursive: true })
  await shareFolder(folder, mode)
}

/** Lets those who may read files with this mode pass a folder. */
async function shareFolder(folder: string, mode: number | null): Promise<void> {
  // To read is 4, to pass is 1; the owner may do all.
  if (mode !== null) await shareFile(folder, mode | 0o700 | ((mode & 0o044) >> 2))
}

/** The same for each folder from `top`, which is one of ours, down to the file. */
export async function shareFolders(
  file: string,
  { mode, top }: { mode: number | null; top: string }
): Promise<void> {
  for (let folder = dirname(file); folder.startsWith(top); folder = dirname(folder))
    await shareFolder(folder, mode)
}
