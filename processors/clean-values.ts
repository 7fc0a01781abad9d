import { domainToASCII } from 'node:url'
import { Rejection } from '../runtime/pipeline.ts'
import { isLong } from '../schemas/avro-long.ts'
import type { Micros } from '../schemas/change.ts'
import { exactSpan, type Span } from '../schemas/clean-attribute.ts'
import { isExactJson } from '../schemas/exact-json.ts'
import { isoMicros } from '../schemas/instants.ts'
import { intervalText, isoInterval } from '../schemas/interval.ts'
import type { Column } from '../schemas/table.ts'

/** What a rule may look at beside the text: the column, and when the change happened. */
export interface CleanContext {
  readonly column: Column
  readonly changedAt: Micros
}

/** Turns a source's text into an exact value, or says why it cannot be one. Null texts never reach a rule. */
export type Rule = (text: string, context: CleanContext) => unknown

/** Why a value is none, by the column and a word. */
export const refuse = (what: string, { column }: CleanContext) =>
  new Rejection(`${column.name}_${what}`, column.name)

/** Text as it is; where the field says so, without blanks at its ends and composed (NFC), or missing when it is blank. */
export const text: Rule = (value, { column: { isTidy, isBlankMissing } }) => {
  if (isBlankMissing && value.trim() === '') return null
  return isTidy ? value.trim().normalize('NFC') : value
}

/** The rule of a column that is no key. */
export function columnRule(column: Column, rule: Rule): Rule {
  const { kind } = column.type
  if (!column.isTidy || kind === 'string') return rule
  return (value, context) => rule(value.trim(), context)
}

/** Kinds of which a text has several spellings for one value, and here one that is the value's own. */
const canonicalKinds: readonly Column['type']['kind'][] = ['string', 'uuid', 'int', 'long']

/**
 * The rule of a key column, which never makes one key of two: text stays as it is, and what a rule would spell otherwise,
 * such as a UUID in upper case, is set aside. Topics, versions, deletes and views all go by the source's own key.
 */
export function keyRule(column: Column, rule: Rule): Rule {
  const { kind } = column.type
  if (!canonicalKinds.includes(kind)) return rule
  return (value, context) => {
    const clean = rule(value, context)
    // Kinds with one spelling are text or whole numbers here, or what was refused or is missing.
    const isAsItWas = clean === null || clean instanceof Rejection || `${clean as string | number}` === value
    return isAsItWas ? clean : refuse('not_as_at_source', context)
  }
}

/** Text whose case means nothing, such as a state. */
export const word: Rule = (value) => value.trim().normalize('NFC').toLowerCase() || null

const uuidShape = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

/** A UUID in lower case (RFC 9562, section 4). */
export const uuid: Rule = (value, context) => {
  const lower = value.toLowerCase()
  return uuidShape.test(lower) ? lower : refuse('invalid', context)
}

/**
 * An instant in microseconds within the column's span, from ISO 8601 or PostgreSQL's text; a text without an offset is
 * UTC. Impossible dates such as 30 February are refused.
 */
export const timestamp: Rule = (value, context) => instant(value, context, context.column.span ?? exactSpan)

function instant(value: string, context: CleanContext, { from, before }: Span): unknown {
  const micros = isoMicros(value)
  if (isSentinel(value, micros, context.column)) return null
  return micros === null || micros < from || micros >= before ? refuse('invalid', context) : micros
}

/** Whether a value says that there is no end, or no start, where the column may say so. */
const isSentinel = (value: string, micros: Micros | null, { isOpenEnded, hasNoStart }: Column): boolean =>
  (isOpenEnded === true && isBeyond(value, micros)) || (hasNoStart === true && isBeforeAll(value))

/** Systems put their first day for none: PostgreSQL has -infinity and years BC, others the year 1. */
const isBeforeAll = (value: string) => /^-infinity$|^000[01]-| BC$/.test(value)

/** PostgreSQL prints years of five digits, and infinity. */
const isBeyond = (value: string, micros: Micros | null) =>
  /^(infinity$|\d{5,}-)/.test(value) || (micros !== null && micros >= exactSpan.before)

const dayMicros = 86_400_000_000

const sinceComputers: Span = { from: 0, before: Date.UTC(2100, 0, 1) * 1000 }

/** An instant since 1970 that had already come when the change happened, give or take a day of wrong clocks. */
export const pastTimestamp: Rule = (value, context) => {
  const micros = instant(value, context, sinceComputers)
  return typeof micros === 'number' && micros > context.changedAt + dayMicros
    ? refuse('future', context)
    : micros
}

const decimalShape = /^([+-]?)0*(\d+)(?:\.(\d*?)0*)?$/

/** An exact decimal of the column's precision and scale, as text with all its digits; never rounded. */
export const decimal: Rule = (value, context) => {
  const { type } = context.column
  const match = decimalShape.exec(value)
  if (!match || type.kind !== 'decimal') return refuse('invalid', context)
  const [, sign, whole = '0', fraction = ''] = match
  if (fraction.length > type.scale || whole.length > type.precision - type.scale)
    return refuse('inexact', context)
  const digits = type.scale > 0 ? `${whole}.${fraction.padEnd(type.scale, '0')}` : whole
  return sign === '-' && /[1-9]/.test(digits) ? `-${digits}` : digits
}

/** A decimal from zero to `max`; anything else is set aside as negative or absurd. */
export const amountUpTo =
  (max: number): Rule =>
  (value, context) => {
    const exact = decimal(value, context)
    if (typeof exact !== 'string') return exact
    if (exact.startsWith('-')) return refuse('negative', context)
    return Number(exact) > max ? refuse('absurd', context) : exact
  }

/** Three letters in upper case, the shape of an ISO 4217 code; whether it has a rate is for Gold to say. */
export const currencyCode: Rule = (value, context) => {
  const upper = value.trim().toUpperCase()
  return /^[A-Z]{3}$/.test(upper) ? upper : refuse('invalid', context)
}

// The shape that HTML's <input type=email> accepts, with at least one dot in the domain and RFC 5321's lengths.
const emailShape =
  /^(?=.{3,254}$)[a-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)+$/

// The same with letters of any script, as RFC 6531 has them; lengths are counted in bytes there, and by label in IDNA.
const internationalShape =
  /^([\p{L}\p{M}\p{N}.!#$%&'*+/=?^_`{|}~-]+)@([\p{L}\p{M}\p{N}](?:[\p{L}\p{M}\p{N}-]*[\p{L}\p{M}\p{N}])?(?:\.[\p{L}\p{M}\p{N}](?:[\p{L}\p{M}\p{N}-]*[\p{L}\p{M}\p{N}])?)+)$/u

function isInternational(address: string): boolean {
  const [, local = '', domain = ''] = internationalShape.exec(address) ?? []
  if (local === '' || Buffer.byteLength(local) > 64 || Buffer.byteLength(address) > 254) return false
  // Empty for what no name can be in the ASCII form that is looked up.
  return domainToASCII(domain) !== ''
}

/** An e-mail address in lower case that could exist. */
export const email: Rule = (value, context) => {
  const lower = value.trim().normalize('NFC').toLowerCase()
  const shaped = emailShape.test(lower) || isInternational(lower)
  const possible = shaped && !lower.includes('..') && !/^\.|\.@/.test(lower)
  if (lower === '') return null
  return possible ? lower : refuse('invalid', context)
}

const wholeShape = /^[+-]?\d+$/
const realShape = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i

/** Digits with a sign or none, and no other spelling of a number: 0x1F and 1e3 are text that somebody should look at. */
const int: Rule = (value, context) => {
  const parsed = wholeShape.test(value) ? Number(value) + 0 : Number.NaN
  return parsed >= -(2 ** 31) && parsed < 2 ** 31 ? parsed : refuse('invalid', context)
}

/** A number as long as that is exact, a bigint beyond; up to 64 bits. */
const long: Rule = (value, context) => {
  if (!wholeShape.test(value)) return refuse('invalid', context)
  const parsed = Number(value) + 0
  const exact = Number.isSafeInteger(parsed) ? parsed : BigInt(value.replace('+', ''))
  return isLong(exact) ? exact : refuse('invalid', context)
}

const double: Rule = (value, context) => {
  const parsed = realShape.test(value) ? Number(value) : Number.NaN
  return Number.isFinite(parsed) ? parsed : refuse('invalid', context)
}

const boolean: Rule = (value, context) => {
  if (['t', 'true', '1'].includes(value)) return true
  return ['f', 'false', '0'].includes(value) ? false : refuse('invalid', context)
}

/** A day; of any year that has four digits, unless the column has a span. */
export const date: Rule = (value, context) => {
  const { span } = context.column
  const micros = value.length === 10 ? isoMicros(value) : null
  if (isSentinel(value, micros, context.column)) return null
  const isWithin = micros !== null && (!span || (micros >= span.from && micros < span.before))
  return isWithin ? micros / dayMicros : refuse('invalid', context)
}

/** What a clock and a calendar show, in microseconds as if it were UTC; a text with an offset is an instant, and refused. */
const localTimestamp: Rule = (value, context) =>
  /^(\.\d+)?$/.test(value.slice(19)) || isSentinel(value, null, context.column)
    ? timestamp(value, context)
    : refuse('invalid', context)

const timeShape = /^(\d\d):([0-5]\d):([0-5]\d)(?:\.(\d{1,9}))?$/

/** Microseconds since midnight; 24:00:00 is the end of a day. */
const time: Rule = (value, context) => {
  const [, hour, minute, second, digits = ''] = timeShape.exec(value) ?? []
  const fraction = digits.padEnd(9, '0')
  if (!fraction.endsWith('000')) return refuse('inexact', context)
  const seconds = (Number(hour) * 60 + Number(minute)) * 60 + Number(second)
  const micros = seconds * 1_000_000 + Number(fraction.slice(0, 6))
  return micros <= dayMicros ? micros : refuse('invalid', context)
}

/** JSON as it is, to the last digit and blank. */
const json: Rule = (value, context) => (isExactJson(value) ? value : refuse('invalid', context))

const interval: Rule = (value, context) => {
  const parts = isoInterval(value)
  if (parts === 'inexact') return refuse('inexact', context)
  return parts ? intervalText(parts) : refuse('invalid', context)
}

/** Kinds that hold nothing else. */
type SingleKind = Exclude<Column['type']['kind'], 'array' | 'map' | 'range'>

/** What the type of a value that holds no others asks for. */
export const ruleOfKind: Readonly<Record<SingleKind, Rule>> = {
  string: text,
  uuid,
  timestamp,
  'local-timestamp': localTimestamp,
  date,
  time,
  json,
  interval,
  decimal,
  boolean,
  int,
  long,
  double
}
