import { existsSync } from 'node:fs'
import { duckdb } from '../../runtime/process/packages.ts'
import { CourantError } from '../../runtime/errors.ts'
import type { Settings } from '../../runtime/settings.ts'
import { maskOf } from '../../topics/masking.ts'
import { goldTables } from '../gold/models.ts'
import { goldSettings } from '../gold/settings.ts'

/** The first rows of a Gold table, newest days first; values as text, null where there is none. */
export interface GoldPreview {
  readonly table: string
  readonly rows: readonly Readonly<Record<string, string | null>>[]
}

/** Looks into the published database as an analyst does; personal values are masked unless asked for. */
export async function goldPreview(
  settings: Settings,
  { limit = 5, isMasked = true }: { limit?: number; isMasked?: boolean } = {}
): Promise<readonly GoldPreview[]> {
  const path = settings.text(goldSettings.analyticsPath)
  if (!existsSync(path))
    throw new CourantError(
      'TARGET_REFUSED',
      `There is no ${path} yet: start the gold pipeline (courant run gold)`
    )
  const instance = await duckdb.DuckDBInstance.create(path, { access_mode: 'READ_ONLY' })
  const connection = await instance.connect()
  try {
    const previews: GoldPreview[] = []
    for (const { name, dateColumn, pii = {} } of goldTables) {
      const sql = `SELECT COLUMNS(*)::VARCHAR FROM ${name} ORDER BY ${dateColumn} DESC, user_id LIMIT ${limit}`
      const rows = (await connection.runAndReadAll(sql)).getRowObjectsJson()
      const shown = rows as GoldPreview['rows']
      previews.push({ table: name, rows: isMasked ? shown.map((row) => maskedRow(row, pii)) : shown })
    }
    return previews
  } finally {
    connection.closeSync()
    instance.closeSync()
  }
}

/** Nulls stay: they say nothing of anyone. */
function maskedRow(
  row: GoldPreview['rows'][number],
  pii: Readonly<Record<string, string>>
): GoldPreview['rows'][number] {
  const cell = (name: string, value: string | null): string | null =>
    value === null || !(name in pii) ? value : maskOf(pii[name] ?? '')
  return Object.fromEntries(Object.entries(row).map(([name, value]) => [name, cell(name, value)]))
}
