import type { Column } from '../table/column-names.ts'
import type { ColumnType } from '../types/decide.ts'
import { readerOf, type ValueReader } from '../types/read-value.ts'
import type { RowRule } from '../contract/row-rules.ts'

/** How one column is read and what its values must keep to. */
export interface PlannedColumn {
  readonly column: Column
  /** The name it has in the result: the contract's, or else the file's. */
  readonly target: string
  readonly type: ColumnType
  readonly read: ValueReader
  readonly isRequired: boolean
  readonly min: number | null
  readonly max: number | null
  /** Whether no field of the contract names it and it holds one of many like values, such as a candidate's votes. */
  readonly isOpen: boolean
  /** The only values it may have. */
  readonly codes: ReadonlySet<string> | null
}

/** How all rows of a file are read. */
export interface Plan {
  readonly columns: readonly PlannedColumn[]
  /** Places in `columns` of those that make the key; none where no contract says so. */
  readonly key: readonly number[]
  readonly rules: readonly RowRule[]
  /** The share of rows that may be wrong before the whole file is refused. */
  readonly errorBudget: number
}

const usualBudget = 0.1

/** A plan by what was found out alone. */
export function inferredPlan(
  columns: readonly Column[],
  types: readonly ColumnType[],
  isNative: boolean
): Plan {
  const planned = columns.map((column, place): PlannedColumn => {
    const type = types[place] as ColumnType
    return {
      column,
      target: column.name,
      type,
      read: readerOf(type, { isNative }),
      isRequired: false,
      isOpen: false,
      min: null,
      max: null,
      codes: null
    }
  })
  return { columns: planned, key: [], rules: [], errorBudget: usualBudget }
}
