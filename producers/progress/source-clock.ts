const quarterHour = 15 * 60 * 1_000_000

/**
 * Microseconds since the epoch at which a source's wall clock showed a time, given as if it were UTC. With a zone, the
 * hour that a change of the clock repeats is told by our own clock. Without one, the zone is the difference from our
 * clock to the quarter of an hour, as all zones are.
 */
export function utcMicros(localUs: number, nowUs: number, zone: string): number {
  if (zone === '') return localUs - Math.round((localUs - nowUs) / quarterHour) * quarterHour
  const dayUs = 86_400_000_000
  const offsets = [localUs - dayUs, localUs + dayUs].map((nearUs) => zoneOffsetUs(zone, nearUs))
  const moments = offsets.map((offsetUs) => localUs - offsetUs)
  const fitting = moments.filter((atUs) => atUs + zoneOffsetUs(zone, atUs) === localUs)
  // In the hour that a change of the clock leaves out no moment fits; a clock that shows it has not changed yet.
  const candidates = fitting.length > 0 ? fitting : moments.slice(0, 1)
  return candidates.reduce((a, b) => (Math.abs(b - nowUs) < Math.abs(a - nowUs) ? b : a))
}

/** True of a zone that this Node.js knows, such as Europe/Paris. */
export function isTimeZone(zone: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone !== ''
  } catch {
    return false
  }
}

/** What is added to UTC in a zone at a moment. */
function zoneOffsetUs(zone: string, atUs: number): number {
  const format = new Intl.DateTimeFormat('en', { timeZone: zone, timeZoneName: 'longOffset' })
  const name = format.formatToParts(atUs / 1000).find(({ type }) => type === 'timeZoneName')?.value ?? ''
  const [, sign, hours = '0', minutes = '0'] = /GMT([+-])(\d\d):(\d\d)/.exec(name) ?? []
  const offset = (Number(hours) * 60 + Number(minutes)) * 60_000_000
  return sign === '-' ? -offset : offset
}

/** A zone changes its clock by so much at most. */
const largestChange = 8 * quarterHour

/**
 * How far the source's clock was set back since the last success: rows of the hour that came twice may be dated before
 * it. `before` and `now` are what the clock was ahead of UTC; null when that is not known.
 */
export function setBackUs(before: number | null, now: number): number {
  if (before === null) return 0
  const change = Math.round((before - now) / quarterHour) * quarterHour
  return change > 0 && change <= largestChange ? change : 0
}
