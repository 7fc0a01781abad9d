/** An amount as people write it: digits, groups of three behind a space, a point or a comma, decimals, thousands. */
const digits = String.raw`(?:\d{1,3}(?:[\s.,]\d{3})+(?:[.,]\d{1,2})?|\d+(?:[.,]\d+)?)(?!\d)`
const times = String.raw`(?:\s?(?:k|mille|thousand|millions?)(?!\p{L})|M(?!\p{L}))`
const amount = `${digits}${times}?`
const amounts = new RegExp(`(${digits})(${times})?`, 'gu')
/** What stands between the two ends of a range, and nothing but a currency besides. */
const range = /^[^\d]{0,20}?(?:[-–—]|(?<!\p{L})(?:à|a|to|et|and)(?!\p{L}))[^\d]{0,5}$/iu
const offered = new RegExp(
  String.raw`(?:salaire|rémunération|remuneration|salary)\D{0,40}?(${amount}(?:\s*(?:-|–|à|to)\s*${amount})?)`,
  'iu'
)

/** The salary a candidate expects, the middle of a range; null when the JSON text tells none, or not which. */
export function expectedSalary(json: string | null): number | null {
  if (json === null) return null
  return middleOf(amountsIn(JSON.parse(json)))
}

/** The salary that the text of an offer names, the middle of a range; null when it names none. */
export function offeredSalary(text: string | null): number | null {
  const match = offered.exec(text ?? '')
  return match ? middleOf(amountsIn(match[1])) : null
}

/** One amount, or the ends of a range; anything else tells no salary. */
function middleOf(found: readonly number[]): number | null {
  const [low, high = low] = found
  if (low === undefined || high === undefined || found.length > 2 || high < low) return null
  return (low + high) / 2
}

/** What an amount is called in an object, one after the other: the first of these that it has are taken, and no others. */
const names: readonly (readonly string[])[] = [
  ['min', 'max'],
  ['minimum', 'maximum'],
  ['from', 'to'],
  ['amount'],
  ['montant'],
  ['value'],
  ['valeur'],
  ['salary'],
  ['salaire'],
  ['expected']
]

function amountsIn(value: unknown): readonly number[] {
  if (typeof value === 'number') return value > 0 ? [value] : []
  if (typeof value === 'string') return amountsInText(value)
  if (typeof value !== 'object' || value === null) return []
  if (Array.isArray(value)) return value.flatMap(amountsIn)
  const object = value as Readonly<Record<string, unknown>>
  const named = names.find((keys) => keys.some((key) => key in object))
  // Where nothing is named, a single amount can be meant only.
  const found = (named ?? Object.keys(object)).flatMap((key) => amountsIn(object[key]))
  return named || found.length === 1 ? found : []
}

/** One amount, or two that are a range: `500 000 sur 12 mois` tells none. */
function amountsInText(text: string): readonly number[] {
  const found = [...text.matchAll(amounts)]
  const [first, second] = found
  if (!first) return []
  if (!second) return [numberOf(first[1], first[2])]
  const between = text.slice(first.index + first[0].length, second.index)
  if (found.length > 2 || !range.test(between)) return []
  const high = numberOf(second[1], second[2])
  const low = numberOf(first[1], first[2])
  // `800-900k`: both are thousands.
  return [first[2] || low * timesOf(second[2]) > high ? low : numberOf(first[1], second[2]), high]
}

function timesOf(unit: string | undefined): number {
  const word = unit?.trim().toLowerCase() ?? ''
  if (word === '') return 1
  return word === 'm' || word.startsWith('million') ? 1_000_000 : 1000
}

/** The last sign is a decimal one unless three digits follow it: groups of three are thousands. */
function numberOf(text = '', unit: string | undefined): number {
  const [, whole = text, decimals = ''] = /^(.*?)(?:[.,](\d{1,2}|\d{4,}))?$/u.exec(text) ?? []
  const exact = `${whole.replaceAll(/[\s.,]/gu, '')}.${decimals || '0'}`
  return Number((Number(exact) * timesOf(unit)).toFixed(2))
}
