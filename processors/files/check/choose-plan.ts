import { contractPlan } from '../contract/contract-plan.ts'
import type { Contract } from '../contract/contract.ts'
import { matchContract, type Match, suggestionFor } from '../contract/match.ts'
import { FileRefused } from '../refusal.ts'
import type { Report } from '../report/finding.ts'
import type { Layout } from '../table/layout.ts'
import type { Table } from '../table/table.ts'
import { decideType } from '../types/decide.ts'
import { inferredPlan, type Plan } from './plan.ts'
import type { Profile } from './profile.ts'

interface Asked {
  readonly contracts: readonly Contract[]
  /** The theme that the file was dropped under. */
  readonly theme: string | undefined
  readonly fileName: string
  readonly report: Report
}

/**
 * The contract a file is meant by, before its rows are looked at: columns that must be there come first. Null where no
 * contract is meant; refuses a file of another theme than it was dropped under.
 */
export function chooseContract({ columns }: Layout, asked: Asked): Match | null {
  const { contracts, theme, fileName, report } = asked
  const own = theme === undefined ? contracts : contracts.filter((contract) => contract.theme === theme)
  const match = matchContract(own, columns, fileName)
  if (match === null) {
    refuseOtherTheme(matchContract(contracts, columns, fileName), asked)
    return null
  }
  noteColumns(match, report)
  return match
}

function refuseOtherTheme(other: Match | null, { theme }: Asked): void {
  if (theme === undefined || other === null || other.missing.length > 0) return
  throw new FileRefused({ code: 'schema_mismatch', expected: theme, suggestion: nameOf(other) })
}

/** The name of a contract, for people. */
export const nameOf = ({ contract }: Match): string => `${contract.theme}/${contract.dataset}`

function noteColumns({ contract, found, missing, unknown }: Match, report: Report): void {
  const absent = missing.map((field) => {
    const suggestion = suggestionFor(field, unknown)
    const column = field.columns[0] ?? field.name
    return {
      code: 'missing_required_column',
      column,
      ...(suggestion !== undefined && { suggestion })
    } as const
  })
  const refused =
    contract.unknown === 'freeze'
      ? unknown.map(({ name }) => ({ code: 'column_refused', column: name }) as const)
      : []
  const [first, ...others] = [...absent, ...refused]
  for (const finding of others) report(finding)
  if (first !== undefined) throw new FileRefused(first)
  for (const field of contract.fields)
    if (!found.has(field)) report({ code: 'column_missing', column: field.columns[0] ?? field.name })
  const places = [...found.values()].map(({ index }) => index)
  if (places.some((place, at) => at > 0 && place < (places[at - 1] ?? 0)))
    report({ code: 'columns_reordered' })
  if (contract.unpivot === null)
    for (const { name } of unknown) report({ code: 'unknown_column', column: name })
}

/** How the rows of a table are read: by its contract, else by what its values show. */
export function choosePlan(
  table: Table,
  layout: Layout,
  { profile, match, report }: { profile: Profile; match: Match | null; report: Report }
): Plan {
  const { tallies } = profile
  const kept = layout.columns.filter(
    ({ index, isUnnamed }) => !isUnnamed || (tallies[index]?.filled ?? 0) > 0
  )
  const dropped = layout.columns.length - kept.length
  if (dropped > 0) report({ code: 'empty_columns', count: dropped })
  const unnamed = kept.filter(({ isUnnamed }) => isUnnamed)
  if (unnamed.length > 0)
    report({ code: 'unnamed_columns', count: unnamed.length, value: unnamed[0]?.name ?? '' })
  if (match !== null) return contractPlan(match, { columns: kept, tallies, isNative: table.isTyped })
  const types = kept.map(({ index, name }) => decideType(tallies[index]!, name))
  return inferredPlan(kept, types, table.isTyped)
}
