import { tables } from '../schemas/tables.ts'
import { cleanTable } from './clean-table.ts'
import { pastTimestamp } from './clean-values.ts'

/** A message counts on the day it was written, which cannot lie ahead. */
export const cleanGroupMessages = cleanTable(tables.groupMessages, {
  columns: { created_at: pastTimestamp }
})
