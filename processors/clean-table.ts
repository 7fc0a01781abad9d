import { defineProcessor } from '../runtime/define.ts'
import { type AnyPipeline, Rejection } from '../runtime/pipeline.ts'
import type { Change, RawChange, RawRow } from '../schemas/change.ts'
import type { Column, Table } from '../schemas/table.ts'
import { topicsOf } from '../topics/catalogue.ts'
import { type Rule, keyRule, ruleOfKind } from './clean-values.ts'

export interface CleanRules<Row> {
  /** Rules for columns whose type alone does not say enough. */
  readonly columns?: { readonly [C in keyof Row & string]?: Rule }
  /** Looks at a whole row of clean values; null when it makes sense. */
  readonly row?: (row: Row) => Rejection | null
}

/**
 * `clean-<table>`: from text as extracted to exact types, by the column's type or a rule of its own. A row that makes
 * no sense is rejected with a reason code; a delete passes, so that what was clean once can go.
 */
export function cleanTable<Row>(table: Table<Row>, rules: CleanRules<Row> = {}): AnyPipeline {
  const { changes, clean, rejects } = topicsOf(table)
  return defineProcessor({
    name: `clean-${table.name}`,
    from: changes,
    process: cleaner(table, rules),
    to: clean,
    rejects
  })
}

/** The cleaning itself, without a pipeline around it. */
export function cleaner<Row>(table: Table<Row>, rules: CleanRules<Row> = {}) {
  const ownRules: Readonly<Record<string, Rule | undefined>> = rules.columns ?? {}
  const columns = table.columns.map((column) => {
    const rule = ownRules[column.name] ?? ruleOfKind[column.type.kind]
    return { column, rule: table.key.includes(column.name) ? keyRule(column, ownRules[column.name]) : rule }
  })
  const keyColumns = columns.filter(({ column }) => table.key.includes(column.name))
  return (change: RawChange): Change<Row> | Rejection => {
    const isDelete = change.after === null
    const raw = isDelete ? change.before : change.after
    const row = cleanRow(raw ?? {}, isDelete ? keyColumns : columns, change.source.ts_us)
    if (row instanceof Rejection) return row
    // Every column has been given a value of its kind; the loop over them cannot tell the compiler so.
    if (isDelete) return { ...change, before: row as Partial<Row>, after: null }
    return rules.row?.(row as Row) ?? { ...change, before: null, after: row as Row }
  }
}

function cleanRow(
  raw: RawRow,
  columns: readonly { readonly column: Column; readonly rule: Rule }[],
  changedAt: number
): Readonly<Record<string, unknown>> | Rejection {
  const row: Record<string, unknown> = {}
  for (const { column, rule } of columns) {
    const text = raw[column.name] ?? null
    const value = text === null ? null : rule(text, { column, changedAt })
    if (value instanceof Rejection) return value
    if (value === null && !column.nullable) return new Rejection(`${column.name}_missing`, column.name)
    row[column.name] = value
  }
  return row
}
