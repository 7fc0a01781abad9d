import type { DatabaseSync } from 'node:sqlite'
import type { Micros } from '../../../schemas/change.ts'
import { tables } from '../../../schemas/tables.ts'
import { dayMicros, dayOf } from '../time.ts'
import { type KeptTable, type Touch, ifNewer, keptColumns, keptValues, rowOf } from './kept-table.ts'

/** After a success, how far ahead a session may start and still be counted as its effect. */
export const effectMicros: Micros = 30 * 60 * 1_000_000

/** What the events of a session can reach: it starts at `from` and is over by `until`. */
interface Reach {
  readonly from: Micros | null
  readonly until: Micros | null
}

/** Session events by user and time, and by session. */
export const sessionEvents: KeptTable = {
  table: tables.userSessionEvents,
  name: 'session_events',
  timeColumn: 'event_time',
  ddl: `
    CREATE TABLE IF NOT EXISTS session_events (
      user_id BLOB NOT NULL, event_time INTEGER NOT NULL, session_id BLOB NOT NULL, event_type TEXT, ${keptColumns},
      PRIMARY KEY (user_id, event_time, session_id)
    ) WITHOUT ROWID;
    CREATE INDEX IF NOT EXISTS session_events_by_session ON session_events (user_id, session_id);`,
  open(database, touch) {
    const keep = database.prepare(
      `INSERT INTO session_events VALUES (unhex(?, '-'), ?, unhex(?, '-'), ?, ?, ?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET event_type = excluded.event_type, ${ifNewer}`
    )
    const touchSession = sessionToucher(database, touch)
    return (items) => {
      const sessions = new Map<string, readonly [userId: string, sessionId: string]>()
      for (const item of items) {
        const column = rowOf(item)
        const [userId, sessionId] = [String(column('user_id')), String(column('session_id'))]
        sessions.set(`${userId}/${sessionId}`, [userId, sessionId])
        // A login counts on its own day, which need not be one of the session's.
        touch('activity', userId, dayOf(Number(column('event_time'))))
      }
      for (const [userId, sessionId] of sessions.values()) touchSession(userId, sessionId)
      for (const item of items) {
        const column = rowOf(item)
        const names = ['user_id', 'event_time', 'session_id', 'event_type']
        keep.run(...names.map(column), ...keptValues(item))
      }
      for (const [userId, sessionId] of sessions.values()) touchSession(userId, sessionId)
    }
  }
}

/** Touches the days a session covers as it is kept now, and the notifications whose effect it may be. */
function sessionToucher(database: DatabaseSync, touch: Touch) {
  const reach = database.prepare(
    `SELECT coalesce(min(CASE WHEN event_type = 'login' THEN event_time END), min(event_time)) AS "from",
       max(event_time) AS until
     FROM session_events WHERE user_id = unhex(?, '-') AND session_id = unhex(?, '-') AND NOT is_deleted`
  )
  const notificationDays = database.prepare(
    `SELECT notification_time / ${dayMicros} AS day FROM notifications
     WHERE user_id = unhex(?1, '-') AND seen_at BETWEEN ?2 AND ?3
     UNION
     SELECT n.notification_time / ${dayMicros} FROM notification_states s
     JOIN notifications n ON n.user_id = s.user_id AND n.notification_id = s.notification_id
     WHERE s.user_id = unhex(?1, '-') AND s.seen_at BETWEEN ?2 AND ?3`
  )
  return (userId: string, sessionId: string) => {
    const { from, until } = reach.get(userId, sessionId) as unknown as Reach
    if (from === null || until === null) return
    const end = Math.min(until, from + dayMicros)
    touch('activity', userId, dayOf(from))
    touch('activity', userId, dayOf(end))
    for (const { day } of notificationDays.all(userId, from - effectMicros, end))
      touch('notifications', userId, Number(day))
  }
}
