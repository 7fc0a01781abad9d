import type { Plan, PlannedColumn } from '../check/plan.ts'
import type { Contract } from '../contract/contract.ts'
import { type LongRow, unpivoted } from '../contract/unpivot.ts'
import { fold } from '../types/fold.ts'
import { type Base, baseOf } from '../types/kinds.ts'

/** A column of a layer's file, with its type in SQL. */
export interface LayerColumn {
  readonly name: string
  readonly type: string
}

/** What is beside the columns of a file in each layer. */
const provenance = ['_file', '_line', '_sha256', '_edition'] as const

const types: Readonly<Record<Base, string>> = {
  text: 'VARCHAR',
  code: 'VARCHAR',
  integer: 'BIGINT',
  decimal: 'DOUBLE',
  date: 'DATE',
  timestamp: 'TIMESTAMP',
  boolean: 'BOOLEAN'
}

type Values = readonly (string | null)[]

/** How rows of a file become those of Argent. */
export interface ArgentShape {
  readonly columns: readonly LayerColumn[]
  rowsOf(values: Values): readonly Values[]
}

/** The columns of a file in Argent: the contract's, typed, and unpivoted where it says so. */
export function argentShape(plan: Plan, contract: Contract | null): ArgentShape {
  const typeOf = ({ target, type }: PlannedColumn) => {
    const decimal = contract?.fields.find(({ name }) => name === target)?.decimal
    return decimal ? `DECIMAL(${decimal.precision}, ${decimal.scale})` : types[baseOf(type.kind)]
  }
  const unpivot = contract?.unpivot ?? null
  if (unpivot === null) {
    const columns = plan.columns.map((planned) => ({ name: planned.target, type: typeOf(planned) }))
    return { columns: distinct(columns), rowsOf: (values) => [values] }
  }
  const long = unpivoted(plan, unpivot)
  const taken = new Set(unpivot.block.map(fold))
  const shared = plan.columns.filter(
    ({ isOpen, column }) => !isOpen && !taken.has(fold(column.name).replace(/^\d+ | \d+$/g, ''))
  )
  const own =
    unpivot.block.length === 0
      ? [
          { name: unpivot.name, type: 'VARCHAR' },
          { name: unpivot.value, type: types[baseOf(unpivot.kind)] }
        ]
      : unpivot.block.map((name) => ({ name, type: typeOfBlock(plan, name) }))
  const columns = [...shared.map((planned) => ({ name: planned.target, type: typeOf(planned) })), ...own]
  return {
    columns: distinct(columns),
    rowsOf: (values) => long(values).map((row: LongRow) => columns.map(({ name }) => row[name] ?? null))
  }
}

/** All columns of a block must fit what any of its repetitions is. */
function typeOfBlock({ columns }: Plan, name: string): string {
  const found = columns.filter(({ column }) => fold(column.name).replace(/^\d+ | \d+$/g, '') === fold(name))
  const bases = new Set(found.map(({ type }) => types[baseOf(type.kind)]))
  if (bases.size === 1) return [...bases][0] ?? 'VARCHAR'
  return [...bases].every((type) => type === 'BIGINT' || type === 'DOUBLE') && bases.size > 0
    ? 'DOUBLE'
    : 'VARCHAR'
}

/** Names that differ for who tells no case apart, as SQL does, and from those that every file has. */
export function distinct(columns: readonly LayerColumn[]): readonly LayerColumn[] {
  const taken = new Set<string>(provenance)
  return columns.map(({ name, type }) => {
    const plain = name.trim() === '' ? 'colonne' : name
    let own = plain
    for (let n = 2; taken.has(own.toLowerCase()); n++) own = `${plain}_${n}`
    taken.add(own.toLowerCase())
    return { name: own, type }
  })
}
