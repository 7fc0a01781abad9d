import { CourantError } from '../../runtime/errors.ts'
import type { RunColumn, SourceColumn } from '../../schemas/erp/columns.ts'
import type { EtlColumn, EtlTable } from '../../schemas/erp/metadata.ts'
import { checkSqlNames, elementName, sqlNameOf } from '../../schemas/erp/sql-names.ts'
import type { SourceTable } from './catalogue.ts'
import { quoted } from './sql-text.ts'

/** A column of the select list, and what its value becomes. */
export interface SelectedColumn {
  readonly source: SourceColumn
  readonly sqlName: string
  /** SQL of its value before any cast. */
  readonly expression: string
  /** One, or one of each element of an array. */
  readonly columns: readonly RunColumn[]
}

/** What a run reads of a table. */
export interface Selection {
  readonly selected: readonly SelectedColumn[]
  /** Of all selected columns in their order. */
  readonly columns: readonly RunColumn[]
  /** The key's columns among the selected, in the order of PrimaryKeyCols. */
  readonly key: readonly SelectedColumn[]
  /** DateModifCol, where the table has one. */
  readonly modified: SelectedColumn | null
}

/**
 * What is read of a table: the catalogue's columns but the excluded ones, under their names in config.ETL_Columns or,
 * when they are new, under SQL-safe ones. SOURCE_REFUSED for a column that is gone, CONFIG_INVALID for names that
 * collide and for key columns that are not there.
 */
export function selectColumns(
  table: EtlTable,
  source: Pick<SourceTable, 'name' | 'columns'>,
  configured: readonly EtlColumn[]
): Selection {
  const byName = new Map(configured.map((column) => [column.columnName.toLowerCase(), column]))
  checkPresent(table, source, configured)
  const selected = source.columns.flatMap((column) => {
    const config = byName.get(column.name.toLowerCase())
    return config?.isExcluded ? [] : [selectedColumn(column, config)]
  })
  checkSqlNames(table.tableName, selected.map(named))
  const columns = selected.flatMap((column) => column.columns)
  checkSqlNames(table.tableName, columns)
  const find = (name: string) => findColumn(selected, name)
  const missing = table.primaryKey.filter((name) => !find(name))
  if (missing.length > 0) throw noSuchColumn(table, 'PrimaryKeyCols', missing)
  const modified = table.hasTimestamps && table.dateModifCol !== null ? find(table.dateModifCol) : null
  if (modified === undefined) throw noSuchColumn(table, 'DateModifCol', [table.dateModifCol ?? ''])
  return { selected, columns, key: table.primaryKey.flatMap((name) => find(name) ?? []), modified }
}

const named = ({ source, sqlName }: SelectedColumn) => ({ sourceName: source.name, sqlName })

function checkPresent(
  table: EtlTable,
  source: Pick<SourceTable, 'columns'>,
  configured: readonly EtlColumn[]
): void {
  const present = new Set(source.columns.map((column) => column.name.toLowerCase()))
  const gone = configured.filter(
    (column) => !column.isExcluded && !present.has(column.columnName.toLowerCase())
  )
  if (gone.length === 0) return
  const names = gone.map((column) => `"${column.columnName}"`).join(', ')
  throw new CourantError(
    'SOURCE_REFUSED',
    `Table '${table.tableName}' no longer has ${names}, which config.ETL_Columns lists: run \`courant etl sync\`, or set IsExcluded = 1 there`,
    { details: { table: table.tableName, columns: gone.map((column) => column.columnName) } }
  )
}

function selectedColumn(source: SourceColumn, config: EtlColumn | undefined): SelectedColumn {
  const sqlName = config?.sqlName || sqlNameOf(source.name)
  const expression = withoutAlias(config?.sourceExpression ?? null) ?? quoted(source.name)
  // What somebody computes of an array is one value, whatever it is.
  const isOneText = source.extent > 0 && expression !== quoted(source.name)
  const read = isOneText ? ({ ...source, type: 'text', extent: 0, width: null } as const) : source
  return { source: read, sqlName, expression, columns: runColumns(read, sqlName) }
}

/** `"gencod-v" AS gencod_v` as `"gencod-v"`: what a value is called from here on is SqlName. */
const withoutAlias = (expression: string | null): string | null =>
  expression?.replace(/\s+AS\s+(?:"[^"]*"|[A-Za-z_]\w*)\s*$/i, '') ?? null

function runColumns({ name, type, width, scale, extent }: SourceColumn, sqlName: string): RunColumn[] {
  const column = { sourceName: name, type, width, scale }
  if (extent === 0) return [{ ...column, sqlName, element: null }]
  return Array.from({ length: extent }, (_, n) => ({
    ...column,
    sqlName: elementName(sqlName, n + 1),
    element: n + 1
  }))
}

const findColumn = (selected: readonly SelectedColumn[], name: string) =>
  selected.find(
    ({ source, sqlName }) =>
      source.extent === 0 &&
      (source.name.toLowerCase() === name.toLowerCase() || sqlName.toLowerCase() === name.toLowerCase())
  )

const noSuchColumn = (table: EtlTable, where: string, names: readonly string[]) =>
  new CourantError(
    'CONFIG_INVALID',
    `${where} of table '${table.tableName}' names ${names.join(', ')}, which the table does not have or config.ETL_Columns excludes: correct config.ETL_Tables`
  )
