import type { ColumnKind } from '../../schemas/column-kinds.ts'
import { intervalParts } from '../../schemas/interval.ts'

/** Whether an array within an array is another dimension of it; a multirange within one is a value of its own. */
export const isDimension = (type: ColumnKind): boolean =>
  type.kind === 'array' && type.items.type.kind !== 'range'

/** What a clean value says, as JSON of texts; arrays of several dimensions as one list. */
export function canonicalClean(value: unknown, type: ColumnKind): unknown {
  if (value === null || value === undefined) return null
  if (type.kind === 'array')
    return (value as unknown[]).flatMap((one) =>
      isDimension(type.items.type)
        ? (canonicalClean(one, type.items.type) as unknown[])
        : [canonicalClean(one, type.items.type)]
    )
  if (type.kind === 'map')
    return (value as { key: unknown; value: unknown }[]).map((entry) => [
      canonicalClean(entry.key, type.key),
      canonicalClean(entry.value, type.value.type)
    ])
  if (type.kind === 'range') {
    const { lower, upper, ...flags } = value as Record<string, unknown>
    return {
      lower: canonicalClean(lower, type.bound),
      upper: canonicalClean(upper, type.bound),
      ...Object.fromEntries(Object.entries(flags).map(([name, flag]) => [name, String(flag)]))
    }
  }
  return leaf(value, type.kind)
}

/** Numbers in place of their texts, of which two programs have two, 5e-324 and 4.94e-324; zero has no sign (docs/types.md). */
export function sameDoubles(canonical: unknown, type: ColumnKind): unknown {
  if (canonical === null) return null
  const list = (inner: ColumnKind) => (canonical as unknown[]).map((one) => sameDoubles(one, inner))
  if (type.kind === 'array') return list(isDimension(type.items.type) ? leafOf(type) : type.items.type)
  if (type.kind === 'map')
    return (canonical as [unknown, unknown][]).map(([key, value]) => [
      sameDoubles(key, type.key),
      sameDoubles(value, type.value.type)
    ])
  if (type.kind === 'range') {
    const { lower, upper, ...flags } = canonical as Record<string, unknown>
    return { lower: sameDoubles(lower, type.bound), upper: sameDoubles(upper, type.bound), ...flags }
  }
  // DuckDB's dictionaries have one zero.
  return type.kind === 'double' ? Number(canonical) + 0 : canonical
}

/** What is in an array, whatever its dimensions. */
export const leafOf = (type: ColumnKind): ColumnKind =>
  type.kind === 'array' && type.items.type.kind !== 'range' ? leafOf(type.items.type) : type

const dayMs = 86_400_000

function leaf(value: unknown, kind: ColumnKind['kind']): string {
  if (kind === 'date') return new Date((value as number) * dayMs).toISOString().slice(0, 10)
  if (kind === 'timestamp' || kind === 'local-timestamp') {
    const micros = value as number
    const second = Math.floor(micros / 1_000_000)
    const text = new Date(second * 1000).toISOString().slice(0, 19).replace('T', ' ')
    return `${text}.${String(micros - second * 1_000_000).padStart(6, '0')}`
  }
  if (kind !== 'interval') return Object.is(value, -0) ? '-0' : String(value)
  const { months, days, micros } = intervalParts(String(value)) ?? {}
  return `${months} ${days} ${micros}`
}

/** SQL of the same of a column of a view, as JSON text; null of NULL. */
export function canonicalDuck(column: string, type: ColumnKind): string {
  return `CASE WHEN ${column} IS NULL THEN 'null' ELSE to_json(${duck(column, type, 0)})::VARCHAR END`
}

function duck(value: string, type: ColumnKind, depth: number): string {
  const one = `x${depth}`
  if (type.kind === 'array') {
    const inner = `[${duck(one, type.items.type, depth + 1)} FOR ${one} IN ${value}]`
    return isDimension(type.items.type) ? `flatten(${inner})` : inner
  }
  if (type.kind === 'map')
    return `[[to_json(${duck(`${one}.key`, type.key, depth + 1)}), to_json(${duck(`${one}.value`, type.value.type, depth + 1)})] FOR ${one} IN map_entries(${value})]`
  if (type.kind === 'range') {
    const flags = ['lower_inclusive', 'upper_inclusive', 'empty'].map(
      (name) => `'${name}': ${value}.${name}::VARCHAR`
    )
    return `CASE WHEN ${value} IS NULL THEN NULL ELSE {'lower': ${duck(`${value}.lower`, type.bound, depth)}, 'upper': ${duck(`${value}.upper`, type.bound, depth)}, ${flags.join(', ')}} END`
  }
  if (type.kind === 'date') return `strftime(${value}, '%Y-%m-%d')`
  if (type.kind === 'timestamp' || type.kind === 'local-timestamp')
    return `strftime(${value}, '%Y-%m-%d %H:%M:%S.%f')`
  if (type.kind === 'time') return `epoch_us(${value})::VARCHAR`
  if (type.kind === 'interval')
    return `CASE WHEN ${value} IS NOT NULL THEN concat_ws(' ', datepart('year', ${value}) * 12 + datepart('month', ${value}), datepart('day', ${value}),
      datepart('hour', ${value})::HUGEINT * 3600000000 + datepart('minute', ${value}) * 60000000 + datepart('microseconds', ${value})) END`
  return `${value}::VARCHAR`
}
