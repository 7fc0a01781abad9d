import type { Micros } from '../../../schemas/change.ts'
import { isoMicros } from '../../../schemas/instants.ts'

const dayMs = 86_400_000

/**
 * Microseconds since the epoch of a date or timestamp as the session prints it (ISO, UTC); null for what has none
 * that fits, such as infinity or a year before 1000.
 */
export function microsOf(text: string | null): Micros | null {
  return text === null || text < '1000' ? null : isoMicros(text)
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
