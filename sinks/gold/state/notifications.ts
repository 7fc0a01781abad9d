import { tables } from '../../../schemas/tables.ts'
import { dayOf } from '../time.ts'
import { type KeptTable, contentPart, keptColumns, keptValues, rowOf } from './kept-table.ts'

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
    // A version with another content moves the notification from one row of Gold to another.
    const parts = database.prepare(
      `SELECT DISTINCT ${contentPart('content')} AS part FROM notifications
       WHERE user_id = unhex(?, '-') AND notification_time = ? AND notification_id = unhex(?, '-')`
    )
    return (items) => {
      for (const item of items) {
        const column = rowOf(item)
        const { ts_us, row_hash } = item.value.source
        const names = ['user_id', 'notification_time', 'notification_id', 'content', 'state']
        keep.run(...names.map(column), column('modified_at') ?? ts_us, row_hash, ...keptValues(item))
        const day = dayOf(Number(column('notification_time')))
        for (const { part } of parts.all(...names.slice(0, 3).map(column)))
          touch.notifications(String(column('user_id')), day, String(part))
      }
    }
  }
}
