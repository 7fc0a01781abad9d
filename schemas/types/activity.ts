// Made from the .avsc files by `npm run generate`; do not edit.

/** Something a group plans to do. */
export interface Activity {
  readonly id: string
  readonly group_id: string
  readonly user_id: string
  readonly activity_type: string | null
  /** Personal data: text. */
  readonly title: string | null
  /** Personal data: text. */
  readonly description: string | null
  /** Personal data: location. */
  readonly location: string | null
  /** Microseconds since the epoch, UTC. */
  readonly scheduled_at: number | null
  readonly status: string | null
  /** Microseconds since the epoch, UTC. */
  readonly created_at: number
}

/** A message written in a group. */
export interface GroupMessage {
  readonly group_id: string
  /** Microseconds since the epoch, UTC. */
  readonly created_at: number
  readonly message_id: string
  readonly user_id: string
  /** Personal data: text. */
  readonly content: string | null
}

/** Membership of a user in a group. */
export interface GroupUser {
  readonly groups_id: string
  readonly users_id: string
}

/** A group that people join. */
export interface Group {
  readonly id: string
  readonly name: string
  /** Personal data: text. */
  readonly description: string | null
  /** Microseconds since the epoch, UTC. */
  readonly created_at: number
  /** Microseconds since the epoch, UTC. */
  readonly updated_at: number | null
}

/** What became of a notification, as the application keeps it. */
export interface NotificationState {
  readonly id: string
  readonly user_id: string
  readonly notification_id: string
  readonly status: string
  /** Microseconds since the epoch, UTC. */
  readonly updated_at: number
}

/** A notification sent to a user, with its latest state. */
export interface UserNotification {
  readonly user_id: string
  /** Microseconds since the epoch, UTC. */
  readonly notification_time: number
  readonly notification_id: string
  /** Personal data: text. */
  readonly content: string | null
  readonly state: string | null
  /** Microseconds since the epoch, UTC. */
  readonly modified_at: number | null
}

/** A purchase made by a user. */
export interface UserPurchase {
  readonly user_id: string
  /** Microseconds since the epoch, UTC. */
  readonly purchase_time: number
  readonly purchase_id: string
  readonly product_type: string | null
  /** Exact decimal as text. */
  readonly amount: string
  readonly currency: string
}

/** A login, a logout or anything between them. */
export interface UserSessionEvent {
  readonly user_id: string
  /** Microseconds since the epoch, UTC. */
  readonly event_time: number
  readonly session_id: string
  readonly event_type: string
}

/** A person who has an account. */
export interface User {
  readonly id: string
  /** Personal data: name. */
  readonly first_name: string | null
  /** Personal data: name. */
  readonly last_name: string | null
  /** Personal data: email. */
  readonly email: string
  /** Microseconds since the epoch, UTC. */
  readonly created_at: number
  /** Microseconds since the epoch, UTC. */
  readonly updated_at: number | null
}
