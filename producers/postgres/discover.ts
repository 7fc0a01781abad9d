import type { Context } from '../../runtime/pipeline.ts'
import {
  type DiscoveredColumn,
  type DiscoveredTable,
  isCursorName
} from '../../schemas/discovery/discovered.ts'
import type { AvroSchema } from '../../schemas/table.ts'
import { Connection, type TextRow } from './connection.ts'
import { type Found, findTable } from './find-table.ts'
import * as names from './settings.ts'
import { quoteName } from './key-column.ts'

// A domain goes by what it is made of, with the precision it gives.
const columnsQuery = `
  SELECT attname, format_type(atttypid, atttypmod), (attnotnull OR t.typnotnull)::text, col_description(attrelid, attnum),
    coalesce(b.typname, t.typname), CASE WHEN t.typtype = 'd' THEN t.typtypmod ELSE atttypmod END,
    (t.typtype = 'd')::text
  FROM pg_attribute JOIN pg_type t ON t.oid = atttypid LEFT JOIN pg_type b ON b.oid = t.typbasetype
  WHERE attrelid = to_regclass($1) AND attnum > 0 AND NOT attisdropped ORDER BY attnum`

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
  const columns = (await connection.rows(`the columns of ${quoted}`, columnsQuery, [quoted])).map(columnOf)
  const [about] = await connection.rows(`the key of ${quoted}`, tableQuery, [quoted])
  const primary = JSON.parse(about?.[1] ?? '[]') as string[]
  const key = primary.length > 0 ? primary : (uniqueKey(found, columns) ?? [])
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

function columnOf([name, type, isNotNull, doc, base, modifier]: TextRow): DiscoveredColumn {
  const { avro, note } = fieldType(base ?? '', Number(modifier ?? -1))
  return {
    name: String(name),
    type: String(type),
    avro,
    nullable: isNotNull !== 'true',
    doc: doc ?? null,
    ...(note !== undefined && { note })
  }
}

const decimal = (precision: number, scale: number): AvroSchema => ({
  type: 'bytes',
  logicalType: 'decimal',
  precision,
  scale
})

const exact: Readonly<Record<string, AvroSchema>> = {
  int2: 'int',
  int4: 'int',
  int8: 'long',
  float4: 'double',
  float8: 'double',
  bool: 'boolean',
  uuid: { type: 'string', logicalType: 'uuid' },
  date: { type: 'int', logicalType: 'date' },
  timestamp: { type: 'long', logicalType: 'timestamp-micros' },
  timestamptz: { type: 'long', logicalType: 'timestamp-micros' }
}

const printed = new Set(['text', 'varchar', 'bpchar', 'name', 'citext'])

/** The field's type for PostgreSQL's; what has none of its own is the text that the server prints, which is exact. */
function fieldType(base: string, modifier: number): { avro: AvroSchema; note?: string } {
  if (base === 'numeric') return numericType(modifier)
  const avro = exact[base]
  if (avro !== undefined)
    return base === 'timestamp'
      ? { avro, note: 'has no time zone and is read as UTC unless COURANT_POSTGRES_TIME_ZONE says otherwise' }
      : { avro }
  return printed.has(base)
    ? { avro: 'string' }
    : { avro: 'string', note: 'is the text that PostgreSQL prints' }
}

/** numeric(p, s) has its modifier as p and s in 16 bits each, after a header of four. */
function numericType(modifier: number): { avro: AvroSchema; note?: string } {
  if (modifier < 4)
    return {
      avro: 'string',
      note: 'has no precision, so it is kept as exact text; name precision and scale to compute with it'
    }
  const precision = ((modifier - 4) >> 16) & 0xffff
  const scale = (((modifier - 4) & 0x7ff) ^ 1024) - 1024
  if (precision <= 38 && scale >= 0 && scale <= precision) return { avro: decimal(precision, scale) }
  return { avro: 'string', note: 'has more digits than a decimal may have (38), so it is kept as exact text' }
}
