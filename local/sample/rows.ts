import { hasFlaw, type Maker } from './flaws.ts'
import type { SampleRow } from './source-tables.ts'
import * as texts from './texts.ts'

const DAY_MS = 86_400_000

/** A user who signed up at `at`. Every password is a canary that must be found nowhere outside the source. */
export function userRow(maker: Maker, user: { id: string; at: Date }): SampleRow {
  const { random } = maker
  const first = random.pick(texts.firstNames)
  const last = random.pick(texts.lastNames)
  const changedAt = hasFlaw(maker, 'profile_never_updated') ? null : user.at
  const names = hasFlaw(maker, 'name_untidy') ? [untidy(first), untidy(last)] : [first, last]
  const password = `canary-password-${user.id.slice(0, 8)}`
  const email = emailOf(maker, `${first}.${last}.${user.id.slice(0, 6)}`)
  return { table: 'PG_Users', values: [user.id, ...names, email, password, user.at, changedAt] }
}

function emailOf(maker: Maker, name: string): string | null {
  const plain = name.normalize('NFD').replaceAll(/[^a-zA-Z0-9.]/g, '')
  const email = `${plain}@example.com`.toLowerCase()
  if (hasFlaw(maker, 'email_null')) return null
  if (hasFlaw(maker, 'email_impossible')) return maker.random.pick(texts.impossibleEmails)
  return hasFlaw(maker, 'email_untidy') ? ` ${email.toUpperCase()} ` : email
}

/** Text as people paste it: decomposed letters and stray blanks. */
function untidy(text: string): string {
  return `  ${text.normalize('NFD')}\t`
}

export function groupRow({ random }: Maker, group: { id: string; at: Date }): SampleRow {
  const name = `${random.pick(texts.groupTopics)} ${random.pick(texts.places)}`
  const description = random.chance(0.2) ? null : random.pick(texts.sentences)
  return { table: 'PG_Groups', values: [group.id, name, description, group.at, group.at] }
}

export function membershipRow(groupId: string, userId: string): SampleRow {
  return { table: 'PG_GroupsUsersUser', values: [groupId, userId] }
}

export function activityRow({ random }: Maker, by: { userId: string; groupId: string; at: Date }): SampleRow {
  const type = random.pick(texts.activityTypes)
  const place = random.chance(0.1) ? null : random.pick(texts.places)
  const scheduledAt = random.chance(0.05) ? null : new Date(by.at.getTime() + random.int(30) * DAY_MS)
  const title = `${type} ${place ?? ''}`
  const description = random.pick(texts.sentences)
  const status = random.pick(texts.activityStates)
  const about = [type, title, description, place, scheduledAt, status, by.at]
  return { table: 'PG_Activities', values: [random.uuid(), by.groupId, by.userId, ...about] }
}

export function messageRow(maker: Maker, by: { userId: string; groupId: string; at: Date }): SampleRow {
  const { random } = maker
  const sentence = random.pick(texts.sentences)
  let content: string = sentence
  if (hasFlaw(maker, 'message_untidy')) content = untidy(sentence)
  else if (hasFlaw(maker, 'message_empty')) content = '   '
  return { table: 'C_GroupMessages', values: [by.groupId, by.at, random.uuid(), by.userId, content] }
}

export function purchaseRow(maker: Maker, by: { userId: string; at: Date }): SampleRow {
  const { random } = maker
  const cents = 100 + random.int(20_000)
  let amount = (cents / 100).toFixed(2)
  if (hasFlaw(maker, 'price_negative')) amount = `-${amount}`
  else if (hasFlaw(maker, 'price_absurd')) amount = '99999999999.99'
  const isUnknown = hasFlaw(maker, 'currency_unknown')
  const currency = random.pick(isUnknown ? texts.unknownCurrencies : texts.currencies)
  const at = hasFlaw(maker, 'purchase_in_future') ? new Date(by.at.getTime() + 3650 * DAY_MS) : by.at
  const values = [by.userId, at, random.uuid(), random.pick(texts.productTypes), amount, currency]
  return { table: 'C_UserPurchases', values }
}

export interface SessionEvent {
  readonly userId: string
  readonly sessionId: string
  readonly type: string
  readonly at: Date
}

export function sessionEventRow(maker: Maker, event: SessionEvent): SampleRow {
  const type = hasFlaw(maker, 'event_type_untidy') ? ` ${event.type.toUpperCase()}` : event.type
  return { table: 'C_UserSessionEvents', values: [event.userId, event.at, event.sessionId, type] }
}

export interface Notification {
  readonly userId: string
  readonly id: string
  /** Of the row in PG_NotificationStates. */
  readonly stateId: string
  readonly content: string
  readonly sentAt: Date
}

export function newNotification({ random }: Maker, userId: string, sentAt: Date): Notification {
  return {
    userId,
    id: random.uuid(),
    stateId: random.uuid(),
    content: random.pick(texts.notificationTexts),
    sentAt
  }
}

/** The two rows the application writes of a notification: what the user sees, and the state it keeps beside it. */
export function notificationRows(
  maker: Maker,
  notification: Notification,
  latest: { state: string; at: Date }
): readonly SampleRow[] {
  const { userId, id, stateId, content, sentAt } = notification
  const state = hasFlaw(maker, 'notification_without_state') ? null : latest.state
  const modifiedAt = hasFlaw(maker, 'notification_never_modified') ? null : latest.at
  return [
    { table: 'C_UserNotifications', values: [userId, sentAt, id, content, state, modifiedAt] },
    { table: 'PG_NotificationStates', values: [stateId, userId, id, latest.state, latest.at] }
  ]
}
