import { CourantError } from '../../runtime/errors.ts'
import type { SubmittedApplication } from '../../schemas/types/applications.ts'
import { isUnreadable } from '../postgres/translate-error.ts'

/** What reading applications by their ids gave; ids that do not exist are in neither. */
export interface ReadApplications {
  readonly records: ReadonlyMap<string, SubmittedApplication>
  /** Those of which a value cannot be read, with the columns; VALUE_UNREADABLE. */
  readonly unreadable: ReadonlyMap<string, CourantError>
}

/** How applications are asked for. */
export interface ApplicationReading {
  /** All of them in one query; rejects with VALUE_UNREADABLE when one cannot be read. */
  readonly all: (ids: readonly string[]) => Promise<readonly SubmittedApplication[]>
  /** The columns of one that cannot be read, by their places. */
  readonly columns: (id: string) => Promise<readonly string[]>
}

/**
 * Reads applications; one that cannot be read is found by halving, and the others are read without it: what one person
 * wrote must not keep the rest from their way.
 */
export async function readApart(
  ids: readonly string[],
  reading: ApplicationReading
): Promise<ReadApplications> {
  try {
    const records = await reading.all(ids)
    return {
      records: new Map(records.map((record) => [record.application.id, record])),
      unreadable: new Map()
    }
  } catch (error) {
    if (!isUnreadable(error)) throw error
    const [only] = ids
    if (ids.length === 1 && only !== undefined) return unreadable(only, await reading.columns(only), error)
    const half = ids.length >> 1
    const first = await readApart(ids.slice(0, half), reading)
    const rest = await readApart(ids.slice(half), reading)
    return {
      records: new Map([...first.records, ...rest.records]),
      unreadable: new Map([...first.unreadable, ...rest.unreadable])
    }
  }
}

function unreadable(id: string, columns: readonly string[], cause: CourantError): ReadApplications {
  const { sqlState } = cause.details
  // An id is no personal data; a value is never repeated.
  const error = new CourantError(
    'VALUE_UNREADABLE',
    `Application ${id} cannot be read: correct ${columns.join(', ') || 'its values'} at the source ` +
      `(SQLSTATE ${String(sqlState)}); it is read again once it changes there, or by a backfill`,
    { cause, details: { applicationId: id, columns, sqlState } }
  )
  return { records: new Map(), unreadable: new Map([[id, error]]) }
}
