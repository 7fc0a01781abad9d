import type { Connection } from '../connection.ts'
import { quoteName } from '../poll/key-column.ts'
import { type SourceTable } from '../table/source-table.ts'

interface Index {
  readonly name: string
  readonly isPrimary: boolean
  /** Whether the log names rows by it now. */
  readonly isIdentity: boolean
  readonly columns: readonly string[]
}

// Updates are checked where the row lies, so a partition's own identity counts. What cannot be one is left out:
// deferrable and partial indexes, expressions, columns that may be NULL.
// https://www.postgresql.org/docs/17/sql-altertable.html#SQL-ALTERTABLE-REPLICA-IDENTITY
const query = `
  WITH RECURSIVE parts (oid) AS (
    SELECT to_regclass($1)::oid UNION SELECT inhrelid FROM pg_inherits JOIN parts ON inhparent = parts.oid)
  SELECT parts.oid::regclass::text, coalesce(json_agg(json_build_object(
      'name', indexrelid::regclass::text, 'isPrimary', indisprimary, 'columns', columns,
      'isIdentity', relreplident = 'd' AND indisprimary OR relreplident = 'i' AND indisreplident)
    ORDER BY indisprimary DESC, indexrelid) FILTER (WHERE hasNoNull), '[]')::text
  FROM parts JOIN pg_class ON pg_class.oid = parts.oid AND relkind = 'r'
    LEFT JOIN pg_index ON indrelid = parts.oid AND indisunique AND indimmediate AND indisvalid
      AND indpred IS NULL AND indexprs IS NULL
    LEFT JOIN LATERAL (SELECT json_agg(attname) AS columns, bool_and(attnotnull) AS hasNoNull FROM pg_attribute
      WHERE attrelid = indrelid AND attnum = ANY ((indkey::int2[])[:indnkeyatts - 1])) AS keys ON true
  GROUP BY parts.oid`

/**
 * What keeps a table's changes from being published, each with what to do. With a column list, PostgreSQL fails every
 * update and delete of a row whose replica identity has other columns, also those of the table's own application; and
 * from an identity without the key we could not tell which row is gone.
 */
export async function identityProblems(connection: Connection, table: SourceTable): Promise<string[]> {
  const parts = await connection.rows(`the replica identity of ${table.name}`, query, [table.name])
  return parts.flatMap(([part, indexes]) => {
    const fitting = (JSON.parse(indexes ?? '[]') as Index[]).filter((index) => isFit(index, table))
    return fitting.some(({ isIdentity }) => isIdentity) ? [] : [problemOf(String(part), fitting[0], table)]
  })
}

function isFit({ columns }: Index, { key, columns: listed }: SourceTable): boolean {
  return columns.every((name) => listed.includes(name)) && key.every(({ name }) => columns.includes(name))
}

function problemOf(part: string, fitting: Index | undefined, { key }: SourceTable): string {
  const keyList = key.map(({ name }) => quoteName(name)).join(', ')
  const why = `publishing would break the updates of ${part}, or hide which row is deleted`
  if (fitting?.isPrimary) return `${why}: ALTER TABLE ${part} REPLICA IDENTITY DEFAULT`
  if (fitting) return `${why}: ALTER TABLE ${part} REPLICA IDENTITY USING INDEX ${fitting.name}`
  return (
    `${why}: its replica identity must have the key (${keyList}) and no column that is not in the .avsc file. ` +
    'Add the columns of its primary key to the .avsc file, make a unique index for it, or poll the table'
  )
}
