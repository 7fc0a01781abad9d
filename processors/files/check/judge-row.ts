import type { Finding, Report } from '../report/finding.ts'
import type { SourceRow } from '../table/table.ts'
import { trimmed } from '../types/fold.ts'
import { hashOf, SeenKeys, SeenRows } from './seen-rows.ts'
import type { Plan, PlannedColumn } from './plan.ts'

/** What became of a row whose cells were read. */
export type Judged =
  | { readonly is: 'good' | 'repeated'; readonly values: readonly (string | null)[] }
  | { readonly is: 'rejected'; readonly findings: readonly Finding[] }

/** Reads the cells of rows by a plan, and says of each everything that is wrong with it. */
export class RowJudge {
  private readonly plan: Plan
  private readonly report: Report
  private readonly keys = new SeenKeys()
  private readonly rows = new SeenRows()

  constructor(plan: Plan, report: Report) {
    this.plan = plan
    this.report = report
  }

  judge({ line, cells }: SourceRow): Judged {
    const findings: Finding[] = []
    const values = this.plan.columns.map((planned) => this.valueOf(planned, { line, cells, findings }))
    this.checkRules(values, line, findings)
    if (findings.length > 0) return { is: 'rejected', findings }
    return this.repeated(values, line) ?? { is: 'good', values }
  }

  private valueOf(planned: PlannedColumn, { line, cells, findings }: Reading): string | null {
    const { column, read } = planned
    const cell = cells[column.index] ?? ''
    const { value, problem, note, detail } = read(cell)
    const about = { line, column: column.name, value: trimmed(cell) }
    if (problem !== undefined) findings.push({ code: problem, ...about, expected: planned.type.kind })
    if (note !== undefined)
      this.report({
        code: note,
        ...about,
        ...(value !== null && { expected: value }),
        ...(detail !== undefined && { values: [detail] })
      })
    if (problem !== undefined) return null
    if (value === null && planned.isRequired && note !== 'identifier_destroyed')
      findings.push({ code: 'required_value', line, column: column.name })
    if (value !== null) checkValue(planned, value, { line, findings })
    return value
  }

  private checkRules(values: readonly (string | null)[], line: number, findings: Finding[]): void {
    for (const rule of this.plan.rules) {
      const broken = rule.broken((name) => this.numberOf(name, values))
      if (broken !== null) findings.push({ code: 'row_rule', line, rule: rule.text, value: broken })
    }
  }

  private numberOf(name: string, values: readonly (string | null)[]): number | null {
    if (name === '*') return this.sumOfOpen(values)
    const at = this.plan.columns.findIndex(({ target }) => target === name)
    const value = values[at]
    return value === undefined || value === null ? null : Number(value)
  }

  private sumOfOpen(values: readonly (string | null)[]): number | null {
    const open = values.filter((_, place) => this.plan.columns[place]?.isOpen === true)
    return open.length === 0 ? null : open.reduce((sum, value) => sum + Number(value ?? 0), 0)
  }

  /** A row that was here before: exactly, it is counted once; with the same key and other values, it is wrong. */
  private repeated(values: readonly (string | null)[], line: number): Judged | null {
    const content = hashOf(values)
    const { key, columns } = this.plan
    if (key.length === 0) {
      if (this.rows.has(content)) this.report({ code: 'duplicate_row', line })
      return null
    }
    const text = key.map((place) => values[place] ?? '').join('\u001f')
    const known = this.keys.seen(text, { line, content })
    if (known === null) return null
    if (known.content === content) {
      this.report({ code: 'duplicate_row', line, kind: 'left_out' })
      return { is: 'repeated', values }
    }
    const rule = key.map((place) => columns[place]?.target ?? '').join(', ')
    const value = key.map((place) => values[place] ?? '').join(', ')
    return {
      is: 'rejected',
      findings: [{ code: 'duplicate_key', line, rule, value, expected: String(known.line) }]
    }
  }
}

interface Reading {
  readonly line: number
  readonly cells: readonly string[]
  readonly findings: Finding[]
}

function checkValue(planned: PlannedColumn, value: string, { line, findings }: Omit<Reading, 'cells'>): void {
  const { column, codes } = planned
  const about = { line, column: column.name, value }
  if (codes !== null && !codes.has(value))
    findings.push({ code: 'unknown_code', ...about, expected: listed(codes) })
  if (isOutside(planned, value))
    findings.push({
      code: 'out_of_range',
      ...about,
      expected: `${planned.min ?? '…'} – ${planned.max ?? '…'}`
    })
}

/** Of dates the year counts. */
function isOutside({ min, max }: PlannedColumn, value: string): boolean {
  if (min === null && max === null) return false
  const number = Number(/^\d{4}-/.test(value) ? value.slice(0, 4) : value)
  return (min !== null && number < min) || (max !== null && number > max)
}

const listed = (codes: ReadonlySet<string>) =>
  codes.size > 12 ? `${[...codes].slice(0, 12).join(', ')} …` : [...codes].join(', ')
