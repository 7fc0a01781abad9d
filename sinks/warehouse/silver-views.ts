import type { DuckDBConnection } from '@duckdb/node-api'
import type { Table } from '../../schemas/table.ts'
import { historyViewName, viewName } from '../../schemas/view-names.ts'
import { sqlName, sqlText } from '../lake/duckdb.ts'
import { silverColumns } from '../lake/silver-columns.ts'
import { asOfName, commentSilverViews } from './silver-comments.ts'
import type { AlikeFiles } from './file-columns.ts'

/**
 * Creates a table's two views in a database over its Silver files: every change, and the newest row of each key that
 * was not deleted; and a macro that gives those rows as of a time. All keep the technical columns, which say where a row came from.
 */
export async function createSilverViews(
  connection: DuckDBConnection,
  {
    database,
    table,
    files
  }: { readonly database: string; readonly table: Table; readonly files: readonly AlikeFiles[] }
): Promise<void> {
  const key = table.key.map(sqlName).join(', ')
  await connection.run(`CREATE SCHEMA IF NOT EXISTS ${database}.silver`)
  const every = history(table, files)
  await connection.run(
    `CREATE OR REPLACE VIEW ${database}.silver.${sqlName(historyViewName(table))} AS ${every}`
  )
  // Over the files, not over the other view: a view names its database, and the analysts' file has another name.
  await connection.run(
    `CREATE OR REPLACE VIEW ${database}.silver.${sqlName(viewName(table))} AS
     ${newest(`(${every})`, key)}`
  )
  await connection.run(
    `CREATE OR REPLACE MACRO ${database}.silver.${sqlName(asOfName(table))}(_as_of) AS TABLE
     ${newest(`(SELECT * FROM (${every}) WHERE _changed_at <= _as_of)`, key)}`
  )
  await commentSilverViews(connection, { database, table, columns: columnNames(table, files) })
}

/** The newest row of each key that was not deleted. */
const newest = (from: string, key: string): string => `
  SELECT * FROM (
    SELECT * FROM ${from}
    QUALIFY row_number() OVER (PARTITION BY ${key} ORDER BY _version DESC, _offset DESC) = 1
  ) WHERE _op <> 'd'`

/**
 * The columns the table has now, then those of older files. Files that differ are put together by hand: with DuckDB's
 * union_by_name, whoever makes or uses a view opens every file of it at once.
 */
function history(table: Table, files: readonly AlikeFiles[]): string {
  // By names as databases compare them: without regard to case.
  const types = new Map(silverColumns(table).map(({ name, sqlType }) => [folded(name), sqlType]))
  const names = columnNames(table, files)
  const nullOf = (name: string) =>
    types.has(folded(name)) ? `CAST(NULL AS ${types.get(folded(name))})` : 'NULL'
  const select = (columns: readonly string[]) => {
    const present = new Set(columns.map(folded))
    const list = names.map(
      (name) => `${present.has(folded(name)) ? sqlName(name) : nullOf(name)} AS ${sqlName(name)}`
    )
    return `SELECT ${list.join(', ')}`
  }
  // Until there is a file, the view has the columns and no rows.
  if (files.length === 0) return `${select([])} WHERE false`
  return files
    .map(({ columns, paths }) => `${select(columns)} FROM read_parquet([${paths.map(sqlText).join(', ')}])`)
    .join(' UNION ALL ')
}

/** The columns the table has now, then those that only older files have. */
function columnNames(table: Table, files: readonly AlikeFiles[]): readonly string[] {
  const names = silverColumns(table).map(({ name }) => name)
  const own = new Set(names.map(folded))
  const older = files.flatMap(({ columns }) => columns).filter((name) => !own.has(folded(name)))
  return [...names, ...new Map(older.map((name) => [folded(name), name])).values()]
}

const folded = (name: string): string => name.toLowerCase()
