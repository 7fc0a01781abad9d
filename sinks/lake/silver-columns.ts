import { BOOLEAN, DOUBLE, type DuckDBType, type DuckDBValue, VARCHAR } from '@duckdb/node-api'
import type { LogItem } from '../../runtime/pipeline.ts'
import type { Change } from '../../schemas/change.ts'
import type { ColumnKind, Table } from '../../schemas/table.ts'

/** A clean row of any table: its columns by name. */
export type CleanRow = Readonly<Record<string, unknown>>
export type CleanChange = Change<CleanRow>
export type CleanItem = LogItem<CleanChange>

/** A column of a Silver file: its type there, and how a row's value gets there. */
export interface SilverColumn {
  readonly name: string
  /** DuckDB's name of the type it has in Parquet. */
  readonly sqlType: string
  /** Rows are handed to DuckDB as text, numbers and booleans, which is cheapest; SQL makes the exact type of them. */
  readonly staged: DuckDBType
  /** SQL that turns a staged value into the column's type. */
  readonly cast: (staged: string) => string
  readonly valueOf: (item: CleanItem) => DuckDBValue
}

interface Mapping {
  readonly sqlType: string
  readonly staged: DuckDBType
  readonly cast: (staged: string) => string
}

// Numbers below 2^53 pass through a double unchanged, and Avro's decoder lets no larger ones through.
const exact = (sqlType: string): Mapping => ({
  sqlType,
  staged: DOUBLE,
  cast: (staged) => `${staged}::${sqlType}`
})
const text: Mapping = { sqlType: 'VARCHAR', staged: VARCHAR, cast: (staged) => staged }
/** µs since the epoch → an instant, `isAdjustedToUTC` in Parquet. */
const instant: Mapping = {
  sqlType: 'TIMESTAMP WITH TIME ZONE',
  staged: DOUBLE,
  cast: (staged) => `make_timestamptz(${staged}::BIGINT)`
}

const mappings: Record<Exclude<ColumnKind['kind'], 'decimal'>, Mapping> = {
  string: text,
  // As text: Spark (4.0) cannot open a file that has a column of Parquet's UUID type, and pandas shows bytes.
  uuid: text,
  int: exact('INTEGER'),
  long: exact('BIGINT'),
  double: { sqlType: 'DOUBLE', staged: DOUBLE, cast: (staged) => staged },
  boolean: { sqlType: 'BOOLEAN', staged: BOOLEAN, cast: (staged) => staged },
  timestamp: instant,
  date: { sqlType: 'DATE', staged: DOUBLE, cast: (staged) => `(DATE '1970-01-01' + ${staged}::INTEGER)` }
}

function mappingOf(type: ColumnKind): Mapping {
  if (type.kind !== 'decimal') return mappings[type.kind]
  const sqlType = `DECIMAL(${type.precision},${type.scale})`
  return { sqlType, staged: VARCHAR, cast: (staged) => `${staged}::${sqlType}` }
}

const technicalColumns: readonly SilverColumn[] = [
  { name: '_op', ...text, valueOf: ({ value }) => value.op },
  { name: '_version', ...exact('BIGINT'), valueOf: ({ value }) => value.source.row_version },
  { name: '_changed_at', ...instant, valueOf: ({ value }) => value.source.ts_us },
  { name: '_partition', ...exact('INTEGER'), valueOf: ({ partition }) => partition },
  { name: '_offset', ...exact('BIGINT'), valueOf: ({ offset }) => offset }
]

/** The columns of a table's Silver files: the source's, then the technical ones. A delete has only its key columns. */
export function silverColumns(table: Table): readonly SilverColumn[] {
  const columns = table.columns.map(
    ({ name, type }): SilverColumn => ({
      name,
      ...mappingOf(type),
      valueOf: ({ value }) => ((value.after ?? value.before)?.[name] ?? null) as DuckDBValue
    })
  )
  return [...columns, ...technicalColumns]
}

/** What analysts look up by, which is what files are sorted by: the key, then the order of its changes. */
export function silverOrder(table: Table): readonly string[] {
  return [...table.key, '_version', '_offset']
}
