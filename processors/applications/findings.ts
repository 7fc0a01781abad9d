import { Rejection } from '../../runtime/pipeline.ts'
import type { Column } from '../../schemas/table.ts'
import type { QualityFinding } from '../../schemas/types/applications.ts'
import type { Rule } from '../clean-values.ts'

/** Cleans the fields of one record, and remembers what could not be taken as it was. */
export class Findings {
  readonly list: QualityFinding[] = []
  readonly #changedAt: number

  /** `changedAt`: when the record changed at the source, in microseconds. */
  constructor(changedAt: number) {
    this.#changedAt = changedAt
  }

  /** What a rule of cleaning makes of a field, such as `candidate.email`; null when it refuses, which is noted. */
  clean(field: string, value: string | null, rule: Rule): string | null {
    if (value === null) return null
    const result = rule(value, { column: columnOf(field), changedAt: this.#changedAt })
    if (!(result instanceof Rejection)) return typeof result === 'string' ? result : null
    this.note(field, result.reason, value)
    return null
  }

  note(field: string, reason: string, value: string | null): void {
    this.list.push({ field, reason, value })
  }
}

/** Rules name their reasons after a column: `candidate.email` gives `email_invalid`. */
const columnOf = (field: string): Column => ({
  name: field.slice(field.lastIndexOf('.') + 1),
  type: { kind: 'string' },
  nullable: true,
  pii: null,
  // What people typed into a form.
  isTidy: true,
  isBlankMissing: true
})
