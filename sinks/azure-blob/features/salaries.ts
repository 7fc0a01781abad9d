/** An amount as people write it: digits, groups of three behind a space, a point or a comma. */
const amount = String.raw`\d{1,3}(?:[\s.,]\d{3})+|\d+(?:[.,]\d+)?`
const amounts = new RegExp(amount, 'gu')
const offered = new RegExp(
  String.raw`(?:salaire|rémunération|remuneration|salary)\D{0,40}?((?:${amount})(?:\s*(?:-|–|à|to)\s*(?:${amount}))?)`,
  'iu'
)

/** The salary a candidate expects, the middle of a range; null when the JSON text tells none. */
export function expectedSalary(json: string | null): number | null {
  if (json === null) return null
  return middleOf(amountsIn(JSON.parse(json)))
}

/** The salary that the text of an offer names, the middle of a range; null when it names none. */
export function offeredSalary(text: string | null): number | null {
  const match = offered.exec(text ?? '')
  return match ? middleOf(amountsIn(match[1])) : null
}

const middleOf = ([low, high = low]: readonly number[]) =>
  low === undefined || high === undefined ? null : (low + high) / 2

/** The first two amounts in a number, a text, a list or the values of an object. */
function amountsIn(value: unknown): readonly number[] {
  if (typeof value === 'number') return value > 0 ? [value] : []
  if (typeof value === 'string') return (value.match(amounts) ?? []).map(numberOf).slice(0, 2)
  if (typeof value !== 'object' || value === null) return []
  return Object.values(value).flatMap(amountsIn).slice(0, 2)
}

const numberOf = (text: string) => Number(text.replaceAll(/[\s.,](?=\d{3})/gu, '').replace(',', '.'))
