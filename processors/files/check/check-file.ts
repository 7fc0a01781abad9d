import type { Contract } from '../contract/contract.ts'
import { DatasetTotals } from '../contract/dataset-totals.ts'
import type { Match } from '../contract/match.ts'
import { namedReading } from '../contract/match.ts'
import type { Source } from '../identify/open-source.ts'
import { openSource } from '../identify/open-source.ts'
import { FileRefused } from '../refusal.ts'
import { levelOf } from '../report/catalogue.ts'
import { Findings } from '../report/findings.ts'
import { type Layout, layoutOf } from '../table/layout.ts'
import { openTable, type TableHints } from '../table/open-table.ts'
import type { Table } from '../table/table.ts'
import { type Scan, scan } from '../text/scan.ts'
import { chooseContract, choosePlan, nameOf } from './choose-plan.ts'
import { noteMismatch } from './extension.ts'
import { judgeTable, type RowTaker } from './judge-table.ts'
import type { LineLedger } from './line-ledger.ts'
import type { Plan } from './plan.ts'
import { type Profile, profileOf } from './profile.ts'
import { type CheckedColumn, type CheckResult, refusedResult, type Verdict } from './result.ts'

/** How far a check has come: bytes of the first look, then lines of the two that read. */
export interface Progress {
  readonly stage: 'scanning' | 'profiling' | 'judging'
  readonly done: number
  /** How much there is in all, where it is known. */
  readonly of: number | null
}

export interface CheckOptions {
  readonly hints?: TableHints
  /** What is known of datasets; without any, a file is read by what it shows. */
  readonly contracts?: readonly Contract[]
  /** The theme that the file is dropped under. */
  readonly theme?: string
  readonly taker?: RowTaker
  readonly progress?: (progress: Progress) => void
  /** The name of a file that had this content before, by its hash. */
  readonly sameContent?: (sha256: string) => string | undefined
}

/** Reads a file whole and says everything of it. The findings are the caller's to close. */
export async function checkFile(path: string, options: CheckOptions = {}): Promise<CheckResult> {
  const findings = new Findings()
  const check = new Check(path, options, findings)
  try {
    return await check.run()
  } catch (error) {
    if (!(error instanceof FileRefused)) {
      findings.close()
      throw error
    }
    findings.add(error.finding)
    return refusedResult(check.soFar(), findings)
  }
}

class Check {
  private readonly path: string
  private readonly options: CheckOptions
  private readonly findings: Findings
  private source: Source | null = null
  private scanned: Scan | null = null
  private table: Table | null = null

  constructor(path: string, options: CheckOptions, findings: Findings) {
    this.path = path
    this.options = options
    this.findings = findings
  }

  soFar() {
    return { path: this.path, source: this.source, scan: this.scanned, table: this.table }
  }

  async run(): Promise<CheckResult> {
    const report = this.findings.add
    const source = await openSource(this.path, report)
    this.source = source
    this.scanned = await scan(source.content.open(), (done) => this.tell('scanning', done, source.bytes))
    const same = this.options.sameContent?.(this.scanned.sha256)
    if (same !== undefined) throw new FileRefused({ code: 'same_content_as', value: same })
    noteMismatch(this.path, source, report)
    const { contracts = [], theme } = this.options
    const hints = { ...namedReading(contracts, source.name), ...this.options.hints }
    const table = await openTable(source, this.scanned, { report, hints })
    this.table = table
    const layout = await layoutOf(table, hints.headerLine)
    if (layout === null) throw new FileRefused({ code: table.physicalLines === 0 ? 'no_rows' : 'no_header' })
    const match = chooseContract(layout, { contracts, theme, fileName: source.name, report })
    return this.read(table, layout, match)
  }

  private async read(table: Table, layout: Layout, match: Match | null): Promise<CheckResult> {
    const report = this.findings.add
    const profile = await profileOf(table, layout, (line) =>
      this.tell('profiling', line, table.physicalLines)
    )
    if (profile.dataRows === 0) throw new FileRefused({ code: 'no_rows' })
    const plan = choosePlan(table, layout, { profile, match, report })
    const totals = new DatasetTotals(match?.contract.datasetRules ?? [], plan)
    const { taker = {} } = this.options
    taker.start?.(plan, { contract: match?.contract ?? null, columns: layout.columns })
    this.noteLayout(layout, profile)
    const ledger = await judgeTable({
      table,
      layout,
      profile,
      plan,
      report,
      taker: {
        ...taker,
        good(row) {
          totals.take(row)
          taker.good?.(row)
        }
      },
      progress: (line) => this.tell('judging', line, table.physicalLines)
    })
    totals.report(report)
    this.noteEnd(ledger, table, plan)
    return this.resultOf({ table, layout, profile, plan, ledger, match })
  }

  private noteLayout(
    { titleLines, renamed, headerLines, isDoubled }: Layout,
    { strayQuotes }: Profile
  ): void {
    const report = this.findings.add
    if (titleLines.length > 0) report({ code: 'preamble', count: titleLines.length, lines: titleLines })
    for (const { from, to } of renamed) report({ code: 'duplicate_column_name', value: from, expected: to })
    if (isDoubled) report({ code: 'header_of_two_lines', line: headerLines.at(-1) ?? 1, count: 1 })
    if (strayQuotes.count > 0)
      report({ code: 'stray_quotes', count: strayQuotes.count, line: strayQuotes.line })
  }

  private noteEnd(ledger: LineLedger, table: Table, plan: Plan): void {
    const report = this.findings.add
    const { footerLines, rows } = ledger
    if (footerLines.length > 0) report({ code: 'footer', count: footerLines.length, lines: footerLines })
    if (ledger.total !== table.physicalLines)
      report({ code: 'lines_disagree', value: String(ledger.total), expected: String(table.physicalLines) })
    const most = Math.max(1, Math.floor((rows.good + rows.rejected) * plan.errorBudget))
    if (rows.rejected > most || rows.good === 0)
      report({ code: 'error_budget', value: String(rows.rejected), expected: String(most) })
  }

  private resultOf(read: {
    table: Table
    layout: Layout
    profile: Profile
    plan: Plan
    ledger: LineLedger
    match: Match | null
  }): CheckResult {
    const { table, layout, profile, plan, ledger } = read
    const columns = plan.columns.map(
      ({ column, target, type }): CheckedColumn => ({
        name: column.name,
        target,
        ...(column.alias !== undefined && { alias: column.alias }),
        type,
        filled: profile.tallies[column.index]?.filled ?? 0
      })
    )
    return {
      ...this.soFar(),
      table,
      dataset: read.match === null ? null : nameOf(read.match),
      verdict: this.verdict(),
      headerLines: layout.headerLines,
      evidence: { ...table.evidence, header: layout.evidence },
      columns,
      lines: { physical: table.physicalLines, ...ledger.lines },
      rows: ledger.rows,
      findings: this.findings
    }
  }

  private verdict(): Verdict {
    const levels = new Set([...this.findings.byCode.keys()].map(levelOf))
    if (levels.has('file')) return 'reject'
    return levels.has('row') || levels.has('aside') ? 'accept_with_rejects' : 'accept'
  }

  private tell(stage: Progress['stage'], done: number, of: number | null): void {
    this.options.progress?.({ stage, done, of })
  }
}
