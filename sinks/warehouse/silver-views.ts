import type { DuckDBConnection } from '@duckdb/node-api'
import type { Table } from '../../schemas/table.ts'
import { historyViewName, viewName } from '../../schemas/view-names.ts'
import { sqlName, sqlText } from '../lake/duckdb.ts'
import { type SilverColumn, silverColumns } from '../lake/silver-columns.ts'
import type { SchemaColumn } from '../lake/silver-schema.ts'
import type { AlikeFiles } from './file-columns.ts'
import { asOfName, commentSilverViews } from './silver-comments.ts'

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
  const declared = new Map(silverColumns(table).map((column) => [folded(column.name), column]))
  const names = columnNames(table, files)
  const nullOf = (name: string) => {
    const column = declared.get(folded(name))
    return column ? `CAST(NULL AS ${column.shown?.type ?? column.sqlType})` : 'NULL'
  }
  const select = (columns: readonly SchemaColumn[]) => {
    const present = new Map(columns.map((column) => [folded(column.name), column]))
    const list = names.map((name) => {
      const found = present.get(folded(name))
      return `${found ? shownColumn(found, declared.get(folded(name))) : nullOf(name)} AS ${sqlName(name)}`
    })
    return `SELECT ${list.join(', ')}`
  }
  // Until there is a file, the view has the columns and no rows.
  if (files.length === 0) return `${select([])} WHERE false`
  return files
    .map(({ columns, paths }) => `${select(columns)} FROM read_parquet([${paths.map(sqlText).join(', ')}])`)
    .join(' UNION ALL ')
}

/** What a file has of a column that is still of the file's type is shown as that type wants it; anything else as it is. */
function shownColumn({ name, type }: SchemaColumn, declared: SilverColumn | undefined): string {
  return declared?.shown && declared.sqlType === type ? declared.shown.of(sqlName(name)) : sqlName(name)
}

/** The columns the table has now, then those that only older files have. */
function columnNames(table: Table, files: readonly AlikeFiles[]): readonly string[] {
  const names = silverColumns(table).map(({ name }) => name)
  const own = new Set(names.map(folded))
  const older = files
    .flatMap(({ columns }) => columns.map(({ name }) => name))
    .filter((name) => !own.has(folded(name)))
  return [...names, ...new Map(older.map((name) => [folded(name), name])).values()]
}

const folded = (name: string): string => name.toLowerCase()
