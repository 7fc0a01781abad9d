import type { DuckDBConnection } from '@duckdb/node-api'
import { effectMicros } from './state/session-events.ts'
import { type Day, dayMicros } from './time.ts'

/** Days from the first to the last, both inclusive. */
export interface DaySpan {
  readonly first: Day
  readonly last: Day
}

/**
 * Creates the models' inputs for some days over the views `silver.*` of the connection's own database: all that these
 * days' figures depend on, read from as little as the files' statistics allow.
 */
export async function createSilverInputs(connection: DuckDBConnection, days: DaySpan): Promise<void> {
  for (const [name, sql] of Object.entries(inputsFromSilver(days)))
    await connection.run(`CREATE OR REPLACE TEMP TABLE ${name} AS ${sql}`)
}

/** In the order they build on each other. */
function inputsFromSilver({ first, last }: DaySpan): Readonly<Record<string, string>> {
  const instant = (micros: number) => `make_timestamptz(${micros})`
  const between = (column: string, from: number, to: number) =>
    `${column} >= ${instant(from)} AND ${column} < ${instant(to)}`
  const [from, to] = [first * dayMicros, (last + 1) * dayMicros]
  return {
    in_messages: `
      SELECT user_id, epoch_us(created_at) AS created_at FROM silver.group_messages
      WHERE ${between('created_at', from, to)}`,
    in_purchases: `
      SELECT user_id, epoch_us(purchase_time) AS purchase_time, purchase_id, amount, currency
      FROM silver.user_purchases WHERE ${between('purchase_time', from, to)}`,
    in_notifications: `
      SELECT user_id, epoch_us(notification_time) AS notification_time, notification_id, content, state,
        epoch_us(coalesce(modified_at, _changed_at)) AS seen_at, _version AS version, _offset AS log_offset,
        _op = 'd' AS is_deleted
      FROM silver.user_notifications_history WHERE ${between('notification_time', from, to)}`,
    in_notification_states: `
      SELECT id, user_id, notification_id, status, epoch_us(coalesce(updated_at, _changed_at)) AS seen_at,
        _version AS version, _offset AS log_offset, _op = 'd' AS is_deleted
      FROM silver.notification_states_history
      WHERE id IN (
        SELECT s.id FROM silver.notification_states_history s
        SEMI JOIN in_notifications n ON n.user_id = s.user_id AND n.notification_id = s.notification_id
      )`,
    // Sessions that cover some of these days, or that may be the effect of their notifications.
    wanted_sessions: `
      SELECT user_id, session_id FROM silver.user_session_events
      WHERE ${between('event_time', from - dayMicros, to)}
      UNION
      SELECT e.user_id, e.session_id
      FROM (
        SELECT user_id, seen_at FROM in_notifications UNION SELECT user_id, seen_at FROM in_notification_states
      ) s
      JOIN silver.user_session_events e ON e.user_id = s.user_id
        AND e.event_time BETWEEN make_timestamptz(s.seen_at - ${dayMicros})
        AND make_timestamptz(s.seen_at + ${effectMicros})`,
    in_session_events: `
      SELECT e.user_id, e.session_id, epoch_us(e.event_time) AS event_time, e.event_type
      FROM silver.user_session_events e
      SEMI JOIN wanted_sessions w ON w.user_id = e.user_id AND w.session_id = e.session_id`
  }
}
