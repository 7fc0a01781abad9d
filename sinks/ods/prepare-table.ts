import { CourantError } from '../../runtime/errors.ts'
import { technicalColumns } from '../../schemas/erp/technical-columns.ts'
import { isCourantTable } from './database-objects.ts'
import type { OdsSession } from './ods-database.ts'
import type { Dialect, ExistingColumn } from './dialect.ts'
import type { OdsTable } from './ods-table.ts'
import type { Statement } from './statement.ts'
import { indexChanges, indexesOf } from './table-indexes.ts'

/**
 * Makes the table and its staging as the run has them: columns the source got are added, columns it lost stay. Throws
 * CONFIG_INVALID when a column's type became one that does not hold the values it has. Gives the table with the columns
 * it lost, and whether it has old versions.
 */
export async function prepareTable(
  session: OdsSession,
  dialect: Dialect,
  table: OdsTable
): Promise<OdsTable> {
  const doing = `prepare ods.${table.name}`
  const columns = await columnsOf(session, dialect.existingColumns('ods', table.name))
  refuseForeign('ods', table, columns)
  const isNew = columns.length === 0
  const changes = isNew ? [dialect.createTable(table)] : alterations(dialect, table, columns)
  const indexes = isNew ? [] : await indexesOf(session, dialect, table.name)
  const { before, after, table: prepared } = indexChanges(dialect, table, { columns, indexes })
  for (const statement of [...before, ...changes, ...after]) await session.query(doing, statement)
  const staged = await columnsOf(session, dialect.existingColumns('stg', table.name))
  refuseForeign('stg', table, staged)
  if (!isStageOf(dialect, table, staged))
    for (const statement of dialect.createStage(table))
      await session.query(`prepare stg.${table.name}`, statement)
  return { ...prepared, lost: lostColumns(columns, table) }
}

/** What somebody else has made is neither changed nor dropped. */
function refuseForeign(schema: 'stg' | 'ods', { name }: OdsTable, columns: readonly ExistingColumn[]): void {
  if (columns.length === 0) return
  if (
    isCourantTable(
      schema,
      columns.map((column) => column.name)
    )
  )
    return
  throw new CourantError(
    'CONFIG_INVALID',
    `${schema}.${name} is there already and Courant did not make it: \`courant etl adopt\` says how it would move it aside and does it, with a way back; or give the table another DestinationTable in config.ETL_Tables`
  )
}

const technical: ReadonlySet<string> = new Set(technicalColumns)
/** How columns begin that people add to a table themselves; no run touches those. */
const ownPrefix = 'x_'

function lostColumns(existing: readonly WrittenColumn[], { columns }: OdsTable): readonly string[] {
  const read = new Set(columns.map(({ sqlName }) => sqlName.toLowerCase()))
  return existing
    .filter(({ name }) => !read.has(name) && !technical.has(name) && !name.startsWith(ownPrefix))
    .map(({ written }) => written)
}

interface WrittenColumn extends ExistingColumn {
  /** The name in the database's own letter case. */
  readonly written: string
}

async function columnsOf(session: OdsSession, statement: Statement): Promise<WrittenColumn[]> {
  const rows = await session.query('read its catalogue', statement)
  return rows.map((row) => {
    const written = String(row['name'])
    return { name: written.toLowerCase(), written, type: String(row['type']) }
  })
}

function alterations(dialect: Dialect, table: OdsTable, existing: readonly ExistingColumn[]): Statement[] {
  const byName = new Map(existing.map((column) => [column.name, column]))
  const added = table.columns.filter(({ sqlName }) => !byName.has(sqlName.toLowerCase()))
  const widened = table.columns.flatMap((column) => {
    const known = byName.get(column.sqlName.toLowerCase())
    if (!known) return []
    const statements = dialect.widen(table, column, known)
    if (statements) return statements
    throw new CourantError(
      'CONFIG_INVALID',
      `Column ${column.sqlName} of ${table.name} is ${column.type} at the source now and ${known.type} in the ODS: give it another SqlName in config.ETL_Columns, which makes a new column, or change the type of the column in ods.${table.name}`
    )
  })
  return added.length > 0 ? [dialect.addColumns(table, added), ...widened] : widened
}

/** Staging is made anew whenever it is not exactly what the run needs. */
function isStageOf(dialect: Dialect, table: OdsTable, staged: readonly ExistingColumn[]): boolean {
  const wanted = dialect.stageColumns(table)
  return (
    staged.length === wanted.length &&
    wanted.every(({ name, type }, at) => staged[at]?.name === name.toLowerCase() && staged[at]?.type === type)
  )
}
