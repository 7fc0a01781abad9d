import { tables } from '../schemas/tables.ts'
import { cleanTable } from './clean-table.ts'
import { pastTimestamp, word } from './clean-values.ts'

/** States are compared by Gold, so their case is made one. */
export const cleanUserNotifications = cleanTable(tables.userNotifications, {
  columns: { state: word, notification_time: pastTimestamp, modified_at: pastTimestamp }
})
