import type { Client } from 'cassandra-driver'
import type { Settings } from '../../runtime/settings.ts'
import {
  type DiscoveredColumn,
  type DiscoveredTable,
  isCursorName
} from '../../schemas/discovery/discovered.ts'
import { recordName as nameOfRecord, tableNameFrom } from '../../schemas/discovery/declare-table.ts'
import { columnText } from './column-text.ts'
import { connectCassandra } from './connect-cassandra.ts'
import { execute } from './execute.ts'
import { fieldType } from './field-types.ts'
import { connectionSettings } from './settings.ts'

/** The tables of the configured keyspace. */
export async function cassandraTables(settings: Settings): Promise<readonly string[]> {
  return withClient(settings, async (client, keyspace) => {
    const query = 'SELECT table_name FROM system_schema.tables WHERE keyspace_name = ?'
    const { rows } = await execute(client, query, { values: [keyspace] })
    return rows.map((row) => String(row['table_name'])).sort()
  })
}

/** What the catalogue says of tables of the configured keyspace; null for one that is not there. */
export async function discoverCassandra(
  settings: Settings,
  tables: readonly string[]
): Promise<readonly (DiscoveredTable | null)[]> {
  return withClient(settings, async (client, keyspace) => {
    const found: (DiscoveredTable | null)[] = []
    for (const table of tables) found.push(await discover(client, keyspace, table))
    return found
  })
}

async function withClient<T>(
  settings: Settings,
  work: (client: Client, keyspace: string) => Promise<T>
): Promise<T> {
  const client = await connectCassandra(settings)
  try {
    return await work(client, settings.text(connectionSettings.keyspace))
  } finally {
    await client.shutdown()
  }
}

interface CatalogueRow {
  readonly name: string
  readonly kind: string
  readonly place: number
  readonly type: string
}

async function discover(client: Client, keyspace: string, table: string): Promise<DiscoveredTable | null> {
  const values = [keyspace, table]
  const { rows } = await execute(
    client,
    `SELECT column_name, kind, position, type FROM system_schema.columns
     WHERE keyspace_name = ? AND table_name = ?`,
    { values }
  )
  if (rows.length === 0) return null
  const { rows: about } = await execute(
    client,
    'SELECT comment FROM system_schema.tables WHERE keyspace_name = ? AND table_name = ?',
    { values }
  )
  const found = rows.map((row) => ({
    name: String(row['column_name']),
    kind: String(row['kind']),
    place: Number(row['position']),
    type: String(row['type'])
  }))
  const key = [...keyOf(found, 'partition_key'), ...keyOf(found, 'clustering')]
  const unreadable = found.filter(({ name, type }) => key.includes(name) && !columnText(type))
  return {
    source: 'cassandra',
    table,
    doc: String(about[0]?.['comment'] ?? '') || null,
    columns: inOrder(found, key).map((column) => columnOf(column, table)),
    key,
    cursors: cursorsOf(found),
    problems: unreadable.map(
      ({ name, type }) =>
        `key column ${name} is a ${type}, whose values have no plain text: such a table cannot be read`
    ),
    advice: []
  }
}

const keyOf = (found: readonly CatalogueRow[], kind: string): string[] =>
  found
    .filter((column) => column.kind === kind)
    .sort((a, b) => a.place - b.place)
    .map(({ name }) => name)

/** The key first, in its order; the catalogue has no order for the rest but the alphabet. */
const inOrder = (found: readonly CatalogueRow[], key: readonly string[]): readonly CatalogueRow[] => [
  ...key.flatMap((name) => found.filter((column) => column.name === name)),
  ...found.filter(({ name }) => !key.includes(name))
]

/** A column whose name says that it changes with the row, else the time by which rows of a partition are in order. */
function cursorsOf(found: readonly CatalogueRow[]): string[] {
  const times = found.filter(({ type }) => type === 'timestamp')
  const named = times.filter(({ name, kind }) => kind === 'regular' && isCursorName(name))
  const clustering = times.filter(({ kind, place }) => kind === 'clustering' && place === 0)
  return [...named, ...clustering].map(({ name }) => name)
}

function columnOf({ name, kind, type }: CatalogueRow, table: string): DiscoveredColumn {
  const isKey = kind === 'partition_key' || kind === 'clustering'
  const isKnown = columnText(type) !== undefined
  const recordName = `${nameOfRecord(tableNameFrom(table))}${nameOfRecord(tableNameFrom(name))}`
  const { avro, note } = isKnown
    ? fieldType(type, { recordName, isKey })
    : { avro: null, note: `a ${type} has no plain text` }
  return { name, type, avro, nullable: !isKey, doc: null, ...(note !== undefined && { note }) }
}
