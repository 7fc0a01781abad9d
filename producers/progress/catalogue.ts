import { CourantError } from '../../runtime/errors.ts'
import { erpTypeOf, type SourceColumn } from '../../schemas/erp/columns.ts'
import type { OdbcCell, OdbcRows } from './odbc.ts'
import type { OdbcConnection } from './odbc-connection.ts'
import { textLiteral } from './sql-text.ts'

/** A table as the source's catalogue has it. */
export interface SourceTable {
  /** In the catalogue's letter case. */
  readonly name: string
  readonly columns: readonly SourceColumn[]
  /** Columns of a type that is not known, which are left out, each with that type. */
  readonly unread: readonly string[]
}

/** Reads a table's columns: of sysprogress, or of the driver where that cannot be read. SOURCE_REFUSED when absent. */
export async function readSourceTable(connection: OdbcConnection, table: string): Promise<SourceTable> {
  const found = await sysprogressColumns(connection, table).catch((error: unknown) => {
    if (error instanceof CourantError && error.code === 'SOURCE_REFUSED')
      return driverColumns(connection, table)
    throw error
  })
  const [first] = found
  if (!first)
    throw new CourantError(
      'SOURCE_REFUSED',
      `There is no table '${table}' in schema ${connection.schema} of the source, or its user may not see it: correct TableName in config.ETL_Tables, or grant SELECT`
    )
  return {
    name: first.tableName,
    columns: found
      .flatMap(({ column: { type, ...column } }) => (type === null ? [] : [{ ...column, type }]))
      .toSorted((a, b) => a.ordinal - b.ordinal),
    unread: found.flatMap(({ column }) =>
      column.type === null ? [`${column.name} (${column.sqlType})`] : []
    )
  }
}

interface FoundColumn {
  readonly tableName: string
  readonly column: Omit<SourceColumn, 'type'> & { readonly type: SourceColumn['type'] | null }
}

async function sysprogressColumns(connection: OdbcConnection, table: string): Promise<FoundColumn[]> {
  const rows = await connection.query(
    `SELECT tbl, col, coltype, width, scale, nullflag, array_extent, id FROM sysprogress.syscolumns_full
     WHERE owner = ${textLiteral(connection.schema)} AND tbl = ${textLiteral(table)}`,
    `the catalogue of ${table}`
  )
  return rows.map(([tbl, col, coltype, width, scale, nullflag, extent, id]) => ({
    tableName: cellText(tbl),
    column: columnOf({
      name: cellText(col),
      sqlType: cellText(coltype),
      width: cellNumber(width),
      scale: cellNumber(scale),
      isNullable: cellText(nullflag) !== 'N',
      extent: cellNumber(extent) ?? 0,
      ordinal: cellNumber(id) ?? 0
    })
  }))
}

// ODBC's type codes (sqlext.h): drivers have names of their own for the types.
const wordsByCode: Readonly<Record<number, string>> = {
  1: 'char',
  12: 'varchar',
  [-1]: 'varchar',
  [-8]: 'char',
  [-9]: 'varchar',
  [-10]: 'varchar',
  2: 'numeric',
  3: 'decimal',
  4: 'integer',
  5: 'smallint',
  [-6]: 'tinyint',
  [-5]: 'bigint',
  6: 'float',
  7: 'real',
  8: 'double',
  [-7]: 'bit',
  91: 'date',
  92: 'time',
  93: 'timestamp',
  [-2]: 'binary',
  [-3]: 'varbinary',
  [-4]: 'lvarbinary'
}

/** The driver does not tell arrays from other text: their elements stay together. */
async function driverColumns(connection: OdbcConnection, table: string): Promise<FoundColumn[]> {
  const rows = await connection.columns(table)
  return rows.map((row) => ({
    tableName: cellText(row[2]),
    column: columnOf({
      name: cellText(row[3]),
      sqlType: wordsByCode[cellNumber(row[4]) ?? 0] ?? cellText(row[5]),
      width: cellNumber(row[6]),
      scale: cellNumber(row[8]),
      isNullable: cellNumber(row[10]) !== 0,
      extent: 0,
      ordinal: cellNumber(row[16]) ?? 0
    })
  }))
}

function columnOf(column: Omit<SourceColumn, 'type'>): FoundColumn['column'] {
  return { ...column, type: erpTypeOf(column.sqlType) }
}

/** The columns of a table's primary index: as the driver knows it, else the first unique index of sysprogress. */
export async function primaryIndex(connection: OdbcConnection, table: string): Promise<string[]> {
  const known = await connection.primaryKeys(table)
  if (known.length > 0) return inOrder(known, { name: 3, place: 4 })
  const rows = await connection.query(
    `SELECT id, colname, idxseq FROM sysprogress.sysindexes
     WHERE tblowner = ${textLiteral(connection.schema)} AND tbl = ${textLiteral(table)} AND idxtype = 'U'`,
    `the indexes of ${table}`
  )
  const first = Math.min(...rows.map(([id]) => cellNumber(id) ?? Infinity))
  const columns = rows.filter(([id]) => cellNumber(id) === first) as unknown as OdbcRows
  return inOrder(columns, { name: 1, place: 2 })
}

function inOrder(rows: OdbcRows, at: { readonly name: number; readonly place: number }): string[] {
  return rows
    .toSorted((a, b) => (cellNumber(a[at.place]) ?? 0) - (cellNumber(b[at.place]) ?? 0))
    .map((row) => cellText(row[at.name]))
}

/** The source's own clock, as its text: YYYY-MM-DD HH:MM:SS with any fraction. */
export async function sourceClock(connection: OdbcConnection): Promise<string> {
  const rows = await connection.query('SELECT NOW() FROM sysprogress.syscalctable', "the source's clock")
  return cellText(rows[0]?.[0])
}

// Catalogue columns are padded in some releases.
const cellText = (cell: OdbcCell | undefined): string =>
  cell === null || cell === undefined || cell instanceof ArrayBuffer ? '' : String(cell).trimEnd()

const cellNumber = (cell: OdbcCell | undefined): number | null =>
  cell === null || cell === undefined || cell === '' ? null : Number(cell)
