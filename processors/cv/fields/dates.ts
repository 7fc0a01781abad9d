import { monthNumbers } from '../vocabulary/months.ts'
import { folded } from './folded.ts'

/** A date or a range as a text has it; `YYYY-MM` or `YYYY`, at the precision that stands there. */
export interface DateRange {
  readonly start: string | null
  /** Null with `ongoing` where it lasts; null without it where one date stands alone. */
  readonly end: string | null
  readonly ongoing: boolean
  /** Its place in the text, `to` behind its last character. */
  readonly from: number
  readonly to: number
}

/** In a line that is looked at, a month's name is one sign for its number and fillers: its length stays. */
const filler = '\ue000'
const monthSign = (number: number) => String.fromCharCode(0xe000 + number)
const numberOf = (sign: string) => sign.charCodeAt(0) - 0xe000

const year = String.raw`(?:18[5-9]\d|19\d\d|20[0-4]\d)`
const month = String.raw`[\ue001-\ue00c]\ue000*(?![a-z0-9])\.?`
const season = String.raw`(?:spring|summer|fall|autumn|winter|printemps|ete|automne|hiver|q[1-4]|t[1-4]|s[12])`
const day = String.raw`(?:[0-3]?\d(?:er|st|nd|rd|th)?\.?\s{1,2})`
const point = [
  String.raw`(?:[0-3]?\d)[/.-](?:0?[1-9]|1[0-2])[/.-]${year}`,
  String.raw`${year}[/.-](?:0?[1-9]|1[0-2])[/.-](?:[0-3]?\d)\b`,
  String.raw`(?:0?[1-9]|1[0-2])\s?[/.-]\s?${year}`,
  String.raw`${year}\s?[/.-]\s?(?:0[1-9]|1[0-2])(?![\d/])`,
  String.raw`${day}?${month},?\s{0,2}(?:[0-3]?\d(?:st|nd|rd|th)?,\s{0,2})?(?:de\s|of\s|-)?${year}`,
  String.raw`${month}\s{0,2}'?\d\d(?!\d)`,
  String.raw`(?:0[1-9]|1[0-2])/\d\d(?![\d/])`,
  String.raw`${year}\s?[-/]\s?${month}`,
  String.raw`${season}\s{1,2}${year}`,
  year
].join('|')
const bare = String.raw`${day}?${month}`
const now = String.raw`(?:a\s)?(?:present\b|presente\b|aujourd\s?'?\s?hui|actuel(?:lement|le)?\b|maintenant|en\scours|en\sposte|now\b|current(?:ly)?\b|today\b|to\sdate\b|ce\sjour|ongoing\b|actualidad|actualmente|oggi\b|heute\b|heden\b|atual(?:mente)?\b|le\smoment\b)`
const between = String.raw`\s{0,3}(?:[-–—−→>~/]{1,3}|\ba\b|\bau\b|\baux\b|\bto\b|\buntil\b|\btill\b|\bthrough\b|\band\b|\bet\b|\bjusqu'?\s?(?:a|en|au)\b|\bbis\b|\bal?\b|\bhasta\b|\btot\b|\bate\b)\s{0,3}(?:le\s|fin\s|debut\s)?`
const since = String.raw`(?:\bdepuis\b|\bsince\b|\bdes\b|\bseit\b|\bdesde\b|\bdal\b|\ba\scompter\sde\b|\ba\spartir\sde\b)\s{1,3}(?:le\s|l'annee\s|fin\s|debut\s)?`

const whole = new RegExp(
  [
    String.raw`(?<![\d\w])(?<start>${point}|${bare})(?:${between})(?:(?<end>${point})|(?<now>${now}))(?![\d\w])`,
    String.raw`(?<![\d\w])(?<open>${point})\s{0,3}[-–—−]\s{0,3}(?:$|…|\.{3}|\?)`,
    String.raw`(?<![\d\w])${since}(?<since>${point})(?![\d\w])`,
    String.raw`(?<![\d\w/.,-])(?<single>${point})(?![\d\w]|[-/.]\d)`
  ].join('|'),
  'g'
)

const longestLine = 400

/** Every date range of a line, from left to right. Lines longer than 400 characters are looked at no further. */
export function dateRanges(text: string): readonly DateRange[] {
  if (!/\d\d/.test(text)) return []
  const known = remembered.get(text)
  if (known !== undefined) return known
  // One document asks for its few lines again and again.
  if (remembered.size > 2_000) remembered.clear()
  const found = rangesIn(text)
  remembered.set(text, found)
  return found
}

const remembered = new Map<string, readonly DateRange[]>()

function rangesIn(text: string): readonly DateRange[] {
  const line = folded(text.slice(0, longestLine)).replace(/[a-z]{3,}/g, withMonth)
  const found: DateRange[] = []
  for (const match of line.matchAll(whole)) {
    const range = rangeOf(match)
    if (range) found.push({ ...range, from: match.index, to: match.index + match[0].length })
  }
  return found
}

function withMonth(word: string): string {
  const number = monthNumbers.get(word)
  return number === undefined ? word : monthSign(number) + filler.repeat(word.length - 1)
}

/** Whether a date stands in the text. */
export function hasDate(text: string): boolean {
  return dateRanges(text).length > 0
}

/**
 * A text without its dates and the marks that stood around them. U+2063, which no text that was read has any more,
 * stands for a date meanwhile.
 */
export function withoutDates(text: string): string {
  let result = text
  for (const { from, to } of dateRanges(text).toReversed())
    result = `${result.slice(0, from)}\u2063${result.slice(to)}`
  return result
    .replace(
      /[([]?\s*(?:(?:de|du|en|from|depuis|since|étés?|etes?|hivers?|printemps|automnes?|saisons?|summers?|p[ée]riodes?|ann[ée]es?(?:\sscolaires?)?)\s){0,2}\u2063\s*(?:[(:,–-]?\s*(?:\d{1,2}\s?(?:mois|ans?|months?|years?|yrs?|mos)\.?(?![\p{L}])(?:\s?(?:et|and|,)?\s?)){1,2}\)?)?\s*[)\]]?/giu,
      '\u2063'
    )
    .replace(/^\s*\u2063\s*[:|,•·–—-]?\s*|\s*[:|,•·–—-]?\s*\u2063\s*$/gu, '')
    .replace(/\s*[|,•·–—-]?\s*\u2063\s*[|,•·–—-]?\s*/gu, ' | ')
    .trim()
}

type Points = Pick<DateRange, 'start' | 'end' | 'ongoing'>

function rangeOf({ groups = {} }: RegExpMatchArray): Points | null {
  const { start, end, now: present, since, open, single } = groups
  if (single) return { start: dateOf(single), end: null, ongoing: false }
  const lasting = since ?? open ?? (present === undefined ? undefined : start)
  if (lasting !== undefined) {
    const first = dateOf(lasting)
    return first ? { start: first, end: null, ongoing: true } : null
  }
  return closedRange(start ?? '', end ?? '')
}

function closedRange(start: string, end: string): Points | null {
  const last = dateOf(end)
  const first = dateOf(start) ?? monthOf(start, last)
  if (!first || !last) return null
  return first.slice(0, 4) > last.slice(0, 4) ? null : { start: first, end: last, ongoing: false }
}

/** "jan" of "jan – mar 2020". */
function monthOf(text: string, other: string | null): string | null {
  const number = monthIn(text)
  return number && other ? `${other.slice(0, 4)}-${String(number).padStart(2, '0')}` : null
}

function monthIn(text: string): number | undefined {
  const sign = text.match(/[\ue001-\ue00c]/)?.[0]
  return sign === undefined ? undefined : numberOf(sign)
}

/** A point in time as it stands in a folded text. */
function dateOf(text: string): string | null {
  const years = text.match(/(?:18|19|20)\d\d/)
  const word = text.match(/[a-z]{3,}/)?.[0]
  const named = monthIn(text)
  if (!years) return shortYear(text, named)
  if (named) return `${years[0]}-${String(named).padStart(2, '0')}`
  if (word !== undefined || /^[qts]\d/.test(text)) return years[0]
  const numbers: readonly string[] = text.match(/\d+/g) ?? []
  if (numbers.length === 1) return years[0]
  const at = numbers.indexOf(years[0])
  const number = Number(at === 0 ? numbers[1] : numbers[at - 1])
  return number >= 1 && number <= 12 ? `${years[0]}-${String(number).padStart(2, '0')}` : years[0]
}

/** "sept. 19" and "09/19". */
function shortYear(text: string, named: number | undefined): string | null {
  const [first, second] = text.match(/\d+/g) ?? []
  const number = named ?? Number(first)
  const short = named ? first : second
  if (short?.length !== 2 || !number) return null
  const century = Number(short) > 45 ? '19' : '20'
  return `${century}${short}-${String(number).padStart(2, '0')}`
}
