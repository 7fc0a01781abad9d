import type { DuckDBConnection } from '@duckdb/node-api'
import { sqlText } from '../lake/duckdb.ts'

/** Up to when and where a table or view shows what there is. */
export interface Freshness {
  /** As it is asked for, such as `silver.users`. */
  readonly name: string
  /** Everything that had come by then is in it, in milliseconds since the epoch; null of what was never looked at. */
  readonly asOf: number | null
  /** Records of its topics that are not in it; null where that is not known. */
  readonly recordsBehind: number | null
}

export interface Publication {
  readonly list: readonly Freshness[]
  readonly boundSeconds: number
  /** True when nothing will be published after it, and everything that had come is in it. */
  readonly isLast: boolean
}

/**
 * Replaces the view `courant.freshness` of a database. It is made of what it says, not of a table, since a view names
 * its database, and analysts' file has another name; ages are those of the moment it is asked.
 */
export async function writeFreshness(
  connection: DuckDBConnection,
  database: string,
  { list, boundSeconds, isLast }: Publication
): Promise<void> {
  const rows = list.map(({ name, asOf, recordsBehind }) => {
    const at = asOf === null ? 'CAST(NULL AS TIMESTAMPTZ)' : `make_timestamptz(${Math.floor(asOf)} * 1000)`
    return `(${sqlText(name)}, ${at}, CAST(${recordsBehind ?? 'NULL'} AS BIGINT))`
  })
  const age = '(epoch_ms(now()) - epoch_ms(as_of)) / 1000.0'
  await connection.run(`CREATE SCHEMA IF NOT EXISTS ${database}.courant`)
  await connection.run(
    `CREATE OR REPLACE VIEW ${database}.courant.freshness AS
     SELECT name, as_of, round(${age}, 1) AS age_seconds, records_behind,
       CASE WHEN as_of IS NULL THEN 'not looked at yet'
         WHEN ${isLast} THEN 'complete when Courant was stopped'
         WHEN ${age} > ${boundSeconds} THEN 'stale: nothing newer was published'
         ELSE 'fresh' END AS state
     FROM (VALUES ${rows.join(', ')}) facts (name, as_of, records_behind)`
  )
  const comments = {
    'VIEW courant.freshness': `Up to when each table and view shows what there is. More than ${boundSeconds} seconds is stale`,
    'COLUMN courant.freshness.as_of': 'Everything that had reached the lake, or Gold, by then is in it',
    'COLUMN courant.freshness.records_behind':
      'Records of its topics that were not in it when it was published, deletes and tombstones included; null where Kafka did not say',
    'COLUMN courant.freshness.state': 'fresh, stale, or complete when Courant was stopped'
  }
  for (const [what, comment] of Object.entries(comments))
    await connection.run(
      `COMMENT ON ${what.replace('courant.', `${database}.courant.`)} IS ${sqlText(comment)}`
    )
}
