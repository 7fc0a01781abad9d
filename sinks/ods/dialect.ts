import type { RunColumn } from '../../schemas/erp/columns.ts'
import type { DatabaseObject } from './database-objects.ts'
import type { OdsTable } from './ods-table.ts'
import type { OdsRole } from './roles.ts'
import type { Statement } from './statement.ts'

/** A numbered step of the database's own shape; its batches run one by one, and once more without harm. */
export interface Migration {
  readonly number: number
  readonly name: string
  readonly batches: readonly string[]
  /** Tables, views and procedures that it makes, such as etl.ETL_Log. */
  readonly makes: readonly string[]
  /** Those of earlier migrations that it drops and makes anew, or alters. */
  readonly replaces?: readonly string[]
}

/** What an object is called, in which schema. */
export interface ObjectPlace {
  readonly schema: string
  readonly name: string
}

/** A column as the database has it, its type as the dialect writes it. */
export interface ExistingColumn {
  readonly name: string
  readonly type: string
}

/** An index as the database has it, with the columns it is on. */
export interface ExistingIndex {
  readonly name: string
  readonly columns: readonly string[]
}

/** An index that Courant makes, and how. */
export interface OwnIndex extends ExistingIndex {
  readonly create: Statement
}

/** What all rows of a run have in common. */
export interface RunValues {
  readonly runId: string
  readonly version: number
  /** Only rows with a lower version are replaced or deleted: 0 for a run that newer ones have overtaken. */
  readonly replacesBelow: number
  readonly topic: string
  readonly partition: number
}

/** What a database system bounds, however its tables are made. */
export interface DialectLimits {
  readonly name: string
  /** Columns of a table, technical ones included. */
  readonly columns: number
  /** Bytes of a column's name. */
  readonly nameBytes: number
}

/** The SQL of one database system. Pure: it makes texts, a connection runs them. */
export interface Dialect {
  readonly name: 'postgres' | 'sqlserver'
  readonly limits: DialectLimits
  /** How a table of Courant's own is written: some are called like a reserved word, and only quotes make it a name. */
  ownTable(schema: 'config' | 'etl', table: string): string
  /** What gives a user the rights of a role, batch by batch. */
  grants(role: OdsRole, user: string): readonly string[]
  /** What a row takes of the most that it may, in staging and in the table; null where nothing bounds it but its columns. */
  readonly rowBytes:
    | ((table: OdsTable) => { readonly most: number; readonly stg: number; readonly ods: number })
    | null
  /** Asks whether readers get row versions in place of waiting, as `isversioned`; null where they always do. */
  readonly readersWait: Statement | null
  /** Makes the table etl.Migrations (Number, Name, AppliedAt) where it is not there. */
  readonly bootstrap: readonly string[]
  readonly migrations: readonly Migration[]
  /** The number that the database has for an object called `etl.name`, as `id`; NULL where there is none. */
  objectNumber(name: string): Statement
  /** Where an object goes that makes room for one of Courant's. */
  placeAside(place: ObjectPlace, mark: string): ObjectPlace
  /** Gives an object another place, with all that belongs to it. */
  moveObject(object: DatabaseObject, to: ObjectPlace): readonly Statement[]
  /** Every row of a table, whatever its columns. */
  allRows(place: ObjectPlace): Statement
  /** Runs the procedure etl.SyncConfigColumns. */
  readonly syncConfigColumns: Statement
  /** The type a column has in the ODS. */
  typeOf(column: RunColumn): string
  /** Characters (UTF-16 units) that a column of text holds at most; null where nothing bounds it. */
  textLimit(column: RunColumn): number | null
  /** Columns of a table of a schema, in their order; none when there is no such table. */
  existingColumns(schema: 'stg' | 'ods', table: string): Statement
  createTable(table: OdsTable): Statement
  addColumns(table: OdsTable, columns: readonly RunColumn[]): Statement
  /**
   * What turns a column's type into another that holds all values of it; [] when it holds them already, and null when
   * no values of the one can be in the other.
   */
  widen(table: OdsTable, column: RunColumn, existing: ExistingColumn): readonly Statement[] | null
  /** True when the column cannot get the type it needs while an index is on it. */
  isHeldByIndex(column: RunColumn, existing: ExistingColumn): boolean
  /** Indexes of a table of the ODS: a row for each of their columns, `name` and `columnname`, in their order. */
  existingIndexes(table: string): Statement
  /** The unique and key indexes, as the table's history wants them. */
  indexes(table: OdsTable): readonly OwnIndex[]
  dropIndex(table: string, index: string): Statement
  /** The columns of staging as the database tells of them, in the order of the cache. */
  stageColumns(table: OdsTable): readonly ExistingColumn[]
  /** Makes staging anew, empty, in the run's columns. */
  createStage(table: OdsTable): readonly Statement[]
  /** Waits until no other transaction loads the table, and keeps others out to the end of this one. */
  lock(table: string): Statement
  truncateStage(table: string): Statement
  /** Leaves the last version of each key in staging, and gathers the statistics that the merge needs. */
  deduplicate(table: string): readonly Statement[]
  /**
   * Statements that each answer with one row of counts: `inserted`, `updated`. With KeepHistory, what is updated is
   * a version that ends, and what is inserted are the versions that take their place as well as new keys.
   */
  upsert(table: OdsTable, run: RunValues): readonly Statement[]
  /** One row: `missing` of `live` rows are in the ODS and not in staging. */
  countMissing(table: OdsTable, run: RunValues): Statement
  /** Marks as deleted what staging says is, and with `isSnapshot` all that it lacks; answers with `deleted`. */
  markDeleted(table: OdsTable, run: RunValues, isSnapshot: boolean): readonly Statement[]
}
