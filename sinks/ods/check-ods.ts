import { randomUUID } from 'node:crypto'
import { checkFolderOf } from '../../runtime/files/durable-files.ts'
import { CourantError } from '../../runtime/errors.ts'
import type { Settings } from '../../runtime/settings.ts'
import { pendingMigrations } from './migrate.ts'
import type { OdsDatabase } from './ods-database.ts'
import { openOds } from './open-ods.ts'
import { odsSettings } from './settings.ts'

/** Rejects with what would keep a run from being merged: an ODS of another shape, a right that is missing; changes nothing. */
export async function checkOds(settings: Settings): Promise<void> {
  checkFolderOf(odsSettings.cacheDir.env, settings.text(odsSettings.cacheDir))
  const ods = openOds(settings)
  try {
    if ((await pendingMigrations(ods)).length > 0)
      throw new CourantError(
        'TARGET_REFUSED',
        'The ODS does not have its newest shape: run `courant etl migrate`'
      )
    await tryAndUndo(ods)
  } finally {
    await ods.close()
  }
}

/** Tries what each load does, and undoes it. */
async function tryAndUndo(ods: OdsDatabase): Promise<void> {
  const name = `courant_check_${randomUUID().replaceAll('-', '')}`
  let isTried = false
  try {
    await ods.transaction('see what a load may do', async (session) => {
      for (const schema of ['stg', 'ods'])
        await session.query(`make a table in schema ${schema}`, {
          text: `CREATE TABLE ${schema}.${name} (id INT)`
        })
      await session.query('log a run', { text: 'UPDATE etl.ETL_Runs SET Status = Status WHERE 1 = 0' })
      isTried = true
      throw new Error('tried: nothing of it is kept')
    })
  } catch (error) {
    if (!isTried) throw error
  }
}
