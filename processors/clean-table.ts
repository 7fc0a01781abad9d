import { defineProcessor } from '../runtime/define.ts'
import { type AnyPipeline, Rejection } from '../runtime/pipeline.ts'
import type { Change, RawChange, RawRow } from '../schemas/change.ts'
import type { Column, Table } from '../schemas/table.ts'
import { topicsOf } from '../topics/catalogue.ts'
import { columnRule, keyRule, type Rule } from './clean-values.ts'
import { kindRule } from './nested-values.ts'

export interface CleanRules<Row> {
  /** Rules for columns whose type alone does not say enough. */
  readonly columns?: { readonly [C in keyof Row & string]?: Rule }
  /** Looks at a whole row of clean values; null when it makes sense. */
  readonly row?: (row: Row) => Rejection | null
}

/**
 * `clean-<table>`: from text as extracted to exact types, by the column's type or a rule of its own. A row that makes
 * no sense is rejected with a reason code, and what was clean of it is withdrawn; a delete passes, so that it can go.
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

/** A column and what is asked of its values. */
interface Ruled {
  readonly column: Column
  /** Whose text it is made of. */
  readonly source: string
  readonly rule: Rule
}

/** The cleaning itself, without a pipeline around it. */
export function cleaner<Row>(table: Table<Row>, rules: CleanRules<Row> = {}) {
  const ownRules: Readonly<Record<string, Rule | undefined>> = rules.columns ?? {}
  const columns = table.columns.map((column) => {
    const rule = ownRules[column.name] ?? kindRule(column.type)
    return {
      column,
      source: column.of ?? column.name,
      rule: table.key.includes(column.name) ? keyRule(column, rule) : columnRule(column, rule)
    }
  })
  const keyColumns = columns.filter(({ column }) => table.key.includes(column.name))
  return (change: RawChange): Change<Row> | Rejection => {
    const isDelete = change.after === null
    const raw = isDelete ? change.before : change.after
    const found: Rejection[] = []
    const row = cleanRow(raw ?? {}, { columns: isDelete ? keyColumns : columns, change, found })
    // Every column has been given a value of its kind; the loop over them cannot tell the compiler so.
    const odd = found.length > 0 || isDelete ? null : rules.row?.(row as Row)
    if (odd) found.push(odd)
    if (found.length > 0) return setAside(change, found, keyOf(row, keyColumns))
    if (isDelete) return { ...change, before: row as Partial<Row>, after: null }
    return { ...change, before: null, after: row as Row }
  }
}

/**
 * A row that makes no sense, with all that is wrong with it. What was clean of its key before is no longer so at the
 * source, and we do not know whether there was any: it is withdrawn, which is a delete with a reason. Not so where the key
 * itself is none, since nothing was ever clean of it.
 */
function setAside(change: RawChange, found: readonly Rejection[], key: object | null): Rejection {
  const [{ reason, field } = { reason: '', field: '' }] = found
  const reasons = found.map((one) => one.reason)
  if (key === null || change.after === null) return new Rejection(reason, field, { reasons })
  // No row's hash, or a repair of the rules could not tell its clean version from this.
  const source = { ...change.source, row_hash: 0 }
  const withdrawn = reasons.join(', ')
  const instead: Change<object> = { ...change, before: key, after: null, op: 'd', source, withdrawn }
  return new Rejection(reason, field, { reasons, instead })
}

/** The clean key of a row; null when a part of it is not clean. */
function keyOf(row: Readonly<Record<string, unknown>>, columns: readonly Ruled[]): object | null {
  const names = columns.map(({ column }) => column.name)
  return names.every((name) => name in row)
    ? Object.fromEntries(names.map((name) => [name, row[name]]))
    : null
}

/** The values that are clean; why the others are not is added to `found`. */
function cleanRow(
  raw: RawRow,
  { columns, change, found }: { columns: readonly Ruled[]; change: RawChange; found: Rejection[] }
): Readonly<Record<string, unknown>> {
  const row: Record<string, unknown> = {}
  const changedAt = change.source.ts_us
  for (const { column, source, rule } of columns) {
    const text = raw[source] ?? null
    const value = text === null ? null : rule(text, { column, changedAt })
    if (value instanceof Rejection) found.push(value)
    else if (value === null && !column.nullable)
      found.push(new Rejection(`${column.name}_missing`, column.name))
    else row[column.name] = value
  }
  return row
}
