import type { RunColumn } from '../../../schemas/erp/columns.ts'
import { decimalSize } from '../canonical-value.ts'

/** Longer text is nvarchar(max). */
const longestText = 4000

/** A name in brackets. */
export const bracketed = (name: string): string => `[${name.replaceAll(']', ']]')}]`

/**
 * The type of a source's column in SQL Server. OpenEdge may hold four times the declared width before its driver cuts
 * the value, so the column takes as much. `date` and `datetime2` reach back to the year 1, `datetime` only to 1753.
 */
export function sqlServerType(column: RunColumn): string {
  switch (column.type) {
    case 'text':
      return textType(column.width)
    case 'decimal': {
      const { precision, scale } = decimalSize(column)
      return `decimal(${precision},${scale})`
    }
    default:
      return types[column.type]
  }
}

function textType(width: number | null): string {
  const characters = width === null ? longestText + 1 : Math.max(width, 1) * 4
  return characters > longestText ? 'nvarchar(max)' : `nvarchar(${characters})`
}

const types = {
  integer: 'int',
  bigint: 'bigint',
  double: 'float',
  bit: 'bit',
  date: 'date',
  time: 'time(6)',
  timestamp: 'datetime2(6)',
  timestamptz: 'datetimeoffset(6)',
  binary: 'varbinary(max)'
} as const

/**
 * Whole numbers are staged as what they are. Decimals and times are staged as text, because tedious passes those through
 * doubles and these through JavaScript's; canonical ones are ASCII, so varchar, which takes half as much of a row.
 */
export function stagedType(column: RunColumn): string {
  switch (column.type) {
    case 'text':
      return textType(column.width)
    case 'binary':
      return 'varchar(max)'
    case 'integer':
    case 'bigint':
      return types[column.type]
    default:
      return 'varchar(64)'
  }
}

/** Staging's text as a value of the column's type. */
export function castStaged(column: RunColumn): string {
  const staged = `s.${bracketed(column.sqlName)}`
  if (['text', 'integer', 'bigint'].includes(column.type)) return staged
  // 2: hexadecimal without 0x.
  if (column.type === 'binary') return `CONVERT(varbinary(max), ${staged}, 2)`
  return `CAST(${staged} AS ${sqlServerType(column)})`
}

/** What a column has to become to hold both; null when nothing holds both. */
export function widerType(existing: string, wanted: string): string | null {
  const [from, to] = [parse(existing), parse(wanted)]
  if (from.base === to.base) return sameBase(from, to)
  const wider = order.find((types) => types.includes(from.base) && types.includes(to.base))
  if (!wider) return null
  return wider.indexOf(from.base) > wider.indexOf(to.base) ? existing : wanted
}

const order = [['int', 'bigint']]

interface ParsedType {
  readonly base: string
  readonly sizes: readonly number[]
}

function parse(type: string): ParsedType {
  const [, base = type, sizes = ''] = /^(\w+)(?:\((.*)\))?$/.exec(type) ?? []
  const numbers =
    sizes === '' ? [] : sizes.split(',').map((size) => (size === 'max' ? Infinity : Number(size)))
  return { base, sizes: numbers }
}

function sameBase({ base, sizes: from }: ParsedType, { sizes: to }: ParsedType): string | null {
  if (base === 'decimal') {
    const scale = Math.max(from[1] ?? 0, to[1] ?? 0)
    const whole = Math.max((from[0] ?? 0) - (from[1] ?? 0), (to[0] ?? 0) - (to[1] ?? 0))
    return whole + scale > 38 ? null : `decimal(${whole + scale},${scale})`
  }
  const sizes = to
    .map((size, at) => Math.max(size, from[at] ?? 0))
    .map((size) => (size === Infinity ? 'max' : size))
  return sizes.length === 0 ? base : `${base}(${sizes.join(',')})`
}
