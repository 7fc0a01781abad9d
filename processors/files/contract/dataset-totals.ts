import type { GoodRow } from '../check/judge-table.ts'
import type { Plan } from '../check/plan.ts'
import type { Report } from '../report/finding.ts'
import type { RowRule } from './row-rules.ts'

/** Counts and sums over all good rows, as far as rules of the whole ask for them. */
export class DatasetTotals {
  private readonly rules: readonly RowRule[]
  private readonly plan: Plan
  private rows = 0
  private readonly sums = new Map<string, number>()
  private readonly distinct = new Map<string, Set<string>>()

  constructor(rules: readonly RowRule[], plan: Plan) {
    this.rules = rules
    this.plan = plan
    for (const name of rules.flatMap(({ names }) => names)) {
      if (name.startsWith('sum_')) this.sums.set(name.slice(4), 0)
      if (name.startsWith('distinct_')) this.distinct.set(name.slice(9), new Set())
    }
  }

  take({ values }: GoodRow): void {
    this.rows++
    if (this.sums.size + this.distinct.size === 0) return
    for (const [place, { target }] of this.plan.columns.entries()) {
      const value = values[place]
      if (value === null || value === undefined) continue
      const sum = this.sums.get(target)
      if (sum !== undefined) this.sums.set(target, sum + Number(value))
      this.distinct.get(target)?.add(value)
    }
  }

  /** Says which rules do not hold. */
  report(report: Report): void {
    for (const rule of this.rules) {
      const broken = rule.broken((name) => this.valueOf(name))
      if (broken !== null) report({ code: 'dataset_rule', rule: rule.text, value: broken })
    }
  }

  private valueOf(name: string): number | null {
    if (name === 'rows') return this.rows
    if (name.startsWith('sum_')) return this.sums.get(name.slice(4)) ?? null
    return this.distinct.get(name.slice(9))?.size ?? null
  }
}
