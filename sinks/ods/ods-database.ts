import type { CachedRun } from './cache/cached-run.ts'
import type { Dialect } from './dialect.ts'
import type { OdsTable } from './ods-table.ts'
import type { Statement } from './statement.ts'

/** A row by its columns' names in lower case; what a driver makes of a value is left as it is. */
export type ResultRow = Readonly<Record<string, unknown>>

/** Runs statements; `doing` completes "The ODS cannot …" in errors. */
export interface OdsSession {
  readonly dialect: Dialect
  query(doing: string, statement: Statement): Promise<readonly ResultRow[]>
  /** Loads the rows of a run into its table's staging. */
  bulkLoad(doing: string, table: OdsTable, run: CachedRun): Promise<void>
}

/** A database of the ODS. Connections are made when they are needed. */
export interface OdsDatabase extends OdsSession {
  /** Makes the database itself where it is missing and may be made. */
  create(): Promise<void>
  /** All of the work or none of it. */
  transaction<T>(doing: string, work: (session: OdsSession) => Promise<T>): Promise<T>
  /** Rows one by one, however many. */
  stream(doing: string, statement: Statement): AsyncIterable<ResultRow>
  close(): Promise<void>
}
