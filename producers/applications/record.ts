import { createHash } from 'node:crypto'
import type { Application, ApplicationRead, SubmittedApplication } from '../../schemas/types/applications.ts'
import type { TextRow } from '../postgres/connection.ts'
import { microsOf } from '../postgres/table/instants.ts'

/** What made us read an application. */
export type Trigger = ApplicationRead['trigger']

/** A record as the source prints it: everything but its times is as it travels. */
interface PrintedRecord extends Omit<SubmittedApplication, 'application' | 'source'> {
  readonly application: Omit<Application, 'created_at' | 'updated_at'> & {
    readonly created_at: string | null
    readonly updated_at: string | null
  }
}

/**
 * The event of an application that was read. Its time is when it changed at the source, never when it was read, so that
 * the same content always has the same time and the same hash.
 */
export function recordOf([json, readAt, xmax, inProgress]: TextRow, trigger: Trigger): SubmittedApplication {
  const printed = JSON.parse(json ?? '') as PrintedRecord
  const created_at = microsOf(printed.application.created_at)
  const updated_at = microsOf(printed.application.updated_at)
  const content = { ...printed, application: { ...printed.application, created_at, updated_at } }
  return {
    ...content,
    source: {
      event_at_us: updated_at ?? created_at ?? 0,
      read_at_us: microsOf(readAt ?? null) ?? 0,
      snapshot_xmax: Number(xmax),
      snapshot_in_progress: Number(inProgress),
      // Fields are in the order of producers/applications/parts.ts whatever the source's order is.
      content_sha256: createHash('sha256').update(JSON.stringify(content)).digest('hex'),
      trigger
    }
  }
}
