import { readDate, readPeriod } from './dates.ts'
import { bare, isDestroyed, isRna, isUai, sirenOf, siretOf } from './identifiers.ts'
import { isMissingMarker, isNoDate, isStatusMark } from './missing.ts'
import { readNumber } from './numbers.ts'
import { communeOf, departmentOf, postalOf, regionOf } from './places.ts'

/** Everything that is noted of a cell, before anybody knows what its column is. */
export type Tag = (typeof tags)[number]

const tags = [
  'blank',
  'marker',
  'statusMark',
  'noDate',
  'number',
  'whole',
  'digits',
  'leadingZero',
  'commaDecimal',
  'pointDecimal',
  'commaThree',
  'pointThree',
  'thousands',
  'percent',
  'money',
  'negative',
  'big',
  'small',
  'year',
  'twoFigures',
  'department',
  'departmentZero',
  'departmentLetter',
  'region',
  'commune',
  'communeLetter',
  'postal',
  'siren',
  'siret',
  'nineDigits',
  'fourteenDigits',
  'destroyed',
  'rna',
  'uai',
  'naf',
  'phone',
  'phoneShape',
  'date',
  'dateTime',
  'impossibleDate',
  'secondOver12',
  'firstOver12',
  'period',
  'yearRange',
  'compactDate',
  'serialDate',
  'email',
  'url',
  'uuid',
  'boolean',
  'coordinates',
  'latitude',
  'longitude',
  'alnumCode',
  'text',
  'long'
] as const

/** What can be said of a cell's text. */
export function tagsOf(text: string): readonly Tag[] {
  if (text === '') return ['blank']
  const found: Tag[] = []
  if (isMissingMarker(text)) found.push('marker')
  if (isNoDate(text)) found.push('noDate')
  if (isStatusMark(text)) found.push('statusMark')
  if (/^\d+$/.test(text)) found.push(...passing(text, digitRules))
  else if (/^[\s(+\-−–€]*[\d.,]/.test(text)) figureTags(text, found)
  placeTags(text, found)
  wordTags(text, found)
  return found.length > 0 ? found : ['text']
}

type Rule = readonly [Tag, (text: string) => boolean]

const passing = (text: string, rules: readonly Rule[]): Tag[] =>
  rules.filter(([, holds]) => holds(text)).map(([tag]) => tag)

const digitRules: readonly Rule[] = [
  ['number', () => true],
  ['whole', () => true],
  ['digits', () => true],
  ['big', (text) => Number(text) >= 1_000],
  ['small', (text) => Number(text) < 1_000],
  ['leadingZero', (text) => text.length > 1 && text.startsWith('0')],
  ['twoFigures', (text) => text.length === 2],
  ['year', (text) => /^(?:1[6-9]|20|21)\d\d$/.test(text)],
  ['compactDate', (text) => text.length === 8 && isCompactDate(text)],
  ['nineDigits', (text) => text.length === 9],
  ['siren', (text) => sirenOf(text) !== null],
  ['fourteenDigits', (text) => text.length === 14],
  ['siret', (text) => siretOf(text) !== null],
  ['destroyed', (text) => text.length > 12 && isDestroyed(text)],
  ['phone', (text) => text.length === 10 && /^0[1-9]/.test(text)],
  ['serialDate', (text) => /^[2-6]\d{4}$/.test(text)]
]

const isCompactDate = (text: string) => /^(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])$/.test(text)

function figureTags(text: string, found: Tag[]): void {
  const number = readNumber(text, ',')
  if (number) numberTags(text, number, found)
  dateTags(text, found)
  identifierTags(text, found)
  if (/^-?\d{1,2}\.\d+\s*,\s*-?\d{1,3}\.\d+$/.test(text)) found.push('coordinates')
}

function numberTags(text: string, number: NonNullable<ReturnType<typeof readNumber>>, found: Tag[]): void {
  const { value, mark } = number
  const size = Math.abs(Number(value))
  // One sign and three figures may be thousands or decimals.
  const isUnclear = /^-?[1-9]\d{0,2}[.,]\d{3}$/.test(text)
  const holds: readonly (readonly [Tag, boolean])[] = [
    ['number', true],
    ['whole', number.isInteger || /\.0+$/.test(value)],
    ['percent', number.isPercent],
    ['money', number.isMoney],
    ['thousands', number.thousands !== null],
    ['negative', value.startsWith('-')],
    ['commaThree', isUnclear && text.includes(',')],
    ['pointThree', isUnclear && text.includes('.')],
    ['commaDecimal', !isUnclear && mark === ','],
    ['pointDecimal', !isUnclear && mark === '.'],
    ['latitude', mark !== null && size <= 90],
    ['longitude', mark !== null && size <= 180]
  ]
  for (const [tag, isSo] of holds) if (isSo) found.push(tag)
}

function dateTags(text: string, found: Tag[]): void {
  const date = readDate(text)
  if (date) {
    const isMonthFirst = date.value === null && readDate(text, 'month-first')?.value !== null
    found.push(date.value === null && !isMonthFirst ? 'impossibleDate' : 'date')
    if (date.hasTime) found.push('dateTime')
    if (isMonthFirst) found.push('secondOver12')
    else if (/^(?:1[3-9]|[23]\d)[-/. ]/.test(text)) found.push('firstOver12')
  }
  if (/^(?:19|20)\d\d\s?[-/]\s?(?:(?:19|20)\d\d|\d\d)$/.test(text)) found.push('yearRange')
}

function identifierTags(text: string, found: Tag[]): void {
  const plain = bare(text)
  if (isDestroyed(text)) found.push('destroyed')
  if (/^\d{14}$/.test(plain)) found.push('fourteenDigits', ...(siretOf(plain) ? (['siret'] as const) : []))
  if (/^\d{9}$/.test(plain) && /\s/.test(text))
    found.push('nineDigits', ...(sirenOf(plain) === null ? [] : (['siren'] as const)))
  if (/^(?:\+33\s?|0033\s?|0)\(?0?\)?\s?[1-9](?:[\s.-]?\d{2}){4}$/.test(text)) found.push('phone')
}

function placeTags(text: string, found: Tag[]): void {
  if (text.length > 6) return
  if (departmentOf(text) !== null) {
    found.push('department')
    if (/^0\d$/.test(text)) found.push('departmentZero')
    if (/[A-Z]/i.test(text)) found.push('departmentLetter')
  }
  if (regionOf(text) !== null) found.push('region')
  if (communeOf(text) !== null)
    found.push('commune', ...(/[A-Z]/i.test(text) ? (['communeLetter'] as const) : []))
  if (postalOf(text) !== null) found.push('postal')
}

const wordRules: readonly Rule[] = [
  ['email', (text) => /^[^\s@;,]+@[^\s@;,]+\.[a-z]{2,}$/i.test(text)],
  ['url', (text) => /^(?:https?:\/\/|www\.)\S+$/i.test(text)],
  ['uuid', (text) => /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i.test(text)],
  ['boolean', (text) => /^(?:oui|non|vrai|faux|true|false|o|n|yes|no|0|1)$/i.test(text)],
  ['naf', (text) => /^\d{2}\.?\d{2}\.?[A-Z]$/i.test(text)],
  ['alnumCode', (text) => /^(?=.*\d)[A-Z0-9._/-]{1,20}$/i.test(text)],
  ['long', (text) => text.length >= 60],
  ['rna', isRna],
  ['uai', isUai],
  ['period', (text) => text.length < 24 && readPeriod(text) !== null],
  ['text', (text) => /\p{L}/u.test(text)]
]

function wordTags(text: string, found: Tag[]): void {
  found.push(...passing(text, wordRules))
  // Dates may begin with a word: lundi 3 mars 2019.
  if (/^[^\d]/.test(text) && text.length < 40 && /\d/.test(text)) dateTags(text, found)
}
