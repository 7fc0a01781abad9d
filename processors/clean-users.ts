import { tables } from '../schemas/tables.ts'
import { cleanTable } from './clean-table.ts'
import { email, pastTimestamp } from './clean-values.ts'
import { notUpdatedBeforeCreated } from './not-updated-before-created.ts'

/** A user needs an e-mail address that could exist: a missing or impossible one is set aside. */
export const cleanUsers = cleanTable(tables.users, {
  columns: { email, created_at: pastTimestamp, updated_at: pastTimestamp },
  row: notUpdatedBeforeCreated
})
