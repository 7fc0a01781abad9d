import type { DatabaseSync, SQLInputValue } from 'node:sqlite'
import { dayMicros } from '../time.ts'
import { type Touch, wholeDay } from './kept-table.ts'

/** SQL, of SQLite and DuckDB, for the part that a notification belongs to by a column with its content, which may be null. */
const contentPart = (column: string): string => `coalesce('=' || ${column}, 'null')`

/** SQL, of SQLite and DuckDB, that is true when a part, of a column, holds the notifications with the content of another. */
export const isOfPart = (part: string, content: string): string =>
  `(${part} = '${wholeDay}' OR ${part} = ${contentPart(content)})`

/**
 * Prepares what touches every day and content that some notifications ever had, given the parameters of a query for their
 * `user_id` and `notification_id`. All of them, because a version with another content moves a notification from one row
 * of Gold to another, and the version that a state or a session concerns need not be the one whose content stands.
 */
export function notificationToucher(
  database: DatabaseSync,
  touch: Touch,
  which: string
): (...parameters: SQLInputValue[]) => void {
  const places = database.prepare(
    `SELECT DISTINCT lower(hex(n.user_id)) AS userId, n.notification_time / ${dayMicros} AS day,
       ${contentPart('n.content')} AS part
     FROM (${which}) w
     CROSS JOIN notifications n INDEXED BY notifications_by_id
       ON n.user_id = w.user_id AND n.notification_id = w.notification_id`
  )
  return (...parameters) => {
    for (const { userId, day, part } of places.all(...parameters))
      touch.notifications(String(userId), Number(day), String(part))
  }
}
