import { tables } from '../schemas/tables.ts'
import { cleanTable } from './clean-table.ts'
import { pastTimestamp } from './clean-values.ts'
import { notUpdatedBeforeCreated } from './not-updated-before-created.ts'

/** A group needs a name and sensible times. */
export const cleanGroups = cleanTable(tables.groups, {
  columns: { created_at: pastTimestamp, updated_at: pastTimestamp },
  row: notUpdatedBeforeCreated
})
