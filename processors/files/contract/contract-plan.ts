import type { Plan, PlannedColumn } from '../check/plan.ts'
import type { Column } from '../table/column-names.ts'
import { type ColumnType, decideType } from '../types/decide.ts'
import type { Kind } from '../types/kinds.ts'
import { readerOf, type ValueReader } from '../types/read-value.ts'
import type { Tally } from '../types/tally.ts'
import type { Field } from './contract.ts'
import type { Match } from './match.ts'

interface Given {
  readonly columns: readonly Column[]
  readonly tallies: readonly Tally[]
  readonly isNative: boolean
}

/** How a file is read by its contract: the contract's fields, then what it does not know where it lets that in. */
export function contractPlan(
  { contract, found, unknown }: Match,
  { columns, tallies, isNative }: Given
): Plan {
  const typeOf = (column: Column, kind?: Kind) => decideType(tallies[column.index]!, column.name, kind)
  const named = [...found].map(([field, column]) =>
    namedColumn(field, column, { type: typeOf(column, field.kind), isNative })
  )
  const isOpen = contract.unpivot !== null && contract.unpivot.block.length === 0
  const others = contract.unknown === 'evolve' || isOpen ? furtherColumns(unknown, columns, found) : []
  const further = others.map((column) =>
    furtherColumn(column, {
      type: typeOf(column, isOpen ? contract.unpivot?.kind : undefined),
      isOpen,
      isNative
    })
  )
  const planned = [...named, ...further]
  return {
    columns: planned,
    key: contract.key
      .map((name) => planned.findIndex(({ target }) => target === name))
      .filter((place) => place >= 0),
    rules: contract.rules.filter(({ names }) =>
      names.every((name) => name === '*' || planned.some(({ target }) => target === name))
    ),
    errorBudget: contract.errorBudget
  }
}

/** Unnamed columns of repeated blocks go with the unknown ones. */
const furtherColumns = (unknown: readonly Column[], columns: readonly Column[], found: Match['found']) => {
  const known = new Set(found.values())
  return columns.filter((column) => unknown.includes(column) || (column.isUnnamed && !known.has(column)))
}

function namedColumn(
  field: Field,
  column: Column,
  { type, isNative }: { type: ColumnType; isNative: boolean }
): PlannedColumn {
  const fixed = field.mark === null ? type : { ...type, mark: field.mark }
  const read = readerOf(fixed, { isNative, isStrict: true, missing: new Set(field.missing) })
  return {
    column,
    target: field.name,
    type: fixed,
    read: repairing(read, field.repair),
    isRequired: field.needsValue,
    isOpen: false,
    min: field.min,
    max: field.max,
    codes: field.codes === null ? null : new Set(field.codes)
  }
}

function repairing(read: ValueReader, repair: Field['repair']): ValueReader {
  if (Object.keys(repair).length === 0) return read
  return (cell) => {
    const meant = Object.hasOwn(repair, cell.trim()) ? repair[cell.trim()] : undefined
    return meant === undefined ? read(cell) : { ...read(meant), note: 'code_repaired' }
  }
}

function furtherColumn(
  column: Column,
  { type, isOpen, isNative }: { type: ColumnType; isOpen: boolean; isNative: boolean }
): PlannedColumn {
  return {
    column,
    target: column.name,
    type,
    read: readerOf(type, { isNative }),
    isRequired: false,
    isOpen,
    min: null,
    max: null,
    codes: null
  }
}
