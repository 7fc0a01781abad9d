import type { DatabaseSync, StatementSync } from 'node:sqlite'
import type { Place } from './kept-table.ts'

/** Figures of a user's day that are asked for. */
export interface Target extends Omit<Place, 'subject'> {
  /** 32 hexadecimal digits. */
  readonly userId: string
}

/** A value as a query of the state gives it. */
export type KeptValue = string | number | null

/** Runs queries over the kept rows that find their targets in `temp.targets(user_id, day, part)`. */
export class TargetRows {
  readonly #database: DatabaseSync
  readonly #add: StatementSync
  readonly #queries = new Map<string, StatementSync>()

  constructor(database: DatabaseSync) {
    this.#database = database
    database.exec('CREATE TEMP TABLE targets (user_id BLOB, day INTEGER, part TEXT)')
    this.#add = database.prepare('INSERT INTO temp.targets VALUES (unhex(?), ?, ?)')
  }

  /** Says what the next queries are about. */
  choose(targets: readonly Target[]): void {
    this.#database.exec('DELETE FROM temp.targets')
    for (const { userId, day, part } of targets) this.#add.run(userId, day, part)
  }

  /** The rows of a query, each an array of its columns. */
  all(sql: string): readonly (readonly KeptValue[])[] {
    let query = this.#queries.get(sql)
    if (!query) {
      query = this.#database.prepare(sql)
      query.setReturnArrays(true)
      this.#queries.set(sql, query)
    }
    return query.all() as unknown as KeptValue[][]
  }
}
