import type { RunMarker } from '../../schemas/erp/run-envelope.ts'
import { instantText } from './instant-text.ts'
import type { OdsSession } from './ods-database.ts'

/** How far a table is in the ODS. */
export interface LastSuccess {
  /** The end of the last window, as the source's text; null when the table was never loaded. */
  readonly lastSuccessAt: string | null
  readonly lastVersion: number | null
  /** What that run read of each row; null when that is not known. */
  readonly lastShape: string | null
}

// Letter cases are not told apart in names of tables, in no collation.
const keyOf = (tableName: string) => tableName.toLowerCase()

/** The last run of a table that is in the ODS. */
export async function lastSuccess(session: OdsSession, tableName: string): Promise<LastSuccess> {
  const [row] = await session.query('look how far a table is', {
    text: 'SELECT WindowTo AS windowto, RunVersion AS runversion, Shape AS shape FROM etl.Loaded WHERE TableKey = @key',
    values: { key: keyOf(tableName) }
  })
  return {
    lastSuccessAt: (row?.['windowto'] as string | null | undefined) ?? null,
    lastVersion: row ? Number(row['runversion']) : null,
    lastShape: (row?.['shape'] as string | null | undefined) ?? null
  }
}

/** Notes that a run is in the ODS, in the transaction of its rows; an older one than the last changes nothing. */
export async function saveLoaded(session: OdsSession, tableName: string, marker: RunMarker): Promise<void> {
  const key = keyOf(tableName)
  const { lastVersion } = await lastSuccess(session, tableName)
  if (lastVersion !== null && marker.run_version < lastVersion) return
  const values = {
    key,
    windowTo: marker.window_to,
    version: marker.run_version,
    // Runs that were cached before there was a shape have none.
    shape: marker.shape ?? null,
    at: instantText(Date.now() * 1000)
  }
  await session.query('note how far a table is', {
    text:
      lastVersion === null
        ? 'INSERT INTO etl.Loaded (TableKey, WindowTo, RunVersion, Shape, UpdatedAt) VALUES (@key, @windowTo, @version, @shape, @at)'
        : 'UPDATE etl.Loaded SET WindowTo = @windowTo, RunVersion = @version, Shape = @shape, UpdatedAt = @at WHERE TableKey = @key',
    values
  })
}
