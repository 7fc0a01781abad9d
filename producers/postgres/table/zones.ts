import type { Context } from '../../../runtime/pipeline.ts'
import type { Table } from '../../../schemas/table.ts'
import type { Connection } from '../connection.ts'
import type { Found } from './find-table.ts'
import * as names from '../settings.ts'
import type { SourceTable } from './source-table.ts'

// A timestamp without time zone is some place's wall clock. Where that place is not UTC, the server turns it into an
// instant as it prints it: docs/decisions/2026-11-22-times-without-a-zone.md.

/** The zone of times that have none, or null for UTC, in which the session prints them anyway. */
export function zoneOf({ settings }: Context): string | null {
  const zone = settings.text(names.timeZone)
  return zone === '' || zone === 'UTC' ? null : zone
}

/** A table's timestamps without time zone that are declared as instants; others stay what a clock showed. */
export function zonelessOf({ columns }: Table, found: Found): string[] {
  return columns
    .filter(({ type }) => type.kind !== 'local-timestamp')
    .map(({ name }) => name)
    .filter((name) => found.columns.get(name)?.type === 'timestamp without time zone')
}

/** What keeps a table's times from being read in the zone that is set. */
export function zoneProblems(context: Context, table: Table, found: Found): string[] {
  const zoneless = zonelessOf(table, found)
  if (zoneOf(context) === null || zoneless.length === 0) return []
  const inKey = table.key.filter((name) => zoneless.includes(name))
  const setting = names.timeZone.env
  return [
    ...(inKey.length > 0
      ? [`key ${inKey.join(', ')} has no time zone: ${setting} can only be UTC for it`]
      : []),
    ...(context.settings.text(names.mode) === 'log'
      ? [`the log has ${zoneless.join(', ')} without time zone: poll the table, or set ${setting} to UTC`]
      : [])
  ]
}

/** Throws SOURCE_REFUSED when the server does not know the zone. */
export async function checkZone(connection: Connection, { zone }: SourceTable): Promise<void> {
  if (zone !== null)
    await connection.rows(`times of ${names.timeZone.env}`, 'SELECT now() AT TIME ZONE $1', [zone])
}

export function warnAboutZone({ log, settings }: Context, { name, cursor, zoneless }: SourceTable): void {
  if (cursor && zoneless.includes(cursor.name) && settings.text(names.timeZone) === '')
    log.warn(
      { table: name },
      `cursor ${cursor.name} has no time zone and is taken for UTC: set ${names.timeZone.env} (UTC if that is right)`
    )
}

const inZone = (value: string, zone: string): string => `(${value} AT TIME ZONE '${zone}')`

/** SQL of a column as it is published. */
export function publishedSql(column: string, isZoneless: boolean, zone: string | null): string {
  return zone !== null && isZoneless ? inZone(column, zone) : column
}

/** SQL of instants as a cursor has them. */
export interface CursorSql {
  /** What the cursor shows at an instant. */
  readonly at: (instant: string) => string
  /** Nothing that was written since shows less. */
  readonly first: (instant: string) => string
  /** Nothing that was written until then shows more. */
  readonly last: (instant: string) => string
}

/**
 * Where clocks are put back, what is written later may show less. So a day before and after it bounds are taken by
 * both offsets: `first` of the day to come, `last` of the day that was.
 */
export function cursorSql(type: string, zone: string | null): CursorSql {
  if (zone === null || type === 'timestamp with time zone') {
    const plain = (instant: string) => `${instant}::${type}`
    return { at: plain, first: plain, last: plain }
  }
  const local = (instant: string) => inZone(`${instant}::timestamptz`, zone)
  const byOffsetOf = (instant: string, shift: string) => {
    const other = `(${instant}::timestamptz ${shift} interval '1 day')`
    return `${inZone(`${instant}::timestamptz`, 'UTC')} + (${inZone(other, zone)} - ${inZone(other, 'UTC')})`
  }
  return {
    at: (instant) => `${local(instant)}::${type}`,
    first: (instant) => `least(${local(instant)}, ${byOffsetOf(instant, '+')})::${type}`,
    last: (instant) => `greatest(${local(instant)}, ${byOffsetOf(instant, '-')})::${type}`
  }
}
