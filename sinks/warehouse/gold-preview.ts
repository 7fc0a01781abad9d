import { existsSync } from 'node:fs'
import { DuckDBInstance } from '@duckdb/node-api'
import { CourantError } from '../../runtime/errors.ts'
import type { Settings } from '../../runtime/settings.ts'
import { goldTables } from '../gold/models.ts'
import { goldSettings } from '../gold/settings.ts'

/** The first rows of a Gold table, newest days first; values as text, null where there is none. */
export interface GoldPreview {
  readonly table: string
  readonly rows: readonly Readonly<Record<string, string | null>>[]
}

/** Looks into the published database as an analyst does. */
export async function goldPreview(settings: Settings, limit = 5): Promise<readonly GoldPreview[]> {
  const path = settings.text(goldSettings.analyticsPath)
  if (!existsSync(path))
    throw new CourantError(
      'TARGET_REFUSED',
      `There is no ${path} yet: start the gold pipeline (courant run gold)`
    )
  const instance = await DuckDBInstance.create(path, { access_mode: 'READ_ONLY' })
  const connection = await instance.connect()
  try {
    const previews: GoldPreview[] = []
    for (const { name, dateColumn } of goldTables) {
      const sql = `SELECT COLUMNS(*)::VARCHAR FROM ${name} ORDER BY ${dateColumn} DESC, user_id LIMIT ${limit}`
      const rows = (await connection.runAndReadAll(sql)).getRowObjectsJson()
      previews.push({ table: name, rows: rows as GoldPreview['rows'] })
    }
    return previews
  } finally {
    connection.closeSync()
    instance.closeSync()
  }
}
