import { existsSync } from 'node:fs'
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
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
export function goldPreview(settings: Settings, limit = 5): Promise<readonly GoldPreview[]> {
  return withPublished(settings, async (connection) => {
    const previews: GoldPreview[] = []
    for (const { name, dateColumn } of goldTables) {
      const sql = `SELECT COLUMNS(*)::VARCHAR FROM ${name} ORDER BY ${dateColumn} DESC, user_id LIMIT ${limit}`
      const rows = (await connection.runAndReadAll(sql)).getRowObjectsJson()
      previews.push({ table: name, rows: rows as GoldPreview['rows'] })
    }
    return previews
  })
}

/** The next offset of each partition (`topic/partition`) that the published figures do not contain yet. */
export function publishedOffsets(settings: Settings): Promise<ReadonlyMap<string, number>> {
  return withPublished(settings, async (connection) => {
    const result = await connection.runAndReadAll('SELECT topic, partition, next_offset FROM lineage.offsets')
    return new Map(
      result
        .getRows()
        .map(([topic, partition, next]) => [`${topic as string}/${Number(partition)}`, Number(next)])
    )
  })
}

async function withPublished<T>(
  settings: Settings,
  look: (connection: DuckDBConnection) => Promise<T>
): Promise<T> {
  const path = settings.text(goldSettings.analyticsPath)
  if (!existsSync(path))
    throw new CourantError(
      'TARGET_REFUSED',
      `There is no ${path} yet: start the gold pipeline (courant run gold)`
    )
  const instance = await DuckDBInstance.create(path, { access_mode: 'READ_ONLY' })
  const connection = await instance.connect()
  try {
    return await look(connection)
  } finally {
    connection.closeSync()
    instance.closeSync()
  }
}
