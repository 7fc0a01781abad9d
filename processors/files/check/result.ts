import type { Source } from '../identify/open-source.ts'
import type { Findings } from '../report/findings.ts'
import type { Table } from '../table/table.ts'
import type { Scan } from '../text/scan.ts'
import type { ColumnType } from '../types/decide.ts'
import type { LineLedger } from './line-ledger.ts'

export type Verdict = 'accept' | 'accept_with_rejects' | 'reject'

/** A column as it was read. */
export interface CheckedColumn {
  /** As the file writes it. */
  readonly name: string
  readonly target: string
  readonly alias?: string
  readonly type: ColumnType
  /** How many cells are not blank. */
  readonly filled: number
}

/** Everything that was found out about a file. */
export interface CheckResult {
  readonly path: string
  readonly verdict: Verdict
  readonly source: Source | null
  readonly scan: Scan | null
  readonly table: Table | null
  /** The contract it was read by, as `theme/dataset`; null where none fits. */
  readonly dataset: string | null
  /** Physical lines of the header. */
  readonly headerLines: readonly number[]
  /** Why each guess was made. */
  readonly evidence: Readonly<Record<string, string>>
  readonly columns: readonly CheckedColumn[]
  /** Physical lines: `physical` is the sum of the others. */
  readonly lines: { readonly physical: number } & Readonly<LineLedger['lines']>
  readonly rows: Readonly<LineLedger['rows']>
  readonly findings: Findings
}

/** The result of a file that was not read, or not to its end. */
export function refusedResult(
  soFar: Pick<CheckResult, 'path' | 'source' | 'scan' | 'table'>,
  findings: Findings
): CheckResult {
  return {
    ...soFar,
    verdict: 'reject',
    dataset: null,
    headerLines: [],
    evidence: soFar.table?.evidence ?? {},
    columns: [],
    lines: {
      physical: soFar.table?.physicalLines ?? 0,
      header: 0,
      title: 0,
      blank: 0,
      footer: 0,
      good: 0,
      rejected: 0,
      repeated: 0
    },
    rows: { good: 0, rejected: 0, repeated: 0 },
    findings
  }
}
