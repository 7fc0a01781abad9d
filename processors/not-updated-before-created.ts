import { Rejection } from '../runtime/pipeline.ts'
import type { Micros } from '../schemas/change.ts'

// One time may be the database's and the other an application's: two clocks, of which one may be a little behind.
const clocksApart = 5 * 60_000_000

/** A row cannot have been updated before it was created, give or take five minutes of clocks that differ. */
export function notUpdatedBeforeCreated(row: {
  readonly created_at: Micros
  readonly updated_at: Micros | null
}): Rejection | null {
  const isPossible = row.updated_at === null || row.updated_at >= row.created_at - clocksApart
  return isPossible ? null : new Rejection('updated_at_before_created_at', 'updated_at')
}
