import type { DuckDBValue } from '@duckdb/node-api'
import { CourantError } from '../../runtime/errors.ts'
import type { LogItem } from '../../runtime/pipeline.ts'
import { isLong } from '../../schemas/avro-long.ts'
import type { Change } from '../../schemas/change.ts'
import type { ColumnKind, PlainKind } from '../../schemas/column-kinds.ts'
import { decimalBytes } from '../../schemas/decimal.ts'
import type { Table } from '../../schemas/table.ts'
import type { ChainRow } from './file-chain.ts'
import {
  fitsKind,
  isJson,
  isTimeOfDay,
  type Shown,
  shownOf,
  shownTime,
  sqlTypeOf,
  textsOf,
  textTypeOf
} from './nested-columns.ts'

/** A clean row of any table: its columns by name. */
export type CleanRow = Readonly<Record<string, unknown>>
export type CleanChange = Change<CleanRow>
export type CleanItem = LogItem<CleanChange>
/** A row as a Silver file has it: staged values in the order of the columns. */
export type SilverRow = ChainRow<readonly DuckDBValue[]>

/** A column of a Silver file: its type there, and how a row's value gets there. */
export interface SilverColumn extends Mapping {
  readonly name: string
  readonly valueOf: (item: CleanItem) => DuckDBValue
}

/** What DuckDB stages values as, by its names. */
type StagedType = 'BIGINT' | 'BOOLEAN' | 'DOUBLE' | 'VARCHAR'

interface Mapping {
  /** DuckDB's name of the type it has in Parquet. */
  readonly sqlType: string
  /** Rows are handed to DuckDB as text, numbers and booleans, which is cheapest; SQL makes the exact type of them. */
  readonly staged: StagedType
  /** SQL that turns a staged value into the column's type. */
  readonly cast: (staged: string) => string
  /** What DuckDB's binding wants for a value that fits, where that is not the value itself. */
  readonly stagedOf?: (value: unknown) => DuckDBValue
  /** True of a value, not null, that `cast` takes. */
  readonly fits: (value: unknown) => boolean
  /** How analysts' views show it, where Parquet, or who reads it beside DuckDB, has no such type. */
  readonly shown?: Shown
}

const isText = (value: unknown) => typeof value === 'string'
const isNumber = (value: unknown) => typeof value === 'number'
const isBoolean = (value: unknown) => typeof value === 'boolean'
const isWhole = (value: unknown) => Number.isSafeInteger(value)
const isWholeUpTo = (most: number) => (value: unknown) => isWhole(value) && Math.abs(value as number) <= most
const isInt = (value: unknown) => isWhole(value) && ((value as number) | 0) === value

/** DuckDB's last date is in the year 5,881,580, somewhat before its last integer of days. */
const maxDays = 2_000_000_000

// Numbers below 2^53 pass through a double unchanged.
const exact = (sqlType: string, fits: Mapping['fits']): Mapping => ({
  sqlType,
  staged: 'DOUBLE',
  cast: (staged) => `${staged}::${sqlType}`,
  fits
})
const text: Mapping = { sqlType: 'VARCHAR', staged: 'VARCHAR', cast: (staged) => staged, fits: isText }
/** µs since the epoch → an instant, `isAdjustedToUTC` in Parquet. */
const instant: Mapping = {
  sqlType: 'TIMESTAMP WITH TIME ZONE',
  staged: 'DOUBLE',
  cast: (staged) => `make_timestamptz(${staged}::BIGINT)`,
  fits: isWhole
}
const int = exact('INTEGER', isInt)
/** Of our own numbers, which are below 2^53. */
const count = exact('BIGINT', isWhole)
/** All 64 bits: cheaper as a double where there need be no more, dearer as text. */
const long: Mapping = {
  sqlType: 'BIGINT',
  staged: 'BIGINT',
  cast: (staged) => staged,
  stagedOf: (value) => BigInt(value as number | bigint),
  fits: isLong
}

const mappings: Record<PlainKind, Mapping> = {
  string: text,
  // As text: Spark (4.0) cannot open a file that has a column of Parquet's UUID type, and pandas shows bytes.
  uuid: text,
  int,
  long,
  double: { sqlType: 'DOUBLE', staged: 'DOUBLE', cast: (staged) => staged, fits: isNumber },
  boolean: { sqlType: 'BOOLEAN', staged: 'BOOLEAN', cast: (staged) => staged, fits: isBoolean },
  timestamp: instant,
  // µs as if the place were at UTC; not `isAdjustedToUTC` in Parquet.
  'local-timestamp': {
    sqlType: 'TIMESTAMP',
    staged: 'DOUBLE',
    cast: (staged) => `make_timestamp(${staged}::BIGINT)`,
    fits: isWhole
  },
  date: {
    sqlType: 'DATE',
    staged: 'DOUBLE',
    cast: (staged) => `(DATE '1970-01-01' + ${staged}::INTEGER)`,
    fits: isWholeUpTo(maxDays)
  },
  // Microseconds: Spark (4.0) cannot open a file that has a column of Parquet's TIME.
  time: { ...count, fits: isTimeOfDay, shown: shownTime },
  json: { ...text, sqlType: 'JSON', cast: (staged) => `${staged}::JSON`, fits: isJson },
  interval: nested({ kind: 'interval' })
}

/** What holds others comes as JSON of texts, out of which DuckDB makes lists, structs and maps, and of these texts their types. */
function nested(type: ColumnKind): Mapping {
  const sqlType = sqlTypeOf(type)
  const shown = shownOf(type)
  return {
    sqlType,
    staged: 'VARCHAR',
    cast: (staged) => `${staged}::JSON::${textTypeOf(type)}::${sqlType}`,
    stagedOf: (value) => textsOf(value, type),
    fits: (value) => fitsKind(value, type),
    ...(shown && { shown })
  }
}

function mappingOf(type: ColumnKind): Mapping {
  if (type.kind === 'array' || type.kind === 'map' || type.kind === 'range') return nested(type)
  if (type.kind !== 'decimal') return mappings[type.kind]
  const { precision, scale } = type
  const sqlType = `DECIMAL(${precision},${scale})`
  return {
    sqlType,
    staged: 'VARCHAR',
    cast: (staged) => `${staged}::${sqlType}`,
    fits: (value) => typeof value === 'string' && decimalBytes(value, precision, scale) !== undefined
  }
}

const technicalColumns: readonly SilverColumn[] = [
  { name: '_op', ...text, valueOf: ({ value }) => value.op },
  { name: '_version', ...count, valueOf: ({ value }) => value.source.row_version },
  { name: '_changed_at', ...instant, valueOf: ({ value }) => value.source.ts_us },
  { name: '_partition', ...int, valueOf: ({ partition }) => partition },
  { name: '_offset', ...count, valueOf: ({ offset }) => offset },
  // Of a row that is no longer valid, which is a delete here: why.
  { name: '_withdrawn', ...text, valueOf: ({ value }) => value.withdrawn ?? null }
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

/** A clean change as Silver has it; throws RECORD_INVALID, without the value, of one whose value a column cannot take. */
export function silverRow(table: Table, columns: readonly SilverColumn[], item: CleanItem): SilverRow {
  const { id, at, partition, offset } = item
  const value = columns.map(({ name, valueOf, fits, stagedOf }) => {
    const cell = valueOf(item)
    if (cell !== null && !fits(cell))
      throw new CourantError(
        'RECORD_INVALID',
        `A value does not fit the type that ${name} has in Silver ${table.name}; correct the cleaning or the schema`,
        { details: { itemId: id } }
      )
    return stagedOf && cell !== null ? stagedOf(cell) : cell
  })
  return { id, at, partition, offset, value }
}

/** What analysts look up by, which is what files are sorted by: the key, then the order of its changes. */
export function silverOrder(table: Table): readonly string[] {
  return [...table.key, '_version', '_offset']
}
