import { CourantError } from '../../../runtime/errors.ts'
import type { Context } from '../../../runtime/pipeline.ts'
import { type Table, sourceColumns } from '../../../schemas/table.ts'
import { keyKindProblems } from '../../key-kinds.ts'
import { secretColumns } from '../../../schemas/secret-columns.ts'
import type { Connection } from '../connection.ts'
import { type Found, findTable } from './find-table.ts'
import { type KeyColumn, quoteName } from '../poll/key-column.ts'
import { keyProblems } from '../poll/key-problems.ts'
import { rightsProblems } from './rights.ts'
import * as names from '../settings.ts'
import { warnAboutIndexes, warnAboutNews } from './table-advice.ts'
import { checkZone, warnAboutZone, zonelessOf, zoneOf, zoneProblems } from './zones.ts'

/** A table as the server has it, checked against its .avsc file. */
export interface SourceTable {
  /** Quoted, with its schema. */
  readonly name: string
  /** The allow-list, in the order of the .avsc file. */
  readonly columns: readonly string[]
  readonly key: readonly KeyColumn[]
  /** The cursor column and its type, or null when changes show only by comparison. */
  readonly cursor: { readonly name: string; readonly type: string } | null
  /** Timestamps without time zone among the columns. */
  readonly zoneless: readonly string[]
  /** The zone they and a date cursor are in; null is UTC. */
  readonly zone: string | null
}

/** Finds the table and checks all that could go wrong later at once; throws SOURCE_REFUSED with every problem. */
export async function inspectTable(
  connection: Connection,
  context: Context,
  table: Table
): Promise<SourceTable> {
  const name = `${quoteName(context.settings.text(names.schema))}.${quoteName(table.sourceTable)}`
  const problems = await serverProblems(connection)
  const found = await findTable(connection, name)
  if (found) {
    const needed = { name, columns: neededColumns(table, context) }
    problems.push(
      ...tableProblems(name, table, found),
      ...zoneProblems(context, table, found),
      ...(await rightsProblems(connection, needed))
    )
  } else problems.push(missingTable(name, table, context))
  if (problems.length > 0 || !found)
    throw new CourantError('SOURCE_REFUSED', `${context.pipeline} cannot start:\n  ${problems.join('\n  ')}`)
  const { key, cursor } = table
  const source: SourceTable = {
    name,
    columns: sourceColumns(table).map((column) => column.name),
    key: key.map((column) => keyColumn(column, found)),
    cursor: cursor === null ? null : { name: cursor, type: found.columns.get(cursor)?.type ?? '' },
    zoneless: zonelessOf(table, found),
    zone: zoneOf(context)
  }
  await checkZone(connection, source)
  warnAboutZone(context, source)
  warnAboutIndexes(context, source, found)
  await warnAboutNews(connection, context, { table: source, found })
  return source
}

/** Polls leave out by `xmin` what they have seen. */
function neededColumns(table: Table, { settings }: Context): string[] {
  const { cursor } = table
  const polled = cursor !== null && settings.text(names.mode) === 'poll' ? ['xmin'] : []
  return [...sourceColumns(table).map((column) => column.name), ...polled]
}

async function serverProblems(connection: Connection): Promise<string[]> {
  const [row] = await connection.rows(
    'the check of its settings',
    `SELECT current_setting('server_encoding')`
  )
  const encoding = row?.[0]
  return encoding === 'UTF8'
    ? []
    : [`the database's encoding is ${encoding}: row hashes and key order need UTF8 (use a UTF8 database)`]
}

const missingTable = (found: string, { domain, name }: Table, { settings }: Context): string =>
  `table ${found} is not in database ${settings.text(names.database)}: create it there, or correct "table" in ` +
  `schemas/${domain}/${name}.avsc, PGDATABASE or COURANT_POSTGRES_SCHEMA (\`courant up --sample\` makes the sample's)`

function tableProblems(name: string, table: Table, found: Found): string[] {
  return [
    ...(/^[rp]$/.test(found.kind) ? [] : ['it is a view or a foreign table: name the table it shows']),
    ...columnProblems(table, found),
    ...keyProblems(name, table, found),
    ...keyKindProblems(table, (column) => found.columns.get(column)?.type),
    ...cursorProblems(table, found)
  ]
}

function columnProblems(table: Table, found: Found): string[] {
  const { columns, key, cursor } = table
  const listed = sourceColumns(table).map((column) => column.name)
  const absent = listed.filter((column) => !found.columns.has(column))
  const unlisted = [...key, ...(cursor === null ? [] : [cursor])].filter((column) => !listed.includes(column))
  const secret = secretColumns(columns)
  return [
    ...(absent.length > 0 ? [`it has no columns ${absent.join(', ')}: correct the .avsc file`] : []),
    ...(unlisted.length > 0 ? [`key and cursor must be fields too: add ${unlisted.join(', ')}`] : []),
    ...(secret.length > 0
      ? [
          `columns ${secret.join(', ')} look like secrets: take them out of the .avsc file, or say "secret": false of a field that is none`
        ]
      : [])
  ]
}

function cursorProblems({ cursor }: Table, found: Found): string[] {
  const type = cursor === null ? undefined : found.columns.get(cursor)?.type
  return type === undefined || /^(timestamp|date)/.test(type)
    ? []
    : [`cursor ${cursor} is of type ${type}: it must be a timestamp or a date, or null`]
}

function keyColumn(name: string, found: Found): KeyColumn {
  const { type = 'text', isByteOrdered = false } = found.columns.get(name) ?? {}
  return { name, type, order: orderOf(type, isByteOrdered) }
}

function orderOf(type: string, isByteOrdered: boolean): KeyColumn['order'] {
  if (type === 'uuid') return 'bytes'
  if (type === 'smallint' || type === 'integer' || type === 'bigint') return 'integer'
  if (type === 'text' || type === 'character varying') return isByteOrdered ? 'bytes' : 'collate'
  return 'printed'
}
