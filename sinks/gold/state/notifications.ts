import { tables } from '../../../schemas/tables.ts'
import { type KeptTable, keptColumns, keptValues, rowOf } from './kept-table.ts'
import { notificationToucher } from './notification-places.ts'

/** Every version of every notification: the first that says it was read decides, even when a later one says otherwise. */
export const notifications: KeptTable = {
  table: tables.userNotifications,
  name: 'notifications',
  timeColumn: 'notification_time',
  ddl: `
    CREATE TABLE IF NOT EXISTS notifications (
      user_id BLOB NOT NULL, notification_time INTEGER NOT NULL, notification_id BLOB NOT NULL, content TEXT,
      state TEXT, seen_at INTEGER NOT NULL, row_hash INTEGER NOT NULL, ${keptColumns},
      PRIMARY KEY (user_id, notification_time, notification_id, version, row_hash)
    ) WITHOUT ROWID;
    CREATE INDEX IF NOT EXISTS notifications_by_id ON notifications (user_id, notification_id);
    CREATE INDEX IF NOT EXISTS notifications_by_seen ON notifications (user_id, seen_at);`,
  open(database, touch) {
    const keep = database.prepare(
      `INSERT OR IGNORE INTO notifications
       VALUES (unhex(?, '-'), ?, unhex(?, '-'), ?, ?, ?, ?, ?, ?, ?, ?, ?)`
    )
    const touchPlaces = notificationToucher(
      database,
      touch,
      `SELECT unhex(?, '-') AS user_id, unhex(?, '-') AS notification_id`
    )
    return (items) => {
      for (const item of items) {
        const column = rowOf(item)
        const { ts_us, row_hash } = item.value.source
        const names = ['user_id', 'notification_time', 'notification_id', 'content', 'state']
        keep.run(...names.map(column), column('modified_at') ?? ts_us, row_hash, ...keptValues(item))
        touchPlaces(column('user_id'), column('notification_id'))
      }
    }
  }
}
