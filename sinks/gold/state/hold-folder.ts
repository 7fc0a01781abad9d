import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { CourantError } from '../../../runtime/errors.ts'
import { goldSettings } from '../settings.ts'

const sqliteBusy = 5

/**
 * Holds a folder for this process until the answer is called. The lock is SQLite's: the operating system gives it back
 * when its holder dies. Throws TARGET_REFUSED when another process holds the folder.
 */
export function holdFolder(folder: string): () => void {
  const lock = new DatabaseSync(join(folder, 'lock.sqlite'))
  try {
    lock.exec('BEGIN EXCLUSIVE')
  } catch (error) {
    lock.close()
    if ((error as { errcode?: number }).errcode !== sqliteBusy) throw error
    throw new CourantError(
      'TARGET_REFUSED',
      `Another process has ${folder} open: stop the gold pipeline there first, or set ${goldSettings.dir.env} to a folder of your own`,
      { cause: error }
    )
  }
  return () => lock.close()
}
