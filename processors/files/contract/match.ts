import type { Column } from '../table/column-names.ts'
import type { TableHints } from '../table/open-table.ts'
import { fold } from '../types/fold.ts'
import type { Contract, Field } from './contract.ts'

/** A contract beside the columns of a file. */
export interface Match {
  readonly contract: Contract
  /** The file's column of each field that it has. */
  readonly found: ReadonlyMap<Field, Column>
  readonly missing: readonly Field[]
  /** Columns that no field names. */
  readonly unknown: readonly Column[]
  /** From 0 to 1, how well they go together. */
  readonly fit: number
}

/** Below this a contract is not meant. */
const leastFit = 0.75

/**
 * The contract that a file is meant by: among those whose patterns its name has, else among all, the one whose columns fit.
 * Null where none fits well enough.
 */
export function matchContract(
  contracts: readonly Contract[],
  columns: readonly Column[],
  fileName: string
): Match | null {
  const matches = contracts
    .map((contract) => ({ ...matchOf(contract, columns), isNamed: isNamed(contract, fileName) }))
    .sort((a, b) => score(b) - score(a))
  const [best] = matches
  if (best === undefined) return null
  return best.missing.length === 0 || best.fit >= (best.isNamed ? 0.6 : leastFit) ? best : null
}

const score = ({ fit, missing, isNamed, found }: Match & { isNamed: boolean }) =>
  fit + (missing.length === 0 ? 1 : 0) + (isNamed ? 0.3 : 0) + found.size / 1_000

/** Whether one of a contract's patterns is in a name, whatever its case and accents. */
export function isNamed({ names }: Contract, fileName: string): boolean {
  const plain = fold(fileName)
  return names.some((pattern) => {
    const parts = pattern.split('*').map((part) => fold(part).replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'))
    return new RegExp(parts.join('.*')).test(plain)
  })
}

/** What contracts whose patterns a name has say of how it is written. */
export const namedReading = (contracts: readonly Contract[], fileName: string): TableHints =>
  contracts.find((contract) => Object.keys(contract.reading).length > 0 && isNamed(contract, fileName))
    ?.reading ?? {}

/** What of a contract a file has. */
function matchOf(contract: Contract, columns: readonly Column[]): Match {
  const found = new Map<Field, Column>()
  const used = new Set<Column>()
  for (const field of contract.fields) {
    const column = columns.find(
      (each) => !used.has(each) && field.columns.some((name) => isSame(name, each.name))
    )
    if (column === undefined) continue
    found.set(field, column)
    used.add(column)
  }
  const required = contract.fields.filter(({ isRequired }) => isRequired)
  const missing = required.filter((field) => !found.has(field))
  const unknown = columns.filter((column) => !used.has(column) && !column.isUnnamed)
  return { contract, found, missing, unknown, fit: fitOf(contract, { required, missing, unknown, columns }) }
}

interface Counts {
  readonly required: readonly Field[]
  readonly missing: readonly Field[]
  readonly unknown: readonly Column[]
  readonly columns: readonly Column[]
}

function fitOf({ unpivot }: Contract, { required, missing, unknown, columns }: Counts): number {
  const had = required.length === 0 ? 0 : 1 - missing.length / required.length
  // Where further columns are values, there may be any number of them.
  const known = unpivot ? 1 : 1 - unknown.length / Math.max(1, columns.length)
  return Math.min(had, known)
}

/** Names are the same without accents, case and signs; a lost letter may have been any. */
function isSame(wanted: string, name: string): boolean {
  const [a, b] = [fold(wanted), fold(name)]
  if (a.replaceAll(' ', '') === b.replaceAll(' ', '')) return true
  if (!b.includes('\ufffd')) return false
  return new RegExp(
    `^${b
      .split('\ufffd')
      .map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'))
      .join('.')}$`
  ).test(fold(wanted.normalize('NFC')))
}

/** The unknown column that was perhaps meant by a missing field: one that has its words. */
export function suggestionFor(field: Field, unknown: readonly Column[]): string | undefined {
  const words = field.columns.flatMap((name) => fold(name).split(' ')).filter((word) => word.length > 3)
  return unknown.find(({ name }) => words.some((word) => fold(name).includes(word)))?.name
}
