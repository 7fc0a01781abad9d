import type { DecimalMark } from './numbers.ts'
import type { Tally } from './tally.ts'

/**
 * The decimal mark of a column: what is certain decides; three figures after one sign are thousands if nothing larger is
 * written without.
 */
export function markOf(tally: Tally): DecimalMark {
  const [comma, point] = [tally.count('commaDecimal'), tally.count('pointDecimal')]
  if (comma !== point) return comma > point ? ',' : '.'
  const isGrouped = tally.count('big') === 0 && tally.count('small') > 0
  if (tally.count('commaThree') > tally.count('pointThree')) return isGrouped ? '.' : ','
  return isGrouped || tally.count('pointThree') === 0 ? ',' : '.'
}

/** Whether a column has figures after its decimal mark. */
export const hasDecimals = (tally: Tally): boolean =>
  tally.count('commaDecimal') + tally.count('pointDecimal') > 0 ||
  (markOf(tally) === ',' ? tally.count('commaThree') > 0 : tally.count('pointThree') > 0)
