import type { Connection } from '../connection.ts'
import { quoteName } from '../poll/key-column.ts'
import { type SourceTable } from '../table/source-table.ts'

/** Whether there is a publication of this name. */
export async function isPublished(connection: Connection, name: string): Promise<boolean> {
  const query = 'SELECT FROM pg_publication WHERE pubname = $1'
  return (await connection.rows('its publications', query, [name])).length > 0
}

/**
 * SQL that names the list of columns a publication of one table has; '' for none. Another list, or the same made again,
 * has another name. Its parameter is the publication's name.
 */
export const publicationQuery = `coalesce((SELECT pg_publication_rel.oid::text FROM pg_publication_rel
  JOIN pg_publication ON pg_publication.oid = prpubid WHERE pubname = $1 LIMIT 1), '')`

/**
 * SQL that names the partitions of a table and the files they are in; '' when it has none. Its parameter is the table.
 * The log does not say that a partition is attached, detached, dropped or truncated by itself.
 */
export const partitionsQuery = `coalesce((SELECT
    string_agg(relid::oid || ' ' || pg_relation_filenode(relid), ',' ORDER BY relid::oid)
  FROM pg_partition_tree(to_regclass($2)) WHERE isleaf), '')`

/** The columns that a publication lists, by their names now, in the order in which the log has them. */
export async function publishedColumns(connection: Connection, name: string): Promise<readonly string[]> {
  const columns = await connection.rows(
    'its publications',
    `SELECT attname FROM pg_publication_tables, unnest(attnames) WITH ORDINALITY AS listed (attname, n)
     WHERE pubname = $1 ORDER BY n`,
    [name]
  )
  return columns.map(([column]) => String(column))
}

/**
 * Makes the publication list the table's columns. Gives its list (publicationQuery), and whether it was this one before.
 * Only the allow-list is published, so that no other column leaves the database.
 */
export async function publish(
  connection: Connection,
  name: string,
  table: SourceTable
): Promise<{ readonly list: string; readonly wasSame: boolean }> {
  const published = await publishedColumns(connection, name)
  const wasSame =
    published.length === table.columns.length && table.columns.every((c) => published.includes(c))
  if (!wasSame) await change(connection, name, table)
  const [row] = await connection.rows('its publications', `SELECT ${publicationQuery}`, [name])
  return { list: row?.[0] ?? '', wasSame }
}

async function change(connection: Connection, name: string, table: SourceTable): Promise<void> {
  const what = `TABLE ${table.name} (${table.columns.map(quoteName).join(', ')})`
  const statement = (await isPublished(connection, name))
    ? `ALTER PUBLICATION ${name} SET ${what}`
    : `CREATE PUBLICATION ${name} FOR ${what} WITH (publish_via_partition_root = true)`
  await connection.write(`to publish the table; its owner may do it: ${statement}`, statement)
}
