import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as sleep } from 'node:timers/promises'

const sqliteBusy = 5

/**
 * Runs an action while no other process or caller runs one with the same folder. The lock is SQLite's: the operating
 * system gives it back when its holder dies, so that nothing is ever left locked.
 */
export async function exclusively<T>(folder: string, action: () => Promise<T>): Promise<T> {
  const database = new DatabaseSync(join(folder, 'lock.sqlite'))
  try {
    await tryAgainWhileBusy(() => database.exec('BEGIN EXCLUSIVE'))
    return await action()
  } finally {
    database.close()
  }
}

/** Runs an action of SQLite, again for as long as another process keeps the file to itself. */
export async function tryAgainWhileBusy(action: () => void): Promise<void> {
  for (let pauseMs = 1; !succeeds(action); pauseMs = Math.min(pauseMs * 2, 50)) await sleep(pauseMs)
}

function succeeds(action: () => void): boolean {
  try {
    action()
    return true
  } catch (error) {
    // The lowest byte of an extended code is its primary one.
    if (((error as { errcode?: number }).errcode ?? 0) % 256 === sqliteBusy) return false
    throw error
  }
}
