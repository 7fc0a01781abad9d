import { CourantError } from '../../runtime/errors.ts'
import type { CqlTarget, SqlTarget } from './targets.ts'

/** The comment on every table that a sample made: samples invent, change and delete rows of no other table. */
export const madeBySample = 'Made by a sample of Courant, which invents, changes and deletes its rows'

/** Which of a sample's tables are where it is to be written. */
export interface Presence {
  /** The database or keyspace, as people would say it. */
  readonly place: string
  /** How to name another one. */
  readonly advice: string
  /** The comment of each table that is there. */
  readonly comments: ReadonlyMap<string, string | null>
}

/** Looks tables up in PostgreSQL as statements that name them without a schema would. */
export async function presentInPostgres(
  pg: SqlTarget,
  { names, advice }: { names: readonly string[]; advice: string }
): Promise<Presence> {
  const { rows } = await pg.query(
    `SELECT name, obj_description(oid, 'pg_class') AS comment, current_database() AS database
     FROM (SELECT name, to_regclass(quote_ident(name))::oid AS oid FROM unnest($1::text[]) AS name) AS found
     WHERE oid IS NOT NULL`,
    [names]
  )
  return {
    place: `database ${String(rows[0]?.['database'])}`,
    advice,
    comments: new Map(rows.map(({ name, comment }) => [String(name), comment as string | null]))
  }
}

/** Looks all tables of a keyspace up. */
export async function presentInCassandra({ client, keyspace }: CqlTarget): Promise<Presence> {
  const query = 'SELECT table_name, comment FROM system_schema.tables WHERE keyspace_name = ?'
  const { rows } = await client.execute(query, [keyspace], { prepare: true })
  return {
    place: `keyspace ${keyspace}`,
    advice: 'name a new keyspace in COURANT_CASSANDRA_KEYSPACE',
    comments: new Map(rows.map((row) => [String(row['table_name']), row['comment'] as string | null]))
  }
}

/** Throws CONFIG_INVALID when some of a sample's tables are there and not made by a sample. */
export function refuseOthersTables(
  all: readonly { readonly found: Presence; readonly names: readonly string[] }[]
): void {
  const problems = all.flatMap(({ found, names }) => {
    const others = names.filter(
      (name) => found.comments.has(name) && found.comments.get(name) !== madeBySample
    )
    return others.length === 0 ? [] : [`${found.place} has ${others.join(', ')} already: ${found.advice}`]
  })
  if (problems.length > 0)
    throw new CourantError(
      'CONFIG_INVALID',
      'The sample invents, changes and deletes rows, so it writes only to tables that it made itself. ' +
        `Nothing was written:\n  ${problems.join('\n  ')}`
    )
}
