import type { DuckDBConnection } from '@duckdb/node-api'
import { sqlText } from '../lake/duckdb.ts'
import { inTransaction } from '../warehouse/attached-database.ts'
import { type GoldTable, goldTables } from './models.ts'
import type { NextOffset, Uncomputed } from './state/gold-state.ts'
import type { Subject } from './state/kept-table.ts'
import { isOfPart } from './state/notification-places.ts'
import { dayText } from './time.ts'

/** Creates the Gold tables, and what they have read, in the attached database `gold`. */
export async function createGoldTables(connection: DuckDBConnection): Promise<void> {
  for (const table of goldTables) {
    await connection.run(`CREATE TABLE IF NOT EXISTS gold.main.${table.name} (${columnList(table)})`)
    await widen(connection, table)
    await connection.run(`COMMENT ON TABLE gold.main.${table.name} IS ${sqlText(table.about)}`)
    for (const [column, [, meaning]] of Object.entries(table.columns))
      await connection.run(`COMMENT ON COLUMN gold.main.${table.name}.${column} IS ${sqlText(meaning)}`)
  }
  await connection.run('CREATE SCHEMA IF NOT EXISTS gold.lineage')
  await connection.run(
    'CREATE TABLE IF NOT EXISTS gold.lineage.offsets (topic VARCHAR, partition INTEGER, next_offset BIGINT)'
  )
  await connection.run('CREATE SCHEMA IF NOT EXISTS gold.quality')
  await connection.run(
    'CREATE TABLE IF NOT EXISTS gold.quality.uncomputed (subject VARCHAR, user_id UUID, date DATE, part VARCHAR, reason VARCHAR)'
  )
}

/** Gives columns that an earlier version made the type they have now. */
async function widen(connection: DuckDBConnection, { name, columns }: GoldTable): Promise<void> {
  const found = await connection.runAndReadAll(
    `SELECT column_name, data_type FROM duckdb_columns()
     WHERE database_name = 'gold' AND schema_name = 'main' AND table_name = ${sqlText(name)}`
  )
  for (const [column, type] of found.getRows()) {
    const wanted = columns[String(column)]?.[0]
    if (wanted !== undefined && wanted !== type)
      await connection.run(`ALTER TABLE gold.main.${name} ALTER ${String(column)} TYPE ${wanted}`)
  }
}

/** The columns of a Gold table with their types. */
export function columnList({ columns }: GoldTable): string {
  return Object.entries(columns)
    .map(([name, [type]]) => `${name} ${type}`)
    .join(', ')
}

/** Replaces the rows of the days, or parts of them, in `targets` by what the models give for them, all tables of the subject or none. */
export async function replaceTargets(connection: DuckDBConnection, subject: Subject): Promise<void> {
  await inTransaction(connection, async () => {
    for (const table of tablesOf(subject)) {
      await connection.run(removal(table))
      await connection.run(
        `INSERT INTO gold.main.${table.name}
         SELECT fresh.* FROM (SELECT * REPLACE (CAST(user_id AS UUID) AS user_id) FROM temp.main.${table.name}) fresh
         SEMI JOIN targets ON ${isTarget(table, 'fresh')}`
      )
    }
  })
}

/** Takes the rows of the days, or parts of them, in `targets` away: no figure rather than one that is no longer true. */
export async function removeTargets(connection: DuckDBConnection, subject: Subject): Promise<void> {
  await inTransaction(connection, async () => {
    for (const table of tablesOf(subject)) await connection.run(removal(table))
  })
}

const tablesOf = (subject: Subject) => goldTables.filter((table) => table.subject === subject)

const removal = (table: GoldTable): string =>
  `DELETE FROM gold.main.${table.name} AS old USING targets WHERE ${isTarget(table, 'old')}`

const isTarget = ({ dateColumn, contentColumn }: GoldTable, row: string): string =>
  `${row}.user_id = targets.user_id AND ${row}.${dateColumn} = targets.date` +
  (contentColumn ? ` AND ${isOfPart('targets.part', `${row}.${contentColumn}`)}` : '')

/** Replaces `quality.uncomputed`: the days, or parts of them, that have no figures. */
export async function storeUncomputed(
  connection: DuckDBConnection,
  list: readonly Uncomputed[]
): Promise<void> {
  await inTransaction(connection, async () => {
    await connection.run('DELETE FROM gold.quality.uncomputed')
    for (const { subject, userId, day, part, reason } of list)
      await connection.run(
        `INSERT INTO gold.quality.uncomputed VALUES (${sqlText(subject)}, CAST('${userId}' AS UUID),
         DATE ${sqlText(dayText(day))}, ${sqlText(part)}, ${sqlText(reason)})`
      )
  })
}

/** Replaces what the database has read at least: every row of these offsets is in its figures. */
export async function storeOffsets(
  connection: DuckDBConnection,
  offsets: readonly NextOffset[]
): Promise<void> {
  await inTransaction(connection, async () => {
    await connection.run('DELETE FROM gold.lineage.offsets')
    for (const { topic, partition, nextOffset } of offsets)
      await connection.run(
        `INSERT INTO gold.lineage.offsets VALUES (${sqlText(topic)}, ${partition}, ${nextOffset})`
      )
  })
}

/** What the attached database has read at least. */
export async function readOffsets(connection: DuckDBConnection): Promise<readonly NextOffset[]> {
  const rows = await connection.runAndReadAll(
    'SELECT topic, partition, next_offset::DOUBLE AS "nextOffset" FROM gold.lineage.offsets'
  )
  return rows.getRowObjectsJson() as unknown as NextOffset[]
}

/** How many rows no figure contains. */
export async function countSetAside(connection: DuckDBConnection): Promise<number> {
  const rows = await connection.runAndReadAll('SELECT count(*) FROM gold.main.gold_set_aside')
  return Number(rows.getRows()[0]?.[0])
}
