import type { DuckDBConnection } from '@duckdb/node-api'
import type { Table } from '../../schemas/table.ts'
import { sqlName, sqlText } from '../lake/duckdb.ts'
import { silverColumns } from '../lake/silver-columns.ts'

/** The name a table's Silver views have: `silver.<name>` and `silver.<name>_history`. */
export const silverViewName = ({ name }: Table): string => name.replaceAll('-', '_')

/**
 * Creates a table's two views in a database over its Silver files: every change, and the newest row of each key that
 * was not deleted. Both keep the technical columns, which say where a row came from.
 */
export async function createSilverViews(
  connection: DuckDBConnection,
  {
    database,
    table,
    paths
  }: { readonly database: string; readonly table: Table; readonly paths: readonly string[] }
): Promise<void> {
  const view = silverViewName(table)
  const key = table.key.map(sqlName).join(', ')
  await connection.run(`CREATE SCHEMA IF NOT EXISTS ${database}.silver`)
  const every = history(table, paths)
  await connection.run(`CREATE OR REPLACE VIEW ${database}.silver.${view}_history AS ${every}`)
  // Over the files, not over the other view: a view names its database, and the analysts' file has another name.
  await connection.run(
    `CREATE OR REPLACE VIEW ${database}.silver.${view} AS
     SELECT * FROM (
       SELECT * FROM (${every})
       QUALIFY row_number() OVER (PARTITION BY ${key} ORDER BY _version DESC, _offset DESC) = 1
     ) WHERE _op <> 'd'`
  )
}

function history(table: Table, paths: readonly string[]): string {
  const columns = silverColumns(table)
  if (paths.length > 0)
    return `SELECT * FROM read_parquet([${paths.map(sqlText).join(', ')}], union_by_name = true)`
  // Until there is a file, the view has the columns and no rows.
  const typed = columns.map(({ name, sqlType }) => `CAST(NULL AS ${sqlType}) AS ${sqlName(name)}`)
  return `SELECT ${typed.join(', ')} WHERE false`
}
