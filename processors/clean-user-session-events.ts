import { tables } from '../schemas/tables.ts'
import { cleanTable } from './clean-table.ts'
import { pastTimestamp, word } from './clean-values.ts'

/** Logins and logouts are told apart by their type, so its case is made one. */
export const cleanUserSessionEvents = cleanTable(tables.userSessionEvents, {
  columns: { event_time: pastTimestamp, event_type: word }
})
