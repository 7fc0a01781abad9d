import { distinct } from './check-table.ts'
import { type Table, table } from './table.ts'
import type {
  Activity,
  Group,
  GroupMessage,
  GroupUser,
  NotificationState,
  User,
  UserNotification,
  UserPurchase,
  UserSessionEvent
} from './types/activity.ts'

/** Every table that flows. A new one is its .avsc file, a line here and the import of its type, which `npm run generate` makes. */
export const tables = {
  users: table<User>('activity', 'users'),
  groups: table<Group>('activity', 'groups'),
  groupsUsers: table<GroupUser>('activity', 'groups-users'),
  activities: table<Activity>('activity', 'activities'),
  notificationStates: table<NotificationState>('activity', 'notification-states'),
  groupMessages: table<GroupMessage>('activity', 'group-messages'),
  userNotifications: table<UserNotification>('activity', 'user-notifications'),
  userPurchases: table<UserPurchase>('activity', 'user-purchases'),
  userSessionEvents: table<UserSessionEvent>('activity', 'user-session-events')
}

export const tableList: readonly Table[] = distinct(Object.values(tables))
