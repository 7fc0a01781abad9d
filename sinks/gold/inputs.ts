import type { KeptTable, Subject } from './state/kept-table.ts'
import { isOfPart } from './state/notification-places.ts'
import { messages } from './state/messages.ts'
import { notifications } from './state/notifications.ts'
import { notificationStates } from './state/notification-states.ts'
import { purchases } from './state/purchases.ts'
import { effectMicros, sessionEvents } from './state/session-events.ts'
import { dayMicros } from './time.ts'

export type InputType = 'VARCHAR' | 'BIGINT' | 'BOOLEAN' | 'DECIMAL(18,4)'

/** A table the models read. Times are microseconds since the epoch, so that no engine's date functions are needed. */
export interface Input {
  readonly name: string
  readonly kept: KeptTable
  readonly columns: Readonly<Record<string, InputType>>
  /**
   * SQL that gives the columns from the kept state for the targets in `temp.targets(user_id, day, part)`, by subject: all
   * that their figures depend on. More than that would do no harm, for the caller takes only the targets' rows. After
   * the columns come partition, log_offset and changed_at of the row, for lineage.
   */
  readonly fromState: Readonly<Partial<Record<Subject, string>>>
}

/**
 * The events of whole sessions: of those that have an event in a user's span of time in `spans`. Without INDEXED BY,
 * SQLite would read every event the user ever had.
 */
const eventsOfSessions = (spans: string) => `
  WITH spans AS (${spans}),
  found AS (
    SELECT DISTINCT e.user_id, e.session_id FROM spans s
    CROSS JOIN session_events e ON e.user_id = s.user_id AND e.event_time BETWEEN s.first AND s.last
    WHERE NOT e.is_deleted
  )
  SELECT hex(e.user_id), hex(e.session_id), e.event_time, e.event_type, e.partition, e.log_offset, e.changed_at
  FROM found f
  CROSS JOIN session_events e INDEXED BY session_events_by_session
    ON e.user_id = f.user_id AND e.session_id = f.session_id
  WHERE NOT e.is_deleted`

// CROSS JOIN keeps SQLite to the order written here: from the few targets to the rows an index finds for each.
const wanted = `
  SELECT DISTINCT n.user_id, n.notification_time, n.notification_id FROM temp.targets t
  CROSS JOIN notifications n ON n.user_id = t.user_id
    AND n.notification_time >= t.day * ${dayMicros} AND n.notification_time < (t.day + 1) * ${dayMicros}
    AND ${isOfPart('t.part', 'n.content')}`

/** Every input of the models. */
export const inputs: readonly Input[] = [
  {
    name: 'in_session_events',
    kept: sessionEvents,
    columns: { user_id: 'VARCHAR', session_id: 'VARCHAR', event_time: 'BIGINT', event_type: 'VARCHAR' },
    fromState: {
      // A session lasts 24 hours at most: what covers some of a day started on it or on the day before.
      activity: eventsOfSessions(
        `SELECT user_id, (day - 1) * ${dayMicros} AS first, (day + 1) * ${dayMicros} - 1 AS last FROM temp.targets`
      ),
      notifications: eventsOfSessions(`
        WITH wanted AS (${wanted}),
        seen AS (
          SELECT n.user_id, n.seen_at FROM wanted w
          CROSS JOIN notifications n ON n.user_id = w.user_id AND n.notification_id = w.notification_id
          UNION
          SELECT s.user_id, s.seen_at FROM wanted w
          CROSS JOIN notification_states s ON s.user_id = w.user_id AND s.notification_id = w.notification_id
        )
        SELECT user_id, seen_at - ${dayMicros} AS first, seen_at + ${effectMicros} AS last FROM seen`)
    }
  },
  {
    name: 'in_messages',
    kept: messages,
    columns: { user_id: 'VARCHAR', created_at: 'BIGINT' },
    fromState: {
      activity: `
        SELECT hex(m.user_id), m.created_at, m.partition, m.log_offset, m.changed_at FROM temp.targets t
        CROSS JOIN messages m ON m.user_id = t.user_id
          AND m.created_at >= t.day * ${dayMicros} AND m.created_at < (t.day + 1) * ${dayMicros}
        WHERE NOT m.is_deleted`
    }
  },
  {
    name: 'in_purchases',
    kept: purchases,
    columns: {
      user_id: 'VARCHAR',
      purchase_time: 'BIGINT',
      purchase_id: 'VARCHAR',
      amount: 'DECIMAL(18,4)',
      currency: 'VARCHAR'
    },
    fromState: {
      activity: `
        SELECT hex(p.user_id), p.purchase_time, hex(p.purchase_id), p.amount, p.currency, p.partition,
          p.log_offset, p.changed_at
        FROM temp.targets t
        CROSS JOIN purchases p ON p.user_id = t.user_id
          AND p.purchase_time >= t.day * ${dayMicros} AND p.purchase_time < (t.day + 1) * ${dayMicros}
        WHERE NOT p.is_deleted`
    }
  },
  {
    name: 'in_notifications',
    kept: notifications,
    columns: {
      user_id: 'VARCHAR',
      notification_time: 'BIGINT',
      notification_id: 'VARCHAR',
      content: 'VARCHAR',
      state: 'VARCHAR',
      seen_at: 'BIGINT',
      version: 'BIGINT',
      log_offset: 'BIGINT',
      is_deleted: 'BOOLEAN'
    },
    fromState: {
      notifications: `
        SELECT hex(n.user_id), n.notification_time, hex(n.notification_id), n.content, n.state, n.seen_at, n.version,
          n.log_offset, n.is_deleted, n.partition, n.log_offset, n.changed_at
        FROM (${wanted}) w
        CROSS JOIN notifications n ON n.user_id = w.user_id AND n.notification_time = w.notification_time
          AND n.notification_id = w.notification_id`
    }
  },
  {
    name: 'in_notification_states',
    kept: notificationStates,
    columns: {
      id: 'VARCHAR',
      user_id: 'VARCHAR',
      notification_id: 'VARCHAR',
      status: 'VARCHAR',
      seen_at: 'BIGINT',
      version: 'BIGINT',
      log_offset: 'BIGINT',
      is_deleted: 'BOOLEAN'
    },
    fromState: {
      notifications: `
        WITH wanted AS (${wanted}),
        ids AS (
          SELECT DISTINCT s.id FROM wanted w
          CROSS JOIN notification_states s ON s.user_id = w.user_id AND s.notification_id = w.notification_id
        )
        SELECT hex(s.id), hex(s.user_id), hex(s.notification_id), s.status, s.seen_at, s.version, s.log_offset,
          s.is_deleted, s.partition, s.log_offset, s.changed_at
        FROM ids i CROSS JOIN notification_states s ON s.id = i.id`
    }
  }
]
