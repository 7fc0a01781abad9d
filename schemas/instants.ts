import type { Micros } from './change.ts'

const codeOf = (sign: string) => sign.charCodeAt(0)
const [dash, colon, point, plus] = [codeOf('-'), codeOf(':'), codeOf('.'), codeOf('+')]
const [space, letterT, letterZ] = [codeOf(' '), codeOf('T'), codeOf('Z')]
const secondsADay = 86_400

/**
 * Microseconds since the epoch of `YYYY-MM-DD` or `YYYY-MM-DD HH:MM:SS[.f][zone]`, the ISO 8601 that sources print:
 * with a space or a T, up to six digits of a second, UTC unless the zone (Z, +HH, +HHMM or +HH:MM) says otherwise. Null
 * for any other text and for what no calendar or clock shows, such as 30 February. Runs several times a row, so it
 * takes no part of the text out.
 */
export function isoMicros(text: string): Micros | null {
  const days = daysOf(text)
  const end = text.charCodeAt(19) === point ? endOfDigits(text, 20) : 19
  // What is not there or no number is NaN, and so is all that is made of it.
  const micros =
    text.length === 10
      ? days * secondsADay * 1_000_000
      : (days * secondsADay + clockOf(text) - offsetOf(text, end)) * 1_000_000 + fractionOf(text, end)
  return Number.isNaN(micros) ? null : micros
}

/** The millisecond that a microsecond lies in; `Date` would round to 1970 what lies a moment before it. */
export const dateOf = (micros: Micros): Date => new Date(Math.floor(micros / 1000))

function digits(text: string, from: number, to: number): number {
  let value = 0
  for (let at = from; at < to; at++) {
    const digit = text.charCodeAt(at) - 48
    if (!(digit >= 0 && digit <= 9)) return Number.NaN
    value = value * 10 + digit
  }
  return value
}

function endOfDigits(text: string, from: number): number {
  let end = from
  while (digits(text, end, end + 1) >= 0) end++
  return end
}

/** Days from 1970-01-01 in the proleptic Gregorian calendar; years begin in March here, so that a leap day ends one. */
function daysOf(text: string): number {
  const [year, month, day] = [digits(text, 0, 4), digits(text, 5, 7), digits(text, 8, 10)]
  if (text.charCodeAt(4) !== dash || text.charCodeAt(7) !== dash) return Number.NaN
  if (!(month >= 1 && month <= 12 && day >= 1 && day <= daysIn(month, year))) return Number.NaN
  const years = month > 2 ? year : year - 1
  const months = month > 2 ? month - 3 : month + 9
  const leapDays = Math.floor(years / 4) - Math.floor(years / 100) + Math.floor(years / 400)
  return years * 365 + leapDays + Math.floor((153 * months + 2) / 5) + day - 719_469
}

function daysIn(month: number, year: number): number {
  if (month !== 2) return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28
}

/** Seconds since midnight. */
function clockOf(text: string): number {
  const separator = text.charCodeAt(10)
  if (separator !== space && separator !== letterT) return Number.NaN
  if (text.charCodeAt(13) !== colon || text.charCodeAt(16) !== colon) return Number.NaN
  const [hour, minute, second] = [digits(text, 11, 13), digits(text, 14, 16), digits(text, 17, 19)]
  return hour <= 23 && minute <= 59 && second <= 59 ? (hour * 60 + minute) * 60 + second : Number.NaN
}

/** Microseconds of the digits between the point at 19 and `end`; sources leave trailing zeros out. */
function fractionOf(text: string, end: number): number {
  if (end === 19) return 0
  return end > 20 && end <= 26 ? digits(text, 20, end) * 10 ** (26 - end) : Number.NaN
}

/** Seconds that the zone at a place is ahead of UTC. */
function offsetOf(text: string, at: number): number {
  const sign = text.charCodeAt(at)
  const { length } = text
  if (length <= at) return 0
  if (sign === letterZ) return length === at + 1 ? 0 : Number.NaN
  if (sign !== plus && sign !== dash) return Number.NaN
  const hours = digits(text, at + 1, at + 3)
  const minutesAt = text.charCodeAt(at + 3) === colon ? at + 4 : at + 3
  const minutes = length === at + 3 ? 0 : digits(text, minutesAt, minutesAt + 2)
  if (length !== at + 3 && length !== minutesAt + 2) return Number.NaN
  const seconds = (hours * 60 + minutes) * 60
  return sign === dash ? -seconds : seconds
}
