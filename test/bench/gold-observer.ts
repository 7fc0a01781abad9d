import { statSync } from 'node:fs'
import { DuckDBInstance } from '@duckdb/node-api'

/** What an analyst reads of the probes. */
export interface GoldView {
  /** Messages by user id, of all days. */
  readonly messages: ReadonlyMap<string, number>
  /** Texts of notifications that had success. */
  readonly successes: readonly string[]
}

/** Opens `analytics.duckdb` read-only, as an analyst does, each time a new one has been published. */
export class GoldObserver {
  readonly #file: string
  #seen = ''

  constructor(file: string) {
    this.#file = file
  }

  /** What a newly published file says, or null while there is none. */
  async newlyPublished(): Promise<GoldView | null> {
    const stat = statSync(this.#file, { bigint: true, throwIfNoEntry: false })
    const identity = `${stat?.ino}/${stat?.mtimeNs}`
    if (!stat || identity === this.#seen) return null
    this.#seen = identity
    return this.#read()
  }

  async #read(): Promise<GoldView> {
    const database = await DuckDBInstance.create(this.#file, { access_mode: 'READ_ONLY', threads: '1' })
    const connection = await database.connect()
    try {
      const messages = await connection.runAndReadAll(
        `SELECT CAST(user_id AS VARCHAR), CAST(sum(total_message_send_this_day) AS INTEGER)
         FROM global_user_activity_per_day GROUP BY ALL`
      )
      const successes = await connection.runAndReadAll(
        `SELECT content_notif FROM global_notif_impact_per_day WHERE is_success AND content_notif LIKE 'probe %'`
      )
      return {
        messages: new Map(messages.getRows().map(([user, count]) => [String(user), Number(count)])),
        successes: successes.getRows().map(([content]) => String(content))
      }
    } finally {
      connection.closeSync()
      database.closeSync()
    }
  }
}
