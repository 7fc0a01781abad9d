import type { ConnectedSources } from '../../local/sample/connect-sources.ts'
import { keyText } from '../../schemas/change.ts'
import type { Table } from '../../schemas/table.ts'
import { canonical } from './canonical.ts'

/**
 * Rows of a table in its system of record by key, as the canonical text of a raw change. Written apart from the
 * producers, so that a mistake of theirs shows.
 */
export async function sourceRows(table: Table, sources: ConnectedSources): Promise<Map<string, string>> {
  const rows =
    table.source === 'postgres' ? await postgresRows(table, sources) : await cassandraRows(table, sources)
  return new Map(
    rows.map((row) => [keyText(table.key.map((name) => String(row[name]))), canonical(table, row)])
  )
}

type TextRow = Record<string, string | null>

async function postgresRows({ columns, sourceTable }: Table, { pg }: ConnectedSources): Promise<TextRow[]> {
  const texts = columns.map(({ name, type }) =>
    type.kind === 'timestamp'
      ? `("${name}" AT TIME ZONE 'UTC')::text || '+00' AS "${name}"`
      : `"${name}"::text`
  )
  const { rows } = await pg.query(`SELECT ${texts.join(', ')} FROM "${sourceTable}"`)
  return rows as TextRow[]
}

async function cassandraRows(
  { columns, sourceTable }: Table,
  { cassandra }: ConnectedSources
): Promise<TextRow[]> {
  const { client, keyspace } = cassandra
  const rows: TextRow[] = []
  const pages = await client.execute(`SELECT * FROM "${keyspace}"."${sourceTable}"`, [], { fetchSize: 5000 })
  for await (const row of pages)
    rows.push(Object.fromEntries(columns.map(({ name }) => [name, textOf(row[name])])))
  return rows
}

/** The types that the sample's tables have, as their text. */
function textOf(column: unknown): string | null {
  const value = column as Date | string | number | null | undefined
  if (value === null || value === undefined) return null
  return value instanceof Date ? value.toISOString() : String(value)
}
