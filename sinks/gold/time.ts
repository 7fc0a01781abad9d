import type { Micros } from '../../schemas/change.ts'

/** A day, in microseconds. */
export const dayMicros = 86_400_000_000

/** A UTC day as the number of days since 1970-01-01. */
export type Day = number

/** The UTC day an instant lies in. */
export const dayOf = (at: Micros): Day => Math.floor(at / dayMicros)

/** A day as YYYY-MM-DD. */
export const dayText = (day: Day): string => new Date(day * 86_400_000).toISOString().slice(0, 10)

/** YYYY-MM-DD as a day, or null when the text is no date. */
export function parseDay(text: string): Day | null {
  const millis = /^\d{4}-\d\d-\d\d$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN
  // Date.parse rolls 30 February over to March.
  return !Number.isNaN(millis) && new Date(millis).toISOString().startsWith(text) ? millis / 86_400_000 : null
}
