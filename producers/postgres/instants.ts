import type { Micros } from '../../schemas/change.ts'

const dayMs = 86_400_000
const shape = /^[1-9]\d{3}-\d\d-\d\d(?: \d\d:\d\d:\d\d(?:\.\d{1,6})?)?(?:\+00)?$/

/**
 * Microseconds since the epoch of a date or timestamp as the session prints it (ISO, UTC); null for what has none
 * that fits, such as infinity or a year before 1000. Runs once a row, so it takes no part of the text out.
 */
export function microsOf(text: string | null): Micros | null {
  if (text === null || !shape.test(text)) return null
  const days = Date.UTC(digits(text, 0, 4), digits(text, 5, 7) - 1, digits(text, 8, 10))
  if (text.length < 19) return days * 1000
  const seconds = (digits(text, 11, 13) * 60 + digits(text, 14, 16)) * 60 + digits(text, 17, 19)
  return (days + seconds * 1000) * 1000 + fractionMicros(text)
}

function digits(text: string, from: number, to: number): number {
  let value = 0
  for (let i = from; i < to; i++) value = value * 10 + text.charCodeAt(i) - 48
  return value
}

/** Microseconds of the digits after the decimal point at 19; PostgreSQL leaves trailing zeros out. */
function fractionMicros(text: string): number {
  const zone = text.indexOf('+', 19)
  const end = zone === -1 ? text.length : zone
  return end <= 20 ? 0 : digits(text, 20, end) * 10 ** (26 - end)
}

/** The same instant as PostgreSQL reads it, exact to the microsecond. */
export function instantText(micros: Micros): string {
  const seconds = Math.floor(micros / 1_000_000)
  const fraction = String(micros - seconds * 1_000_000).padStart(6, '0')
  return `${new Date(seconds * 1000).toISOString().slice(0, 19).replace('T', ' ')}.${fraction}+00`
}

/** A time a change can have: from 1970 to a day after `now`; anything else counts as no time. */
export function plausible(micros: Micros | null, now: Micros): Micros | null {
  return micros !== null && micros >= 0 && micros <= now + dayMs * 1000 ? micros : null
}
