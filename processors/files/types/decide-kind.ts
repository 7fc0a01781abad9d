import type { Tag } from './classify.ts'
import { hasDecimals } from './decimal-mark.ts'
import type { Kind } from './kinds.ts'
import type { Meaning } from './labels.ts'
import type { Tally } from './tally.ts'

/** How many values may be otherwise in a column that still is of a kind. */
const allowed = (of: number) => (of < 20 ? 0 : Math.max(1, Math.floor(of * 0.02)))

/** What values are, by all of them and by what the name of their column means. */
export function kindOf(tally: Tally, meaning: Meaning): Kind {
  if (tally.meant === 0) return 'text'
  const ask: Ask = {
    tally,
    meaning,
    fits: (count, of = tally.meant) => count > 0 && count >= of - allowed(of),
    share: (...tags) => tags.reduce((sum, tag) => sum + tally.count(tag), 0) / tally.meant
  }
  for (const step of [byLabel, byContent, byPeriod, byNumbers]) {
    const kind = step(ask)
    if (kind !== null) return kind
  }
  return byWords(ask) ?? 'text'
}

interface Ask {
  readonly tally: Tally
  readonly meaning: Meaning
  /** Whether so many values are nearly all. */
  readonly fits: (count: number, of?: number) => boolean
  /** The share of values with these tags, which exclude each other. */
  readonly share: (...tags: readonly Tag[]) => number
}

/** What values must show for a kind that the name says. */
const labelRules: Partial<Record<Kind, (ask: Ask) => boolean>> = {
  departement: ({ tally, fits }) => fits(tally.count('department')),
  region: ({ tally, fits }) => fits(tally.count('region')),
  commune: ({ tally, fits }) => fits(tally.count('commune')),
  code_postal: ({ share }) => share('postal') >= 0.8,
  siret: ({ share }) => share('fourteenDigits') >= 0.5 || share('destroyed') >= 0.5,
  siren: ({ share }) => share('nineDigits') >= 0.8,
  epci: ({ share }) => share('nineDigits') >= 0.8,
  year: ({ tally, fits }) => fits(tally.count('year')) || fits(tally.count('twoFigures')),
  telephone: ({ share }) => share('phone') >= 0.7,
  naf: ({ share }) => share('naf') >= 0.8,
  email: ({ share }) => share('email') >= 0.8,
  rna: ({ share }) => share('rna') >= 0.8,
  uai: ({ share }) => share('uai') >= 0.8,
  nuance: ({ tally, share }) => tally.longest <= 8 && share('number') < 0.5,
  tour: ({ tally, fits }) => fits(tally.count('digits')) && tally.longest === 1,
  latitude: ({ tally, fits }) => fits(tally.count('latitude') + tally.count('digits')),
  longitude: ({ tally, fits }) => fits(tally.count('longitude') + tally.count('digits'))
}

/** A kind that the name says and most values do not contradict. */
function byLabel(ask: Ask): Kind | null {
  const { kind } = ask.meaning
  if (kind === 'date') return dateByLabel(ask)
  return kind !== undefined && labelRules[kind]?.(ask) === true ? kind : null
}

function dateByLabel({ tally, fits, share }: Ask): Kind | null {
  if (fits(tally.count('compactDate')) || fits(tally.count('serialDate'))) return 'date'
  return share('date', 'impossibleDate') >= 0.7 ? dateKind(tally) : null
}

function dateKind(tally: Tally): Kind | null {
  if (tally.count('date') === 0) return null
  return tally.count('dateTime') * 2 > tally.count('date') ? 'timestamp' : 'date'
}

const certain = [
  ['email', 'email'],
  ['url', 'url'],
  ['uuid', 'uuid'],
  ['rna', 'rna'],
  ['uai', 'uai'],
  ['coordinates', 'coordinates'],
  ['phone', 'telephone']
] as const

/** A kind that values show by themselves, whatever the name. */
function byContent(ask: Ask): Kind | null {
  const { tally, fits } = ask
  for (const [tag, kind] of certain) if (fits(tally.count(tag))) return kind
  if (isSirets(ask)) return 'siret'
  if (tally.count('siren') >= 3 && fits(tally.count('siren'))) return 'siren'
  if (isDepartments(ask)) return 'departement'
  if (fits(tally.count('commune')) && tally.count('communeLetter') > 0) return 'commune'
  if (fits(tally.count('naf')) && tally.meant > 4) return 'naf'
  return fits(tally.count('date') + tally.count('impossibleDate')) ? dateKind(tally) : null
}

const isSirets = ({ tally, share }: Ask) =>
  tally.meant >= 3 && Math.max(share('fourteenDigits'), share('destroyed')) >= 0.8 && share('siret') > 0.5

/** Two figures are departments only where letters or many different ones say so, or they could be months. */
function isDepartments({ tally, fits }: Ask): boolean {
  if (!fits(tally.count('department'))) return false
  const letters = tally.count('departmentLetter')
  if (letters > 0) return letters < tally.meant || tally.values.size < 60
  return tally.count('departmentZero') > 0 && tally.values.size > 31
}

function byPeriod({ tally, fits }: Ask): Kind | null {
  const periods = tally.count('period')
  if (periods === 0) return null
  if (!fits(periods + tally.count('impossibleDate') + tally.count('date')))
    return fits(periods + tally.count('year')) ? 'period' : null
  const quarters = [...tally.values.keys()].filter((value) => /[TQ]|trim/i.test(value)).length
  return quarters * 2 > tally.values.size ? 'quarter' : 'month'
}

function byNumbers(ask: Ask): Kind | null {
  const { tally, meaning, fits, share } = ask
  const numbers = tally.count('number')
  const isMarked = tally.count('statusMark') > 0 && share('number') >= 0.4
  const marks = isMarked ? Math.max(0, tally.count('statusMark') - tally.count('marker')) : 0
  if (!fits(numbers + marks)) return null
  if (isCode(ask)) return 'code'
  if (fits(tally.count('percent'), numbers)) return 'percent'
  if (tally.count('money') * 2 > numbers) return 'money'
  if (hasDecimals(tally))
    return meaning.kind === 'percent' || meaning.kind === 'money' ? meaning.kind : 'decimal'
  return isYears(ask) ? 'year' : 'integer'
}

/** Years by content alone: few of them, close together, under a name that counts nothing. */
const isYears = ({ tally, meaning, fits }: Ask) =>
  fits(tally.count('year')) &&
  meaning.isCount !== true &&
  !tally.isManyValued &&
  tally.meant >= 3 &&
  [...tally.values.keys()].every((value) => Number(value) >= 1900 && Number(value) < 2060)

/** Figures that count nothing: a name says so, or zeros at the head. */
function isCode({ tally, meaning, share }: Ask): boolean {
  if (hasDecimals(tally) && share('digits') < 0.5) return false
  if (meaning.isCode === true) return true
  return tally.count('thousands') === 0 && share('leadingZero') > 0.02
}

function byWords(ask: Ask): Kind | null {
  const { tally, meaning, share } = ask
  const isShort = tally.longest <= 40 && tally.count('long') === 0
  if (isShort && isCodeWord(ask)) return 'code'
  if (meaning.isStatus === true && tally.count('statusMark') === tally.filled) return 'status'
  if (isYesNo(tally)) return 'boolean'
  return share('alnumCode') >= 0.98 && share('yearRange') < 0.5 && tally.longest <= 20 && !hasDecimals(tally)
    ? 'code'
    : null
}

const isCodeWord = ({ tally, meaning, share }: Ask) =>
  (meaning.isCode === true && share('alnumCode') > 0.5) ||
  (meaning.saysCode === true && ![...tally.values.keys()].some((value) => /\s/.test(value)))

const yesNo: readonly (readonly string[])[] = [
  ['oui', 'non'],
  ['vrai', 'faux'],
  ['true', 'false'],
  ['yes', 'no'],
  ['o', 'n']
]

const isYesNo = (tally: Tally) => {
  const values = [...new Set([...tally.values.keys()].map((value) => value.toLowerCase()))]
  return values.length === 2 && yesNo.some((pair) => values.every((value) => pair.includes(value)))
}
