import { technicalColumns } from '../../schemas/erp/technical-columns.ts'
import type { OdsSession } from './ods-database.ts'

export type ObjectKind = 'table' | 'view' | 'routine'

/** A table, view or routine of the database, its name as the database writes it. */
export interface DatabaseObject {
  readonly schema: string
  readonly name: string
  readonly kind: ObjectKind
}

/** `etl.etl_log`: how an object is told from others, whatever its letter case. */
export const objectKey = ({ schema, name }: Pick<DatabaseObject, 'schema' | 'name'>): string =>
  `${schema}.${name}`.toLowerCase()

/** All tables, views and routines in the schemas config, etl, stg and ods. */
export async function databaseObjects(session: OdsSession): Promise<readonly DatabaseObject[]> {
  const rows = await session.query('look at what it has', {
    text: `SELECT TABLE_SCHEMA AS inschema, TABLE_NAME AS name, TABLE_TYPE AS kind FROM INFORMATION_SCHEMA.TABLES WHERE TABLE_SCHEMA IN ('config', 'etl', 'stg', 'ods')
UNION ALL
SELECT ROUTINE_SCHEMA AS inschema, ROUTINE_NAME AS name, 'ROUTINE' AS kind FROM INFORMATION_SCHEMA.ROUTINES WHERE ROUTINE_SCHEMA IN ('config', 'etl', 'stg', 'ods')`
  })
  return rows.map((row) => ({
    schema: String(row['inschema']),
    name: String(row['name']),
    kind: kinds[String(row['kind'])] ?? 'table'
  }))
}

const kinds: Readonly<Record<string, ObjectKind>> = { VIEW: 'view', ROUTINE: 'routine' }

/** Columns that staging has in front of a table's own. */
const stagingColumns = ['row_key', 'hashdiff', 'is_deleted', 'source_offset']

/** True of columns that a table in `ods` or its staging in `stg` has when Courant made it. */
export function isCourantTable(schema: 'stg' | 'ods', columns: Iterable<string>): boolean {
  const present = new Set([...columns].map((column) => column.toLowerCase()))
  return (schema === 'ods' ? technicalColumns : stagingColumns).every((column) => present.has(column))
}

/** The tables in `stg` and `ods` that Courant made, as `objectKey` writes them: they have its technical columns. */
export async function courantTables(session: OdsSession): Promise<ReadonlySet<string>> {
  const rows = await session.query('look at its columns', {
    text: `SELECT TABLE_SCHEMA AS inschema, TABLE_NAME AS name, COLUMN_NAME AS columnname FROM INFORMATION_SCHEMA.COLUMNS
WHERE TABLE_SCHEMA IN ('stg', 'ods') AND LOWER(COLUMN_NAME) IN (${technicalColumns.map((column) => `'${column}'`).join(', ')})`
  })
  const tables = Map.groupBy(rows, (row) =>
    objectKey({ schema: String(row['inschema']), name: String(row['name']) })
  )
  const own = [...tables].filter(([key, columns]) =>
    isCourantTable(
      key.startsWith('ods.') ? 'ods' : 'stg',
      columns.map((row) => String(row['columnname']))
    )
  )
  return new Set(own.map(([key]) => key))
}
