import { types } from 'cassandra-driver'
import { type SampleRow, type SourceTableName, type SampleValue, sourceTable } from './source-tables.ts'
import type { CqlTarget, SampleTargets, SqlTarget } from './targets.ts'

const ROWS_PER_BATCH = 30
const BATCHES_IN_FLIGHT = 24

type Rows = readonly (readonly SampleValue[])[]

/** Writes new rows in bulk; Cassandra keeps when each row happened as its write time, as if it had been there. */
export async function writeRows({ pg, cassandra }: SampleTargets, rows: readonly SampleRow[]): Promise<void> {
  const byTable = Map.groupBy(rows, (row) => row.table)
  await Promise.all(
    [...byTable].map(async ([name, rows]) => {
      const values = rows.map((row) => row.values)
      if (sourceTable(name).database === 'postgres') await (pg && insertPostgres(pg, name, values))
      else await (cassandra && insertCassandra(cassandra, name, values))
    })
  )
}

async function insertPostgres(pg: SqlTarget, name: SourceTableName, rows: Rows): Promise<void> {
  const columns = Object.entries(sourceTable(name).columns)
  const arrays = columns.map(([, type], n) => `$${n + 1}::${type}[]`)
  const text = `INSERT INTO "${name}" (${columns.map(([column]) => column).join(', ')})
    SELECT * FROM unnest(${arrays.join(', ')}) ON CONFLICT DO NOTHING`
  const values = columns.map((_, n) => rows.map((row) => row[n]))
  await pg.query(text, values)
}

async function insertCassandra(target: CqlTarget, name: SourceTableName, rows: Rows): Promise<void> {
  const { client, keyspace } = target
  const columns = Object.entries(sourceTable(name).columns)
  const marks = columns.map(() => '?').join(', ')
  const names = columns.map(([column]) => column).join(', ')
  const query = `INSERT INTO "${keyspace}"."${name}" (${names}) VALUES (${marks}) USING TIMESTAMP ?`
  const batches = batchesByPartition(rows)
  const writeNext = async () => {
    for (let batch = batches.pop(); batch; batch = batches.pop()) {
      const queries = batch.map((row) => ({
        query,
        params: [...row.map(orUnset), BigInt(writtenMicros(row))]
      }))
      await client.batch(queries, { prepare: true, logged: false })
    }
  }
  await Promise.all(Array.from({ length: BATCHES_IN_FLIGHT }, writeNext))
}

/** A batch within one partition is one mutation for the server; across partitions it would be many. */
function batchesByPartition(rows: Rows): Rows[] {
  const byPartition = Map.groupBy(rows, (row) => row[0])
  return [...byPartition.values()].flatMap((partition) => {
    const count = Math.ceil(partition.length / ROWS_PER_BATCH)
    return Array.from({ length: count }, (_, n) =>
      partition.slice(n * ROWS_PER_BATCH, (n + 1) * ROWS_PER_BATCH)
    )
  })
}

/** Writing null would leave a tombstone; an unset column leaves nothing. */
function orUnset(value: SampleValue): unknown {
  return value === null ? types.unset : value
}

/** The latest of the row's times that is not in the future, in microseconds. */
function writtenMicros(row: readonly SampleValue[]): number {
  const nowMs = Date.now()
  const times = row.filter((value) => value instanceof Date).map((date) => date.getTime())
  const past = times.filter((timeMs) => timeMs <= nowMs)
  return (past.length > 0 ? Math.max(...past) : nowMs) * 1000
}
