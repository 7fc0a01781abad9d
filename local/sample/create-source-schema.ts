import { type SourceTableName, sourceTable, sourceTables } from './source-tables.ts'
import type { CqlTarget, SampleTargets, SqlTarget } from './targets.ts'

/** Creates the nine tables where they are missing: five in PostgreSQL, four in the Cassandra keyspace. */
export async function createSourceSchema({ pg, cassandra }: SampleTargets): Promise<void> {
  await Promise.all([pg && createPostgres(pg), cassandra && createCassandra(cassandra)])
}

export function tablesOf(database: 'postgres' | 'cassandra'): readonly SourceTableName[] {
  return (Object.keys(sourceTables) as SourceTableName[]).filter(
    (name) => sourceTable(name).database === database
  )
}

async function createPostgres(pg: SqlTarget): Promise<void> {
  for (const name of tablesOf('postgres')) {
    const { columns, primaryKey, indexes = [] } = sourceTable(name)
    await pg.query(
      `CREATE TABLE IF NOT EXISTS "${name}" (${columnList(columns)}, PRIMARY KEY (${primaryKey}))`
    )
    for (const [n, index] of indexes.entries())
      await pg.query(`CREATE INDEX IF NOT EXISTS "${name}_${n}" ON "${name}" (${index})`)
  }
}

/** One after the other: Cassandra settles one change of the schema at a time. */
async function createCassandra({ client, keyspace }: CqlTarget): Promise<void> {
  await client.execute(
    `CREATE KEYSPACE IF NOT EXISTS "${keyspace}"
     WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}`
  )
  for (const name of tablesOf('cassandra')) {
    const { columns, primaryKey, options, indexes = [] } = sourceTable(name)
    await client.execute(
      `CREATE TABLE IF NOT EXISTS "${keyspace}"."${name}"
       (${columnList(columns)}, PRIMARY KEY (${primaryKey}))${options ? ` WITH ${options}` : ''}`
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
