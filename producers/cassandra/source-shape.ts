import type { Client } from 'cassandra-driver'
import { CourantError } from '../../runtime/errors.ts'
import { type Table, sourceColumns } from '../../schemas/table.ts'
import { keyKindProblems } from '../key-kinds.ts'
import { secretColumns } from '../../schemas/secret-columns.ts'
import { type ColumnText, columnText } from './column-text.ts'
import { isMultiCell } from './cql-type.ts'
import { execute } from './execute.ts'

export interface SourceColumn extends ColumnText {
  readonly name: string
  readonly isKey: boolean
  /** Of the partition as a whole, which may have it without having a row. */
  readonly isStatic: boolean
  /** Whether it is a collection whose values are written one by one. */
  readonly isMultiCell: boolean
}

/** A table as it is in Cassandra, as far as we read it. */
export interface SourceShape {
  readonly keyspace: string
  readonly table: string
  /** The columns of the record, in its order. */
  readonly columns: readonly SourceColumn[]
  /** The columns of the primary key, in its order. */
  readonly key: readonly SourceColumn[]
  readonly partitionKey: readonly string[]
  /** Whether a partition may have columns without having a row. */
  readonly hasStatic: boolean
  /**
   * Time columns that show what is new: the cursor and, where updates alone set that, the first clustering column.
   * Empty when only full passes find changes.
   */
  readonly newest: readonly string[]
}

interface CatalogueColumn {
  readonly name: string
  readonly kind: string
  readonly place: number
  readonly type: string
}

/** Reads the catalogue and compares it with what the schema wants; SOURCE_REFUSED lists everything that does not fit. */
export async function sourceShape(client: Client, keyspace: string, wanted: Table): Promise<SourceShape> {
  const partitioner = await readPartitioner(client)
  const { table, columns: found } = await readColumns(client, keyspace, wanted.sourceTable)
  const problems = problemsOf(wanted, found, partitioner)
  if (problems.length > 0)
    throw new CourantError(
      'SOURCE_REFUSED',
      `Cassandra table "${keyspace}"."${wanted.sourceTable}" cannot be read:\n  ${problems.join('\n  ')}`
    )
  const byName = new Map(found.map((column) => [column.name, column]))
  const columnOf = (name: string): SourceColumn => {
    const { type = '', kind } = byName.get(name) ?? {}
    const text = columnText(type) as ColumnText
    const isStatic = kind === 'static'
    return { name, isKey: wanted.key.includes(name), isStatic, isMultiCell: isMultiCell(type), ...text }
  }
  return {
    keyspace,
    table,
    columns: sourceColumns(wanted).map(({ name }) => columnOf(name)),
    key: wanted.key.map(columnOf),
    partitionKey: keyColumns(found, 'partition_key'),
    hasStatic: found.some(({ kind }) => kind === 'static'),
    newest: newestColumns(wanted, found)
  }
}

async function readPartitioner(client: Client): Promise<string> {
  const { rows } = await execute(client, 'SELECT partitioner FROM system.local')
  return String(rows[0]?.['partitioner'])
}

/** A table that was created without quotes has its name in lower case. */
async function readColumns(client: Client, keyspace: string, name: string) {
  for (const table of new Set([name, name.toLowerCase()])) {
    const { rows } = await execute(
      client,
      `SELECT column_name, kind, position, type FROM system_schema.columns
       WHERE keyspace_name = ? AND table_name = ?`,
      { values: [keyspace, table] }
    )
    if (rows.length > 0) return { table, columns: rows.map(catalogueColumn) }
  }
  return { table: name, columns: [] }
}

function catalogueColumn(row: Record<string, unknown>): CatalogueColumn {
  const { column_name, kind, position, type } = row
  return { name: String(column_name), kind: String(kind), place: Number(position), type: String(type) }
}

function problemsOf(wanted: Table, found: readonly CatalogueColumn[], partitioner: string): string[] {
  if (found.length === 0)
    return [
      `it does not exist: create it there, or correct "table" in schemas/${wanted.domain}/${wanted.name}.avsc or COURANT_CASSANDRA_KEYSPACE (\`courant up --sample\` makes the sample's)`
    ]
  const names = sourceColumns(wanted).map(({ name }) => name)
  const key = [...keyColumns(found, 'partition_key'), ...keyColumns(found, 'clustering')]
  const columnProblems = names.flatMap((name) => {
    const column = found.find((each) => each.name === name)
    if (!column) return [`column ${name} does not exist: correct the .avsc file or the table`]
    return columnText(column.type)
      ? []
      : [`column ${name} is a ${column.type}: leave it out of the .avsc file`]
  })
  const secrets = secretColumns(wanted.columns).map(
    (name) =>
      `column ${name} looks like a secret: take it out of the .avsc file, or say "secret": false of its field if it is none`
  )
  const cursorType = found.find(({ name }) => name === wanted.cursor)?.type ?? 'timestamp'
  return [
    ...columnProblems,
    ...secrets,
    ...keyKindProblems(wanted, (name) => found.find((column) => column.name === name)?.type),
    ...(key.join() === wanted.key.join()
      ? []
      : [`its primary key is (${key.join(', ')}): write that in the .avsc file`]),
    ...(cursorType === 'timestamp'
      ? []
      : [`the cursor ${wanted.cursor} is a ${cursorType}, it must be a timestamp`]),
    ...(partitioner.endsWith('.Murmur3Partitioner')
      ? []
      : [`${partitioner} is not supported, only Murmur3Partitioner`])
  ]
}

function keyColumns(found: readonly CatalogueColumn[], kind: string): string[] {
  return found
    .filter((column) => column.kind === kind)
    .toSorted((a, b) => a.place - b.place)
    .map(({ name }) => name)
}

function newestColumns({ cursor }: Table, found: readonly CatalogueColumn[]): string[] {
  const firstClustering = found.find(({ kind, place }) => kind === 'clustering' && place === 0)
  const isTime = firstClustering?.type === 'timestamp'
  const names = [cursor, isTime ? firstClustering.name : null]
  return [...new Set(names.filter((name) => name !== null))]
}
