import { type ConfiguredTables, configuredTables } from '../../schemas/erp/configured-tables.ts'
import type { SourceColumn } from '../../schemas/erp/columns.ts'
import { type EtlColumn, type EtlTable, parseEtlColumn } from '../../schemas/erp/metadata.ts'
import { sqlNameOf } from '../../schemas/erp/sql-names.ts'
import { insertRows } from './insert-rows.ts'
import type { OdsDatabase, OdsSession } from './ods-database.ts'

/** Every table that is copied, as config.ETL_Tables says, and its rows that make no sense. */
export async function readEtlTables(session: OdsSession): Promise<ConfiguredTables> {
  const rows = await session.query('read config.ETL_Tables', {
    text: 'SELECT * FROM config.ETL_Tables ORDER BY TableName'
  })
  return configuredTables(rows)
}

/** The columns of a table that the source had at the last sync, as config.ETL_Columns says. */
export async function readEtlColumns(session: OdsSession, tableName: string): Promise<readonly EtlColumn[]> {
  const rows = await session.query('read config.ETL_Columns', {
    text: `SELECT * FROM config.ETL_Columns WHERE LOWER(TableName) = @tableName AND IsAtSource = 1 ORDER BY OrdinalPosition`,
    values: { tableName: tableName.toLowerCase() }
  })
  return rows.map(parseEtlColumn)
}

/** Adds a row to config.ETL_Tables. */
export async function addEtlTable(session: OdsSession, table: EtlTable): Promise<void> {
  const values = {
    TableName: table.tableName,
    DestinationTable: table.destinationTable,
    PrimaryKeyCols: table.primaryKey.join(','),
    HasTimestamps: table.hasTimestamps ? 1 : 0,
    DateModifCol: table.dateModifCol,
    DateModifPrecision: table.dateModifPrecision,
    IsDimension: table.isDimension ? 1 : 0,
    IsFact: table.isFact ? 1 : 0,
    LookbackInterval: intervalText(table.lookbackMs),
    Priority: table.priority,
    SLA: table.slaMinutes,
    KeepHistory: table.keepHistory ? 1 : 0
  }
  await insertRows(session, 'config.ETL_Tables', [values])
}

/**
 * Brings a table's columns from the source's catalogue to etl.SourceColumns and lets etl.SyncConfigColumns merge them
 * into config.ETL_Columns, where IsExcluded, Notes, SqlName and SourceExpression stay.
 */
export async function syncColumns(
  database: OdsDatabase,
  tableName: string,
  columns: readonly SourceColumn[]
): Promise<void> {
  const { dialect } = database
  const rows = columns.map((column) => ({
    TableName: tableName,
    ColumnName: column.name,
    SqlName: sqlNameOf(column.name),
    SourceType: column.sqlType,
    SourceWidth: column.width,
    SourceScale: column.scale,
    SourceExtent: column.extent,
    OrdinalPosition: column.ordinal
  }))
  await database.transaction(`sync the columns of ${tableName}`, async (session) => {
    await session.query('lock the configuration', dialect.lock('config.ETL_Columns'))
    await session.query('empty etl.SourceColumns', { text: 'DELETE FROM etl.SourceColumns' })
    await insertRows(session, 'etl.SourceColumns', rows)
    await session.query('call etl.SyncConfigColumns', dialect.syncConfigColumns)
  })
}

/** Milliseconds as people write an interval: whole days, else hours, else minutes. */
function intervalText(ms: number): string {
  const minutes = Math.round(ms / 60_000)
  if (minutes % 1440 === 0) return `${minutes / 1440}d`
  return minutes % 60 === 0 ? `${minutes / 60}h` : `${minutes}m`
}
