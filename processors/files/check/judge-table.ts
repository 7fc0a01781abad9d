import type { Contract } from '../contract/contract.ts'
import type { Finding, Report } from '../report/finding.ts'
import type { Column } from '../table/column-names.ts'
import type { Layout } from '../table/layout.ts'
import type { SourceRow, Table } from '../table/table.ts'
import { trimmed } from '../types/fold.ts'
import { RowJudge } from './judge-row.ts'
import { LineLedger } from './line-ledger.ts'
import type { Plan } from './plan.ts'
import type { Profile } from './profile.ts'
import { isNote, type RowClass, RowClassifier } from './row-class.ts'

/** A row that was read: its values by the plan's columns, in one way of writing. */
export interface GoodRow {
  readonly line: number
  readonly values: readonly (string | null)[]
  /** As it is written. */
  readonly cells: readonly string[]
}

/** A row that was set aside, as it is written, with all that is wrong with it. */
export interface RejectedRow {
  readonly line: number
  readonly lines: number
  readonly cells: readonly string[]
  readonly findings: readonly Finding[]
}

/** Who takes rows as they are judged. Whether the whole file is refused is known only after the last one. */
export interface RowTaker {
  /** How the rows to come are read, before the first one: the contract, and all columns of the file. */
  start?(plan: Plan, of: { readonly contract: Contract | null; readonly columns: readonly Column[] }): void
  good?(row: GoodRow): void
  /** A row that was there before, exactly, by its key. */
  repeated?(row: GoodRow): void
  rejected?(row: RejectedRow): void
}

interface Judging {
  readonly table: Table
  readonly layout: Layout
  readonly profile: Profile
  readonly plan: Plan
  readonly report: Report
  readonly taker: RowTaker
  readonly progress: (line: number) => void
}

/** Reads every row of a table by a plan, and gives account of each of its lines. */
export async function judgeTable(judging: Judging): Promise<LineLedger> {
  const { table, progress } = judging
  const judgement = new Judgement(judging)
  for await (const rows of table.rows()) {
    for (const row of rows) judgement.take(row)
    progress(rows.at(-1)?.line ?? 0)
  }
  return judgement.ledger
}

class Judgement {
  readonly ledger = new LineLedger()
  private readonly judging: Judging
  private readonly classifier: RowClassifier
  private readonly judge: RowJudge

  constructor(judging: Judging) {
    this.judging = judging
    this.classifier = new RowClassifier(judging.layout, judging.table.width)
    this.judge = new RowJudge(judging.plan, judging.report)
  }

  take(row: SourceRow): void {
    const { report, profile } = this.judging
    if (row.damage !== undefined) report({ code: 'encoding_damage', line: row.line, kind: row.damage })
    const found = this.classifier.classOf(row)
    const isUnder = row.line > profile.lastFullLine
    switch (found.is) {
      case 'broken':
        return this.broken(row, found)
      case 'uneven':
        return this.uneven(row, isUnder)
      case 'data':
        return isUnder && this.isNoteLine(row) ? this.ledger.take('footer', row) : this.read(row)
      case 'sparse':
        return isUnder
          ? this.ledger.take('footer', row)
          : this.reject(row, [{ code: 'note_line', line: row.line }])
      default:
        return this.ledger.take(found.is, row)
    }
  }

  /** A quote that is open where the file is cut says that it is cut. */
  private broken(row: SourceRow, { code, value }: Extract<RowClass, { is: 'broken' }>): void {
    const isLast = row.isCut && row.line + row.lines > this.judging.table.physicalLines
    const said = code === 'unclosed_quote' && isLast ? 'truncated' : code
    this.reject(row, [{ code: said, line: row.line, ...(value !== undefined && { value }) }])
  }

  /** Under the last full row, what begins as notes do or has hardly a cell filled is one. */
  private isNoteLine({ cells }: SourceRow): boolean {
    const filled = cells.filter((cell) => trimmed(cell) !== '')
    // What stood at the head of rows before is no note.
    if ((this.judging.profile.tallies[0]?.values.get(trimmed(cells[0] ?? '')) ?? 0) > 1) return false
    return isNote(cells) || !this.classifier.isFull(filled.length)
  }

  private uneven(row: SourceRow, isUnder: boolean): void {
    const { cells, line } = row
    const filled = cells.filter((cell) => trimmed(cell) !== '').length
    const isNoted = isNote(cells)
    const isText = filled === 1 && /\s/.test(cells.find((cell) => trimmed(cell) !== '')?.trim() ?? '')
    if (isUnder && (isNoted || isText)) return this.ledger.take('footer', row)
    if (row.isCut) return this.reject(row, [{ code: 'truncated', line }])
    const expected = String(this.judging.table.width ?? '')
    this.reject(row, [{ code: 'wrong_column_count', line, value: String(cells.length), expected }])
  }

  private read(row: SourceRow): void {
    const judged = this.judge.judge(row)
    if (judged.is === 'rejected') return this.reject(row, judged.findings)
    this.ledger.take(judged.is, row)
    this.judging.taker[judged.is]?.({ line: row.line, values: judged.values, cells: row.cells })
  }

  private reject(row: SourceRow, findings: readonly Finding[]): void {
    for (const finding of findings) this.judging.report(finding)
    this.ledger.take('rejected', row)
    const { line, lines, cells } = row
    this.judging.taker.rejected?.({ line, lines, cells, findings })
  }
}
