import type { DatabaseSync } from 'node:sqlite'
import type { Micros } from '../../../schemas/change.ts'
import { tables } from '../../../schemas/tables.ts'
import { dayMicros, dayOf } from '../time.ts'
import { type KeptTable, type Touch, ifNewer, keptColumns, keptValues, rowOf } from './kept-table.ts'
import { notificationToucher } from './notification-places.ts'

/** After a success, how far ahead a session may start and still be counted as its effect. */
export const effectMicros: Micros = 30 * 60 * 1_000_000

/** What a session covers at most: it starts at `from` and is over by `until`. */
interface Reach {
  readonly from: Micros
  readonly until: Micros
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
    const reach = sessionReach(database)
    const touchDays = dayToucher(database, touch)
    return (items) => {
      const sessions = new Map<string, Session>()
      for (const item of items) {
        const column = rowOf(item)
        const [userId, sessionId] = [String(column('user_id')), String(column('session_id'))]
        const key = `${userId}/${sessionId}`
        if (!sessions.has(key)) sessions.set(key, { userId, sessionId, before: reach(userId, sessionId) })
        // A login counts on its own day, which need not be one of the session's.
        touch.activity(userId, dayOf(Number(column('event_time'))))
      }
      for (const item of items) {
        const column = rowOf(item)
        const names = ['user_id', 'event_time', 'session_id', 'event_type']
        keep.run(...names.map(column), ...keptValues(item))
      }
      for (const { userId, sessionId, before } of sessions.values())
        touchDays(userId, [before, reach(userId, sessionId)])
    }
  }
}

interface Session {
  readonly userId: string
  readonly sessionId: string
  readonly before: Reach | null
}

/** What a session covers as it is kept now; null when nothing of it is. */
function sessionReach(database: DatabaseSync): (userId: string, sessionId: string) => Reach | null {
  const reach = database.prepare(
    `SELECT coalesce(min(CASE WHEN event_type = 'login' THEN event_time END), min(event_time)) AS "from",
       max(event_time) AS last
     FROM session_events INDEXED BY session_events_by_session
     WHERE user_id = unhex(?, '-') AND session_id = unhex(?, '-') AND NOT is_deleted`
  )
  return (userId, sessionId) => {
    const { from, last } = reach.get(userId, sessionId) as { from: Micros | null; last: Micros | null }
    return from === null || last === null ? null : { from, until: Math.min(last, from + dayMicros) }
  }
}

/** Touches the days that a session covers, or covered, and the notifications whose effect it may be, or have been. */
function dayToucher(database: DatabaseSync, touch: Touch) {
  const touchNotifications = notificationToucher(
    database,
    touch,
    `SELECT user_id, notification_id FROM notifications WHERE user_id = unhex(?1, '-') AND seen_at BETWEEN ?2 AND ?3
     UNION
     SELECT user_id, notification_id FROM notification_states
     WHERE user_id = unhex(?1, '-') AND seen_at BETWEEN ?2 AND ?3`
  )
  return (userId: string, reaches: readonly (Reach | null)[]) => {
    const known = reaches.filter((reach) => reach !== null)
    if (known.length === 0) return
    for (const at of known.flatMap(({ from, until }) => [from, until])) touch.activity(userId, dayOf(at))
    const first = Math.min(...known.map(({ from }) => from)) - effectMicros
    const last = Math.max(...known.map(({ until }) => until))
    touchNotifications(userId, first, last)
  }
}
