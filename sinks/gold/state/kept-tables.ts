import type { KeptTable } from './kept-table.ts'
import { messages } from './messages.ts'
import { notifications } from './notifications.ts'
import { notificationStates } from './notification-states.ts'
import { purchases } from './purchases.ts'
import { sessionEvents } from './session-events.ts'

/** Every clean table Gold is computed from. */
export const keptTables: readonly KeptTable[] = [
  messages,
  notifications,
  notificationStates,
  purchases,
  sessionEvents
]
