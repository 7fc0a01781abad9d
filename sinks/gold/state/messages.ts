import { tables } from '../../../schemas/tables.ts'
import { dayOf } from '../time.ts'
import { type KeptTable, ifNewer, keptColumns, keptValues, rowOf } from './kept-table.ts'

/** Messages by user and time. Their content is not kept: Gold only counts them. */
export const messages: KeptTable = {
  table: tables.groupMessages,
  name: 'messages',
  timeColumn: 'created_at',
  ddl: `
    CREATE TABLE IF NOT EXISTS messages (
      group_id BLOB NOT NULL, created_at INTEGER NOT NULL, message_id BLOB NOT NULL, user_id BLOB, ${keptColumns},
      PRIMARY KEY (group_id, created_at, message_id)
    ) WITHOUT ROWID;
    CREATE INDEX IF NOT EXISTS messages_by_user ON messages (user_id, created_at);`,
  open(database, touch) {
    const author = database.prepare(
      `SELECT lower(hex(user_id)) AS userId FROM messages
       WHERE group_id = unhex(?, '-') AND created_at = ? AND message_id = unhex(?, '-') AND user_id IS NOT NULL`
    )
    // A delete does not say whose message it was: the row keeps its author.
    const keep = database.prepare(
      `INSERT INTO messages VALUES (unhex(?, '-'), ?, unhex(?, '-'), unhex(?, '-'), ?, ?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET user_id = coalesce(excluded.user_id, user_id), ${ifNewer}`
    )
    return (items) => {
      for (const item of items) {
        const column = rowOf(item)
        const key = [column('group_id'), column('created_at'), column('message_id')]
        const day = dayOf(Number(column('created_at')))
        const before = author.get(...key)
        keep.run(...key, column('user_id'), ...keptValues(item))
        const after = column('user_id')
        if (before) touch.activity(String(before['userId']), day)
        if (after) touch.activity(String(after), day)
      }
    }
  }
}
