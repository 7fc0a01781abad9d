import { tables } from '../schemas/tables.ts'
import { cleanTable } from './clean-table.ts'
import { pastTimestamp, word } from './clean-values.ts'

/** An activity may be scheduled in the future, but not created there. */
export const cleanActivities = cleanTable(tables.activities, {
  columns: { activity_type: word, status: word, created_at: pastTimestamp }
})
