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
    for (let pauseMs = 1; !tryLock(database); pauseMs = Math.min(pauseMs * 2, 50)) await sleep(pauseMs)
    return await action()
  } finally {
    database.close()
  }
}

function tryLock(database: DatabaseSync): boolean {
  try {
    database.exec('BEGIN EXCLUSIVE')
    return true
  } catch (error) {
    if ((error as { errcode?: number }).errcode === sqliteBusy) return false
    throw error
  }
}
