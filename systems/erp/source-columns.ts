import { readSourceTable } from '../../producers/progress/catalogue.ts'
import type { SourceColumn } from '../../schemas/erp/columns.ts'
import { checkSqlNames, sqlNameOf } from '../../schemas/erp/sql-names.ts'
import type { EtlColumn, EtlTable } from '../../schemas/erp/metadata.ts'
import type { EtlSession } from './etl-session.ts'

/** What a sync changes of a table's columns. */
export interface ColumnChanges {
  /** As the source's catalogue has them. */
  readonly columns: readonly SourceColumn[]
  readonly added: readonly string[]
  readonly gone: readonly string[]
  /** Those that cannot be read, each with the type that is not known. */
  readonly unread: readonly string[]
}

/** Compares the source's catalogue with config.ETL_Columns; CONFIG_INVALID names columns that would collide. */
export async function columnChanges(
  { connection }: EtlSession,
  { tableName }: EtlTable,
  configured: readonly EtlColumn[]
): Promise<ColumnChanges> {
  const { columns, unread } = await readSourceTable(connection, tableName)
  const known = new Map(configured.map((column) => [column.columnName.toLowerCase(), column]))
  const present = new Set(columns.map(({ name }) => name.toLowerCase()))
  const named = columns.flatMap(({ name }) => {
    const column = known.get(name.toLowerCase())
    return column?.isExcluded ? [] : [{ sourceName: name, sqlName: column?.sqlName ?? sqlNameOf(name) }]
  })
  checkSqlNames(tableName, named)
  return {
    columns,
    unread,
    added: columns.filter(({ name }) => !known.has(name.toLowerCase())).map(({ name }) => name),
    gone: configured
      .filter(({ columnName }) => !present.has(columnName.toLowerCase()))
      .map(({ columnName }) => columnName)
  }
}
