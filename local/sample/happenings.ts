import {
  activityRow,
  groupRow,
  membershipRow,
  messageRow,
  newNotification,
  notificationRows,
  purchaseRow,
  sessionEventRow,
  userRow
} from './rows.ts'
import { activeEvents, activityStates, firstNames, reachedStates, sentences } from './texts.ts'
import { remember, takeAny, type World, type Writes } from './world.ts'

interface Happening {
  /** How often it happens, relative to the others. */
  readonly weight: number
  readonly happen: (world: World, at: Date) => Writes
}

/** Everything that goes on in the application, deletes and updates included; nothing to do gives no writes. */
export const happenings: Readonly<Record<string, Happening>> = {
  login: { weight: 10, happen: logIn },
  session_event: { weight: 32, happen: actInSession },
  logout: { weight: 8, happen: logOut },
  message_sent: { weight: 16, happen: sendMessage },
  message_edited: { weight: 1, happen: editMessage },
  message_deleted: { weight: 1, happen: deleteMessage },
  purchase: { weight: 8, happen: buy },
  notification_sent: { weight: 8, happen: notify },
  notification_reached: { weight: 6, happen: reachNotification },
  profile_updated: { weight: 3, happen: updateProfile },
  user_joined: { weight: 2, happen: signUp },
  user_deleted: { weight: 0.2, happen: deleteUser },
  group_founded: { weight: 0.3, happen: foundGroup },
  member_joined: { weight: 1, happen: joinGroup },
  member_left: { weight: 1, happen: leaveGroup },
  activity_planned: { weight: 1.5, happen: planActivity },
  activity_changed: { weight: 0.5, happen: changeActivity }
}

function logIn({ maker, users, sessions }: World, at: Date): Writes {
  const session = { userId: maker.random.pick(users), sessionId: maker.random.uuid() }
  remember(sessions, session)
  return { rows: [sessionEventRow(maker, { ...session, type: 'login', at })] }
}

function actInSession(world: World, at: Date): Writes {
  const { maker, sessions } = world
  if (sessions.length === 0) return logIn(world, at)
  const type = maker.random.pick(activeEvents)
  return { rows: [sessionEventRow(maker, { ...maker.random.pick(sessions), type, at })] }
}

function logOut(world: World, at: Date): Writes {
  const session = takeAny(world, world.sessions)
  return session ? { rows: [sessionEventRow(world.maker, { ...session, type: 'logout', at })] } : {}
}

function sendMessage({ maker, users, groups, messages }: World, at: Date): Writes {
  const by = { userId: maker.random.pick(users), groupId: maker.random.pick(groups), at }
  const row = messageRow(maker, by)
  remember(messages, { groupId: by.groupId, at, id: String(row.values[2]) })
  return { rows: [row] }
}

function editMessage({ maker, messages }: World): Writes {
  if (messages.length === 0) return {}
  const { groupId, at, id } = maker.random.pick(messages)
  const text = (q: (table: string) => string) =>
    `UPDATE ${q('C_GroupMessages')} SET content = ? WHERE group_id = ? AND created_at = ? AND message_id = ?`
  const content = `${maker.random.pick(sentences)} (edited)`
  return { statements: [{ database: 'cassandra', text, values: [content, groupId, at, id] }] }
}

function deleteMessage(world: World): Writes {
  const message = takeAny(world, world.messages)
  if (!message) return {}
  const text = (q: (table: string) => string) =>
    `DELETE FROM ${q('C_GroupMessages')} WHERE group_id = ? AND created_at = ? AND message_id = ?`
  return {
    statements: [{ database: 'cassandra', text, values: [message.groupId, message.at, message.id] }]
  }
}

function buy({ maker, users }: World, at: Date): Writes {
  return { rows: [purchaseRow(maker, { userId: maker.random.pick(users), at })] }
}

function notify({ maker, users, unread }: World, at: Date): Writes {
  const notification = newNotification(maker, maker.random.pick(users), at)
  remember(unread, notification)
  return { rows: notificationRows(maker, notification, { state: 'sent', at }) }
}

function reachNotification(world: World, at: Date): Writes {
  const notification = takeAny(world, world.unread)
  if (!notification) return {}
  const { userId, id, stateId, sentAt } = notification
  const state = world.maker.random.pick(reachedStates)
  return {
    statements: [
      {
        database: 'cassandra',
        text: (q) =>
          `UPDATE ${q('C_UserNotifications')} SET state = ?, modified_at = ?
           WHERE user_id = ? AND notification_time = ? AND notification_id = ?`,
        values: [state, at, userId, sentAt, id]
      },
      {
        database: 'postgres',
        text: (q) => `UPDATE ${q('PG_NotificationStates')} SET status = $1, updated_at = $2 WHERE id = $3`,
        values: [state, at, stateId]
      }
    ]
  }
}

function updateProfile({ maker, users }: World, at: Date): Writes {
  const values = [maker.random.pick(firstNames), at, maker.random.pick(users)]
  const text = (q: (table: string) => string) =>
    `UPDATE ${q('PG_Users')} SET first_name = $1, updated_at = $2 WHERE id = $3`
  return { statements: [{ database: 'postgres', text, values }] }
}

function signUp({ maker, users }: World, at: Date): Writes {
  const id = maker.random.uuid()
  remember(users, id)
  return { rows: [userRow(maker, { id, at })] }
}

function deleteUser(world: World): Writes {
  const id = world.users.length > 10 ? takeAny(world, world.users) : undefined
  if (!id) return {}
  const text = (q: (table: string) => string) => `DELETE FROM ${q('PG_Users')} WHERE id = $1`
  return { statements: [{ database: 'postgres', text, values: [id] }] }
}

function foundGroup({ maker, groups }: World, at: Date): Writes {
  const id = maker.random.uuid()
  remember(groups, id)
  return { rows: [groupRow(maker, { id, at })] }
}

function joinGroup({ maker, groups, users, members }: World): Writes {
  const member = { groupId: maker.random.pick(groups), userId: maker.random.pick(users) }
  remember(members, member)
  return { rows: [membershipRow(member.groupId, member.userId)] }
}

function leaveGroup(world: World): Writes {
  const member = takeAny(world, world.members)
  if (!member) return {}
  const text = (q: (table: string) => string) =>
    `DELETE FROM ${q('PG_GroupsUsersUser')} WHERE groups_id = $1 AND users_id = $2`
  return { statements: [{ database: 'postgres', text, values: [member.groupId, member.userId] }] }
}

function planActivity({ maker, users, groups }: World, at: Date): Writes {
  const by = { userId: maker.random.pick(users), groupId: maker.random.pick(groups), at }
  return { rows: [activityRow(maker, by)] }
}

/** Moves no time column: only a comparison can find it. */
function changeActivity({ maker }: World): Writes {
  const text = (q: (table: string) => string) =>
    `UPDATE ${q('PG_Activities')} SET status = $1
     WHERE id = (SELECT id FROM ${q('PG_Activities')} WHERE id >= $2 ORDER BY id LIMIT 1)`
  const values = [maker.random.pick(activityStates), maker.random.uuid()]
  return { statements: [{ database: 'postgres', text, values }] }
}
