import { tables } from '../schemas/tables.ts'
import { cleanTable } from './clean-table.ts'
import { pastTimestamp, word } from './clean-values.ts'

/** Statuses are compared by Gold, so their case is made one. */
export const cleanNotificationStates = cleanTable(tables.notificationStates, {
  columns: { status: word, updated_at: pastTimestamp }
})
