import type { ColumnKind } from '../../../schemas/column-kinds.ts'
import { isDimension, leafOf } from '../../support/canonical-cells.ts'

/**
 * What a value says, as JSON of texts that PostgreSQL itself makes by its functions, never of the text that it prints of the
 * whole: so that what we read out of that text is compared with something else.
 */
export function canonicalSql(value: string, type: ColumnKind, depth = 0): string {
  if (type.kind === 'array') return unlessNull(value, arraySql(value, type.items.type, depth))
  if (type.kind === 'range') return unlessNull(value, rangeSql(value, type.bound))
  return `to_json(${leafSql(value, type.kind)})`
}

const unlessNull = (value: string, sql: string): string => `CASE WHEN ${value} IS NOT NULL THEN ${sql} END`

function leafSql(value: string, kind: ColumnKind['kind']): string {
  if (kind === 'date') return `to_char(${value}, 'YYYY-MM-DD')`
  if (kind === 'timestamp' || kind === 'local-timestamp')
    return `to_char(${value}, 'YYYY-MM-DD HH24:MI:SS.US')`
  if (kind === 'time') return `(extract(epoch FROM ${value}) * 1000000)::bigint::text`
  if (kind === 'interval')
    return `CASE WHEN isfinite(${value}) THEN (extract(year FROM ${value}) * 12 + extract(month FROM ${value}))::bigint || ' ' || extract(day FROM ${value})::bigint
      || ' ' || (extract(hour FROM ${value}) * 3600000000 + extract(minute FROM ${value}) * 60000000 + extract(microseconds FROM ${value}))::bigint END`
  if (kind === 'string')
    return `(SELECT CASE WHEN ${value}::text IS NULL THEN NULL WHEN pg_typeof(${value}) = 'inet'::regtype THEN abbrev(${value}::text::inet) ELSE textof END
      FROM (SELECT format('%s', ${value}) AS textof) f)`
  return `${value}::text`
}

/** Elements in the order of the array, whatever its dimensions, as one list. */
function arraySql(value: string, items: ColumnKind, depth: number): string {
  const leaf = leafOf(items)
  const one = `u${depth}.x`
  return `(SELECT coalesce(json_agg(CASE WHEN ${one} IS NULL THEN NULL ELSE ${canonicalSql(one, leaf, depth + 1)} END ORDER BY u${depth}.n), '[]'::json)
    FROM (SELECT x, row_number() OVER () AS n FROM (SELECT unnest(${value}) AS x) AS each) AS u${depth})`
}

const rangeSql = (value: string, bound: ColumnKind): string =>
  `json_build_object('lower', ${canonicalSql(`lower(${value})`, bound)}, 'upper', ${canonicalSql(`upper(${value})`, bound)},
    'lower_inclusive', lower_inc(${value})::text, 'upper_inclusive', upper_inc(${value})::text, 'empty', isempty(${value})::text)`

/** Whether docs/types.md says that such a value is set aside, in SQL; the declaration of what may differ. */
export function setAsideSql(value: string, type: ColumnKind, depth = 0): string {
  switch (type.kind) {
    case 'double':
      return `${value}::text IN ('NaN', 'Infinity', '-Infinity')`
    case 'decimal':
      return `${value}::text = 'NaN'`
    case 'date':
      return `NOT isfinite(${value}) OR ${value} < '0001-01-01' OR ${value} > '9999-12-31'`
    case 'timestamp':
    case 'local-timestamp':
      return `NOT isfinite(${value}) OR ${value} < '1828-01-01' OR ${value} >= '2255-01-01'`
    case 'interval':
      return `NOT isfinite(${value})`
    case 'json':
      // Half a character, which is an escape behind an even number of backslashes.
      return `${value}::text ~ '(^|[^\\\\])(\\\\\\\\)*\\\\ud800' AND ${value}::text !~ 'ud83d'`
    case 'array':
      return arraySetAside(value, type.items.type, depth)
    case 'range':
      return `coalesce(${setAsideSql(`lower(${value})`, type.bound)}, false) OR coalesce(${setAsideSql(`upper(${value})`, type.bound)}, false)`
    default:
      return 'false'
  }
}

function arraySetAside(value: string, items: ColumnKind, depth: number): string {
  const one = `u${depth}.x`
  const within = `EXISTS (SELECT FROM (SELECT unnest(${value}) AS x) AS u${depth} WHERE ${one} IS NOT NULL AND (${setAsideSql(one, leafOf(items), depth + 1)}))`
  const dimensions = dimensionsOf(items)
  // A multirange is a list of ranges and has neither dimensions nor bounds.
  return items.kind === 'range'
    ? `${within} OR CASE WHEN pg_typeof(${value})::text LIKE '%[]' THEN ${shape(`${value}::text::text[]`, dimensions)} ELSE false END`
    : `${within} OR ${shape(value, dimensions)}`
}

const shape = (value: string, dimensions: number): string =>
  `coalesce(array_ndims(${value}) <> ${dimensions}, false) OR coalesce(array_lower(${value}, 1) <> 1, false)`

const dimensionsOf = (items: ColumnKind): number =>
  items.kind === 'array' && isDimension(items) ? 1 + dimensionsOf(items.items.type) : 1
