/** A value as both drivers take it. */
export type SampleValue = string | number | Date | null

/** A row for one of the nine tables, its values in the order of the table's columns. */
export interface SampleRow {
  readonly table: SourceTableName
  readonly values: readonly SampleValue[]
}

interface SourceTable {
  readonly database: 'postgres' | 'cassandra'
  /** Column names with their types, in order. */
  readonly columns: Readonly<Record<string, string>>
  readonly primaryKey: string
  /** CQL after the column list, such as a clustering order. */
  readonly options?: string
  /**
   * Of the time columns, so that a poll reads only what is new: in PostgreSQL column lists with the key, in Cassandra
   * single columns (storage-attached, Cassandra 5).
   */
  readonly indexes?: readonly string[]
}

/** The social application's tables as it created them: source of the DDL and of every sample row's column order. */
export const sourceTables = {
  PG_Users: {
    database: 'postgres',
    columns: {
      id: 'uuid',
      first_name: 'text',
      last_name: 'text',
      email: 'text',
      password: 'text',
      created_at: 'timestamptz',
      updated_at: 'timestamptz'
    },
    primaryKey: 'id',
    indexes: ['updated_at, id']
  },
  PG_Groups: {
    database: 'postgres',
    columns: {
      id: 'uuid',
      name: 'text',
      description: 'text',
      created_at: 'timestamptz',
      updated_at: 'timestamptz'
    },
    primaryKey: 'id',
    indexes: ['updated_at, id']
  },
  PG_GroupsUsersUser: {
    database: 'postgres',
    columns: { groups_id: 'uuid', users_id: 'uuid' },
    primaryKey: 'groups_id, users_id'
  },
  PG_Activities: {
    database: 'postgres',
    columns: {
      id: 'uuid',
      group_id: 'uuid',
      user_id: 'uuid',
      activity_type: 'text',
      title: 'text',
      description: 'text',
      location: 'text',
      scheduled_at: 'timestamptz',
      status: 'text',
      created_at: 'timestamptz'
    },
    primaryKey: 'id',
    indexes: ['created_at, id']
  },
  PG_NotificationStates: {
    database: 'postgres',
    columns: {
      id: 'uuid',
      user_id: 'uuid',
      notification_id: 'uuid',
      status: 'text',
      updated_at: 'timestamptz'
    },
    primaryKey: 'id',
    indexes: ['updated_at, id', 'notification_id']
  },
  C_GroupMessages: {
    database: 'cassandra',
    columns: {
      group_id: 'uuid',
      created_at: 'timestamp',
      message_id: 'uuid',
      user_id: 'uuid',
      content: 'text'
    },
    primaryKey: '(group_id), created_at, message_id',
    options: 'CLUSTERING ORDER BY (created_at DESC, message_id ASC)',
    indexes: ['created_at']
  },
  C_UserNotifications: {
    database: 'cassandra',
    columns: {
      user_id: 'uuid',
      notification_time: 'timestamp',
      notification_id: 'uuid',
      content: 'text',
      state: 'text',
      modified_at: 'timestamp'
    },
    primaryKey: '(user_id), notification_time, notification_id',
    indexes: ['notification_time', 'modified_at']
  },
  C_UserPurchases: {
    database: 'cassandra',
    columns: {
      user_id: 'uuid',
      purchase_time: 'timestamp',
      purchase_id: 'uuid',
      product_type: 'text',
      amount: 'decimal',
      currency: 'text'
    },
    primaryKey: '(user_id), purchase_time, purchase_id',
    indexes: ['purchase_time']
  },
  C_UserSessionEvents: {
    database: 'cassandra',
    columns: { user_id: 'uuid', event_time: 'timestamp', session_id: 'uuid', event_type: 'text' },
    primaryKey: '(user_id), event_time, session_id',
    indexes: ['event_time']
  }
} as const satisfies Record<string, SourceTable>

export type SourceTableName = keyof typeof sourceTables

/** The same list without literal types, for code that treats all tables alike. */
export function sourceTable(name: SourceTableName): SourceTable {
  return sourceTables[name]
}
