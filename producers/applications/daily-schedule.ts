const dayMs = 86_400_000

/** The latest moment at or before `now` at which a daily run is due; `at` is `HH:MM` in UTC. */
export function lastDue(now: Date, at: string): Date {
  const [hours = 0, minutes = 0] = at.split(':').map(Number)
  const today = new Date(now).setUTCHours(hours, minutes, 0, 0)
  return new Date(today <= now.getTime() ? today : today - dayMs)
}
