import type { RunColumn } from '../../../schemas/erp/columns.ts'
import { decimalSize } from '../canonical-value.ts'
import type { OdsTable } from '../ods-table.ts'
import { sqlServerType, stagedType } from './types.ts'

/**
 * Bytes of a row in SQL Server: the most there are, and what a row takes of them in staging and in the table whose
 * columns are all filled, after all that may be moved out of the row was. A value of varying length leaves a pointer of
 * 24 bytes (https://learn.microsoft.com/sql/relational-databases/pages-and-extents-architecture-guide, "Large row
 * support"), and 2 for its place (https://learn.microsoft.com/sql/relational-databases/databases/estimate-the-size-of-a-heap).
 */
export function rowBytes({ columns, key }: OdsTable): { most: number; stg: number; ods: number } {
  const keyed = columns.filter(({ sqlName }) => key.includes(sqlName))
  const keyBytes = Math.min(
    keyed.reduce((sum, column) => sum + 2 * charactersOf(column), 0),
    880
  )
  return {
    most: 8060,
    // A heap: its key may be moved out like any text.
    stg: bytesOf([...stagingTypes, ...columns.map(stagedWidth)]),
    // What the table is ordered by stays in the row.
    ods: bytesOf([...technicalTypes(keyBytes), ...columns.map((column) => widthOf(sqlServerType(column)))])
  }
}

/** What one value takes: always, or at most where it varies. */
type Width = { readonly always: number } | { readonly varying: number; readonly stays?: boolean } | 'bit'

const pointer = 24
const place = 2

/** Status, length of the fixed part and number of columns; a bit for each column that may be NULL; how many vary. */
function bytesOf(widths: readonly Width[]): number {
  const bits = widths.filter((width) => width === 'bit').length
  const sizes = widths.map((width) => {
    if (width === 'bit') return 0
    if ('always' in width) return width.always
    return place + (width.stays ? width.varying : Math.min(width.varying, pointer))
  })
  const values = sizes.reduce((sum, size) => sum + size, Math.ceil(bits / 8))
  return 6 + Math.ceil(widths.length / 8) + 2 + values
}

const stagingTypes: readonly Width[] = [{ varying: 880 }, { always: 32 }, 'bit', { always: 8 }]

function technicalTypes(keyBytes: number): Width[] {
  const [instant, run, topic] = [{ always: 8 }, { varying: 36 }, { varying: 249 }]
  const numbers = [{ always: 32 }, { always: 2 }, { always: 8 }, { always: 4 }, { always: 8 }]
  return [{ varying: keyBytes, stays: true }, ...numbers, instant, instant, instant, 'bit', 'bit', run, topic]
}

/** Characters of a value as text, for its share of a key and its width where it is staged as text. */
function charactersOf(column: RunColumn): number {
  if (column.type === 'text') return Math.max(column.width ?? 4000, 1)
  if (column.type === 'decimal') return decimalSize(column).precision + 2
  return {
    integer: 11,
    bigint: 20,
    double: 24,
    bit: 5,
    date: 10,
    time: 15,
    timestamp: 26,
    timestamptz: 33,
    binary: 4000
  }[column.type]
}

function stagedWidth(column: RunColumn): Width {
  const type = stagedType(column)
  return type === 'varchar(64)' ? { varying: charactersOf(column) } : widthOf(type)
}

const fixed: Readonly<Record<string, number>> = {
  int: 4,
  bigint: 8,
  float: 8,
  date: 3,
  'time(6)': 5,
  'datetime2(6)': 8,
  'datetimeoffset(6)': 10
}

function widthOf(type: string): Width {
  if (type === 'bit') return 'bit'
  const always = fixed[type]
  if (always !== undefined) return { always }
  const [, base = '', size = ''] = /^(\w+)\((\w+)/.exec(type) ?? []
  if (base === 'decimal') return { always: decimalBytes(Number(size)) }
  if (size === 'max') return { varying: pointer }
  return { varying: Number(size) * (base === 'nvarchar' ? 2 : 1) }
}

const decimalBytes = (digits: number) => (digits <= 9 ? 5 : digits <= 19 ? 9 : digits <= 28 ? 13 : 17)
