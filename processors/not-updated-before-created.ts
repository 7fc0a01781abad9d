import { Rejection } from '../runtime/pipeline.ts'
import type { Micros } from '../schemas/change.ts'

/** A row cannot have been updated before it was created. */
export function notUpdatedBeforeCreated(row: {
  readonly created_at: Micros
  readonly updated_at: Micros | null
}): Rejection | null {
  const isPossible = row.updated_at === null || row.updated_at >= row.created_at
  return isPossible ? null : new Rejection('updated_at_before_created_at', 'updated_at')
}
