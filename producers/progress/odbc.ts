import { CourantError } from '../../runtime/errors.ts'

/** A value as the binding gives it: decimals would come as doubles, so they are never selected as such. */
export type OdbcCell = string | number | bigint | ArrayBuffer | null

/** A column as the driver describes it. */
export interface OdbcColumn {
  readonly name: string
  /** ODBC's name of the type, such as SQL_VARCHAR. */
  readonly dataTypeName: string
  /** Characters the driver says it may have. */
  readonly columnSize: number
}

/** Rows as arrays of cells, in the order of the select list. */
export type OdbcRows = readonly (readonly OdbcCell[])[] & { readonly columns: readonly OdbcColumn[] }

/** The part of npm odbc's cursor that we use. */
export interface OdbcCursor {
  /** True once the driver has said that there are no more rows; never after a fetch of one row only. */
  readonly noData: boolean
  fetch(): Promise<OdbcRows>
  close(): Promise<void>
}

/** The part of npm odbc's connection that we use. */
export interface OdbcHandle {
  query(sql: string): Promise<OdbcRows>
  query(
    sql: string,
    parameters: readonly [],
    options: { readonly cursor: true; readonly fetchSize: number }
  ): Promise<OdbcCursor>
  primaryKeys(catalog: null, schema: string, table: string): Promise<OdbcRows>
  columns(catalog: null, schema: string, table: string, column: null): Promise<OdbcRows>
  setIsolationLevel(level: number): Promise<void>
  /** Ends what runs on the connection with SQLSTATE HY008. */
  cancel(): Promise<void>
  close(): Promise<void>
}

/** The part of npm odbc that we use; its own types lack `fetchArray`. */
export interface Odbc {
  connect(options: {
    readonly connectionString: string
    readonly connectionTimeout: number
    readonly loginTimeout: number
    readonly fetchArray: true
  }): Promise<OdbcHandle>
  readonly SQL_TXN_READ_COMMITTED: number
  readonly SQL_TXN_REPEATABLE_READ: number
  readonly SQL_TXN_SERIALIZABLE: number
}

/** What to run on Debian or Ubuntu to have ODBC. */
export const installAdvice =
  'run `apt-get install -y unixodbc unixodbc-dev g++ make python3` and then `npm install --no-save odbc`, and install the ODBC driver of OpenEdge'

/** The optional module; ODBC_MISSING when it is not installed or cannot be loaded. */
export async function loadOdbc(load: () => Promise<unknown> = () => import('odbc')): Promise<Odbc> {
  try {
    return ((await load()) as { readonly default: Odbc }).default
  } catch (cause) {
    throw new CourantError(
      'ODBC_MISSING',
      `Reading OpenEdge needs the optional module odbc, which is not installed: ${installAdvice}`,
      { cause }
    )
  }
}
