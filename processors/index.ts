import type { AnyPipeline } from '../runtime/pipeline.ts'
import type { Table } from '../schemas/table.ts'
import { tableList } from '../schemas/tables.ts'
import { cleanActivities } from './clean-activities.ts'
import { cleanGroupMessages } from './clean-group-messages.ts'
import { cleanGroups } from './clean-groups.ts'
import { cleanNotificationStates } from './clean-notification-states.ts'
import { cleanTable } from './clean-table.ts'
import { cleanUserNotifications } from './clean-user-notifications.ts'
import { cleanUserPurchases } from './clean-user-purchases.ts'
import { cleanUserSessionEvents } from './clean-user-session-events.ts'
import { cleanUsers } from './clean-users.ts'
import { curateApplications } from './curate-applications.ts'

const withRulesOfTheirOwn: readonly AnyPipeline[] = [
  cleanActivities,
  cleanGroupMessages,
  cleanGroups,
  cleanNotificationStates,
  cleanUserNotifications,
  cleanUserPurchases,
  cleanUserSessionEvents,
  cleanUsers
]

const isNamed = (table: Table) => withRulesOfTheirOwn.some(({ name }) => name === `clean-${table.name}`)

/** A cleaning for each table, by the types of its columns alone unless it is named above; then those of events. */
export const processors: readonly AnyPipeline[] = [
  ...withRulesOfTheirOwn,
  ...tableList.filter((table) => !isNamed(table)).map((table) => cleanTable(table)),
  curateApplications
]
