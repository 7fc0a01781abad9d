import type { CourantError } from '../../runtime/errors.ts'
import type { Failure, Item, Position } from '../../runtime/pipeline.ts'
import { events } from '../../schemas/events.ts'
import { dateOf } from '../../schemas/instants.ts'
import type { SubmittedApplication } from '../../schemas/types/applications.ts'
import { topicOf } from '../../topics/catalogue.ts'
import type { ApplicationSource, PageRequest } from './application-source.ts'
import type { Trigger } from './record.ts'

const { shape } = topicOf(events.submittedApplication)

/** Whole records of a page of changed applications. */
export interface ChangedPage {
  readonly records: readonly SubmittedApplication[]
  /** Those that cannot be read, by their ids. */
  readonly unreadable: ReadonlyMap<string, CourantError>
  /** Where the next page begins, or null when this was the last. */
  readonly after: string | null
}

/** More would hold a connection long, as PostgreSQL hashes their documents. */
export const maxPageRows = 100

/** Reads a page of what changed; what is deleted in between is left out. */
export async function readChangedPage(
  source: ApplicationSource,
  request: PageRequest,
  trigger: Trigger
): Promise<ChangedPage> {
  const ids = await source.changed(request)
  const { records, unreadable } =
    ids.length > 0
      ? await source.read(ids, trigger)
      : { records: new Map<string, never>(), unreadable: new Map() }
  return {
    records: [...records.values()],
    unreadable,
    after: ids.length < request.limit ? null : (ids.at(-1) ?? null)
  }
}

/** A record as it is written to its topic: the same id for the same content, whatever made us read it. */
export function submittedItem(
  value: SubmittedApplication,
  position = '' as Position
): Item<SubmittedApplication> {
  const { id: key } = value.application
  const at = dateOf(value.source.event_at_us)
  return { id: shape.idOf?.(value, key) ?? key, value, key, position, at }
}

/** An application that cannot be read, as it is set aside: its id is all there is of it. */
export function unreadableFailure(id: string, error: CourantError, position = '' as Position): Failure {
  const item = { id: `${id}.unreadable`, key: id, value: { application: { id } }, position, at: new Date() }
  return { item, error, stage: 'read' }
}
