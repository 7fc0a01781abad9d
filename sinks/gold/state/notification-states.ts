import { tables } from '../../../schemas/tables.ts'
import { type KeptTable, keptColumns, keptValues, rowOf } from './kept-table.ts'
import { notificationToucher } from './notification-places.ts'

/** Every version of what the application knows of a notification. */
export const notificationStates: KeptTable = {
  table: tables.notificationStates,
  name: 'notification_states',
  timeColumn: null,
  ddl: `
    CREATE TABLE IF NOT EXISTS notification_states (
      id BLOB NOT NULL, user_id BLOB, notification_id BLOB, status TEXT, seen_at INTEGER NOT NULL,
      row_hash INTEGER NOT NULL, ${keptColumns},
      PRIMARY KEY (id, version, row_hash)
    ) WITHOUT ROWID;
    CREATE INDEX IF NOT EXISTS notification_states_by_notification
      ON notification_states (user_id, notification_id);
    CREATE INDEX IF NOT EXISTS notification_states_by_seen ON notification_states (user_id, seen_at);`,
  open(database, touch) {
    const keep = database.prepare(
      `INSERT OR IGNORE INTO notification_states
       VALUES (unhex(?, '-'), unhex(?, '-'), unhex(?, '-'), ?, ?, ?, ?, ?, ?, ?, ?)`
    )
    // A delete names only the id, and an update may point to another notification: all that it ever pointed to.
    const touchPlaces = notificationToucher(
      database,
      touch,
      `SELECT user_id, notification_id FROM notification_states WHERE id = unhex(?, '-')`
    )
    return (items) => {
      for (const item of items) {
        const column = rowOf(item)
        const { ts_us, row_hash } = item.value.source
        const names = ['id', 'user_id', 'notification_id', 'status']
        keep.run(...names.map(column), column('updated_at') ?? ts_us, row_hash, ...keptValues(item))
        touchPlaces(column('id'))
      }
    }
  }
}
