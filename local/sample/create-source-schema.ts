import {
  madeBySample,
  type Presence,
  presentInCassandra,
  presentInPostgres,
  refuseOthersTables
} from './own-tables.ts'
import { type SourceTableName, sourceTable, sourceTables } from './source-tables.ts'
import type { CqlTarget, SampleTargets, SqlTarget } from './targets.ts'

/**
 * Creates the nine tables where they are missing: five in PostgreSQL, four in the Cassandra keyspace. Throws
 * CONFIG_INVALID, with nothing written anywhere, where one is there that the sample did not make.
 */
export async function createSourceSchema({ pg, cassandra }: SampleTargets): Promise<void> {
  const inPostgres =
    pg && (await presentInPostgres(pg, { names: tablesOf('postgres'), advice: emptyDatabase }))
  const inCassandra = cassandra && (await presentInCassandra(cassandra))
  refuseOthersTables([
    ...(inPostgres ? [{ found: inPostgres, names: tablesOf('postgres') }] : []),
    ...(inCassandra ? [{ found: inCassandra, names: tablesOf('cassandra') }] : [])
  ])
  await Promise.all([
    pg && inPostgres && createPostgres(pg, inPostgres),
    cassandra && inCassandra && createCassandra(cassandra, inCassandra)
  ])
}

const emptyDatabase = 'name an empty database in PGDATABASE'

export function tablesOf(database: 'postgres' | 'cassandra'): readonly SourceTableName[] {
  return (Object.keys(sourceTables) as SourceTableName[]).filter(
    (name) => sourceTable(name).database === database
  )
}

// One string is one transaction, so that no table is without its comment.
async function createPostgres(pg: SqlTarget, { comments }: Presence): Promise<void> {
  const statements = tablesOf('postgres')
    .filter((name) => !comments.has(name))
    .flatMap((name) => {
      const { columns, primaryKey, indexes = [] } = sourceTable(name)
      return [
        `CREATE TABLE "${name}" (${columnList(columns)}, PRIMARY KEY (${primaryKey}))`,
        `COMMENT ON TABLE "${name}" IS '${madeBySample}'`,
        ...indexes.map((index, n) => `CREATE INDEX "${name}_${n}" ON "${name}" (${index})`)
      ]
    })
  await pg.query(statements.join(';\n'))
}

/** One after the other: Cassandra settles one change of the schema at a time. */
async function createCassandra({ client, keyspace }: CqlTarget, { comments }: Presence): Promise<void> {
  await client.execute(
    `CREATE KEYSPACE IF NOT EXISTS "${keyspace}"
     WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}`
  )
  for (const name of tablesOf('cassandra')) {
    const { columns, primaryKey, options, indexes = [] } = sourceTable(name)
    if (!comments.has(name))
      await client.execute(
        `CREATE TABLE "${keyspace}"."${name}" (${columnList(columns)}, PRIMARY KEY (${primaryKey}))
         WITH comment = '${madeBySample}'${options ? ` AND ${options}` : ''}`
      )
    for (const [n, column] of indexes.entries())
      await client.execute(
        `CREATE INDEX IF NOT EXISTS "${name}_${n}" ON "${keyspace}"."${name}" (${column}) USING 'sai'`
      )
  }
}

function columnList(columns: Readonly<Record<string, string>>): string {
  return Object.entries(columns)
    .map(([name, type]) => `${name} ${type}`)
    .join(', ')
}
