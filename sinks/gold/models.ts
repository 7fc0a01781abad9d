import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { DuckDBConnection } from '@duckdb/node-api'
import type { Rate } from './rates.ts'
import type { Subject } from './state/kept-table.ts'

/** A table analysts read: its model is models/<name>.sql, which gives its columns in this order. */
export interface GoldTable {
  readonly name: string
  /** What it tells, for people. */
  readonly about: string
  readonly subject: Subject
  readonly dateColumn: string
  /** No two rows share it. */
  readonly key: readonly string[]
  /** The column by which rows of a day are computed apart, when they can be. */
  readonly contentColumn?: string
  /** Columns that hold personal data, and of what sort: masked where somebody only looks. */
  readonly pii?: Readonly<Record<string, string>>
  /** Columns by name: type, what they mean for people, and the most that is possible; a number is never negative. */
  readonly columns: Readonly<Record<string, readonly [type: string, meaning: string, most?: number]>>
}

/** Every Gold table. */
export const goldTables: readonly GoldTable[] = [
  {
    name: 'global_user_activity_per_day',
    about: 'What each user did on each day, UTC: one row per user and day with any activity',
    subject: 'activity',
    dateColumn: 'date',
    key: ['user_id', 'date'],
    columns: {
      user_id: ['UUID', 'The user'],
      date: ['DATE', 'The day, UTC'],
      total_nbr_connexion: ['BIGINT', 'Logins'],
      total_spend_time: [
        'BIGINT',
        'Whole seconds in sessions within the day; overlapping sessions counted once',
        86_400
      ],
      total_message_send_this_day: ['BIGINT', 'Messages written in groups'],
      total_money_spend: ['DECIMAL(38,4)', 'Purchases in COURANT_GOLD_CURRENCY, by the rate of their day']
    }
  },
  {
    name: 'gold_set_aside',
    about: 'Purchases that no figure contains, and why',
    subject: 'activity',
    dateColumn: 'date',
    key: ['user_id', 'purchase_time', 'purchase_id'],
    columns: {
      user_id: ['UUID', 'The user'],
      date: ['DATE', 'The day, UTC'],
      purchase_time: ['BIGINT', 'Microseconds since 1970-01-01 UTC'],
      purchase_id: ['UUID', 'The purchase'],
      amount: ['DECIMAL(18,4)', 'Amount in its own currency'],
      currency: ['VARCHAR', 'The currency without a rate'],
      reason: ['VARCHAR', 'Why no figure contains it']
    }
  },
  {
    name: 'global_notif_impact_per_day',
    about: 'What came of the notifications that a user got on a day, UTC, by what they said',
    subject: 'notifications',
    dateColumn: 'notif_date',
    key: ['user_id', 'content_notif', 'notif_date'],
    contentColumn: 'content_notif',
    pii: { content_notif: 'text' },
    columns: {
      user_id: ['UUID', 'The user'],
      content_notif: ['VARCHAR', 'What the notification said'],
      notif_date: ['DATE', 'The day it was sent, UTC'],
      is_success: ['BOOLEAN', 'Whether it was read, opened or clicked'],
      time_spend_after_success: ['BIGINT', 'Whole seconds of session time it led to']
    }
  }
]

/** Models in the order they build on each other; each is a view of its name over the inputs and earlier models. */
export const modelNames: readonly string[] = [
  'sessions',
  'notifications',
  ...goldTables.map(({ name }) => name)
]

/** The SQL of a model: one SELECT that DuckDB and Spark SQL both run. */
export const modelSql = (name: string): string =>
  readFileSync(new URL(`./models/${name}.sql`, import.meta.url), 'utf8')

/** Creates a view of each model; the inputs must be there. */
export async function createModelViews(connection: DuckDBConnection): Promise<void> {
  for (const name of modelNames)
    await connection.run(`CREATE OR REPLACE TEMP VIEW ${name} AS ${modelSql(name)}`)
}

/** How it is noted what must be computed: figures that another version noted otherwise must not be forgotten. */
const waitingRule = 'by content'

/** Changes when a figure computed now could differ from one computed before: with the models and with the rates. */
export function definitionsHash(rates: readonly Rate[]): string {
  const hash = createHash('sha256').update(waitingRule).update(JSON.stringify(rates))
  for (const name of modelNames) hash.update(modelSql(name))
  return hash.digest('hex')
}
