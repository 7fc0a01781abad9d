import type { Context } from '../../../runtime/pipeline.ts'
import {
  type DiscoveredColumn,
  type DiscoveredTable,
  isCursorName
} from '../../../schemas/discovery/discovered.ts'
import { recordName, tableNameFrom } from '../../../schemas/discovery/declare-table.ts'
import { CatalogueTypes } from './catalogue-types.ts'
import { Connection, type TextRow } from '../connection.ts'
import { type Found, findTable } from './find-table.ts'
import * as names from '../settings.ts'
import { fieldType } from './field-types.ts'
import { quoteName } from '../poll/key-column.ts'

const columnsQuery = `
  SELECT attname, format_type(atttypid, atttypmod), attnotnull::text, col_description(attrelid, attnum), atttypid::text,
    atttypmod::text, attndims::text
  FROM pg_attribute WHERE attrelid = to_regclass($1) AND attnum > 0 AND NOT attisdropped ORDER BY attnum`

const tableQuery = `
  SELECT obj_description(to_regclass($1), 'pg_class'),
    (SELECT json_agg(attname ORDER BY n)::text FROM pg_index, unnest(indkey::int2[]) WITH ORDINALITY AS k (num, n)
     JOIN pg_attribute ON attnum = num WHERE indrelid = to_regclass($1) AND indisprimary AND attrelid = indrelid AND n <= indnkeyatts),
    (SELECT json_agg(DISTINCT (SELECT string_agg(attname, ', ' ORDER BY n) FROM unnest(indkey::int2[]) WITH ORDINALITY AS k (num, n)
     JOIN pg_attribute ON attnum = num AND attrelid = indrelid))::text
     FROM pg_inherits JOIN pg_index ON indrelid = inhrelid AND indisprimary WHERE inhparent = to_regclass($1)),
    pg_get_partkeydef(to_regclass($1))`

const listQuery = `
  SELECT relname FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
  WHERE nspname = $1 AND relkind IN ('r', 'p') AND NOT relispartition ORDER BY relname`

/** The tables of the configured schema; partitions go with their parent. */
export async function postgresTables(context: Context): Promise<readonly string[]> {
  return withConnection(context, async (connection) => {
    const rows = await connection.rows('the list of tables', listQuery, [context.settings.text(names.schema)])
    return rows.map(([name]) => String(name))
  })
}

/** What the catalogue says of tables of the configured schema; null for one that is not there. */
export async function discoverPostgres(
  context: Context,
  tables: readonly string[]
): Promise<readonly (DiscoveredTable | null)[]> {
  return withConnection(context, async (connection) => {
    const found: (DiscoveredTable | null)[] = []
    for (const table of tables)
      found.push(await discover(connection, context.settings.text(names.schema), table))
    return found
  })
}

async function withConnection<T>(context: Context, work: (connection: Connection) => Promise<T>): Promise<T> {
  const connection = new Connection(context)
  try {
    return await work(connection)
  } finally {
    await connection.close()
  }
}

async function discover(
  connection: Connection,
  schema: string,
  table: string
): Promise<DiscoveredTable | null> {
  const quoted = `${quoteName(schema)}.${quoteName(table)}`
  const found = await findTable(connection, quoted)
  if (!found) return null
  const types = await CatalogueTypes.of(connection, quoted)
  const columnRows = await connection.rows(`the columns of ${quoted}`, columnsQuery, [quoted])
  const [about] = await connection.rows(`the key of ${quoted}`, tableQuery, [quoted])
  const primary = JSON.parse(about?.[1] ?? '[]') as string[]
  const columnsWith = (key: readonly string[]) =>
    columnRows.map((row) => columnOf(row, { types, table, key }))
  const key = primary.length > 0 ? primary : (uniqueKey(found, columnsWith([])) ?? [])
  const columns = columnsWith(key)
  const cursors = columns
    .filter(({ type, name }) => type.startsWith('timestamp') && isCursorName(name))
    .map(({ name }) => name)
  const isTable = /^[rp]$/.test(found.kind)
  return {
    source: 'postgres',
    table,
    doc: about?.[0] ?? null,
    columns,
    key,
    cursors,
    problems: [
      ...(isTable ? [] : ['it is a view or a foreign table: add the table it shows']),
      ...(isTable && key.length === 0 ? [noKey(quoted, about)] : [])
    ],
    advice: adviceFor(quoted, { found, key, cursor: cursors[0] })
  }
}

/** A unique index over columns that are never null serves as a key. */
function uniqueKey({ indexes }: Found, columns: readonly DiscoveredColumn[]): readonly string[] | undefined {
  const isNotNull = (name: string) => columns.some((column) => column.name === name && !column.nullable)
  return indexes
    .filter((index) => index.isUnique && index.columns.length > 0 && index.columns.every(isNotNull))
    .map((index) => index.columns)
    .sort((a, b) => a.length - b.length)[0]
}

function noKey(quoted: string, about: TextRow | undefined): string {
  const [ofPartition] = JSON.parse(about?.[2] ?? '[]') as (string | null)[]
  const partition = /\((.*)\)/.exec(about?.[3] ?? '')?.[1]
  const columns = [...new Set([partition, ...(ofPartition ?? '<key columns>').split(', ')])].filter(Boolean)
  return `it has neither a primary key nor a unique index over NOT NULL columns, by which rows are told apart: CREATE UNIQUE INDEX ON ${quoted} (${columns.join(', ')})`
}

function adviceFor(
  quoted: string,
  { found, key, cursor }: { found: Found; key: readonly string[]; cursor: string | undefined }
): string[] {
  if (cursor === undefined || found.indexes.some((index) => index.columns[0] === cursor)) return []
  const columns = [cursor, ...key.filter((name) => name !== cursor)].map(quoteName).join(', ')
  return [`polling is cheap with an index: CREATE INDEX CONCURRENTLY ON ${quoted} (${columns})`]
}

/** What the fields of a table's columns hang on besides. */
interface About {
  readonly types: CatalogueTypes
  readonly table: string
  readonly key: readonly string[]
}

function columnOf(
  [name, type, isNotNull, doc, oid, modifier, dimensions]: TextRow,
  { types, table, key }: About
): DiscoveredColumn {
  const resolved = types.resolved(String(oid), Number(modifier), Number(dimensions))
  const { avro, note } = fieldType(resolved, {
    recordName: `${recordName(tableNameFrom(table))}${recordName(tableNameFrom(String(name)))}`,
    isKey: key.includes(String(name)),
    isCursor: isCursorName(String(name))
  })
  return {
    name: String(name),
    type: String(type),
    avro,
    nullable: isNotNull !== 'true' && !types.isNotNull(String(oid)),
    doc: doc ?? null,
    ...(note !== undefined && { note })
  }
}
