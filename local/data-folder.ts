import { existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { makeFolderOf } from '../runtime/files/durable-files.ts'
import { CourantError } from '../runtime/errors.ts'
import { dataDirFrom } from './folders.ts'

const marker = '.courant-data'
const markerText = 'Courant made this folder for the data of its local servers and may delete it whole.\n'

/** Makes the data folder where it is missing; one that is new or empty gets the mark that it is ours alone. */
export function makeDataFolder(dataDir: string): void {
  makeFolderOf('COURANT_DATA_DIR', dataDir)
  if (readdirSync(dataDir).length === 0) writeFileSync(join(dataDir, marker), markerText)
}

/**
 * Deletes a data folder with all that is in it. Throws CONFIG_INVALID for one that held other things before we came;
 * the default folder is ours without a mark.
 */
export function deleteDataFolder(dataDir: string): void {
  if (!existsSync(dataDir)) return
  const isOurs = dataDir === dataDirFrom({}) || existsSync(join(dataDir, marker))
  if (!isOurs && readdirSync(dataDir).length > 0)
    throw new CourantError(
      'CONFIG_INVALID',
      `COURANT_DATA_DIR ${dataDir} was not made by Courant (it has no file ${marker}), so nothing was deleted: ` +
        'name another folder, or delete it yourself'
    )
  rmSync(dataDir, { recursive: true, force: true })
}
