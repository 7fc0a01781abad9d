import { CourantError } from '../../runtime/errors.ts'
import type { Dialect, ExistingColumn, ExistingIndex, OwnIndex } from './dialect.ts'
import type { OdsSession } from './ods-database.ts'
import type { OdsTable } from './ods-table.ts'
import type { Statement } from './statement.ts'

/** Which indexes go before a table's columns are changed, and which are made afterwards. */
export interface IndexChanges {
  readonly before: readonly Statement[]
  readonly after: readonly Statement[]
  /** The table, and whether it has versions of a time when its history was kept. */
  readonly table: OdsTable
}

/** What Courant's own indexes are called behind the table's name. */
const suffixes = ['key', 'version', 'current', 'source_key']

/** The indexes of a table that is there, by name. */
export async function indexesOf(
  session: OdsSession,
  dialect: Dialect,
  table: string
): Promise<readonly ExistingIndex[]> {
  const rows = await session.query('read its indexes', dialect.existingIndexes(table))
  const columns = Map.groupBy(rows, (row) => String(row['name']))
  return [...columns].map(([name, own]) => ({
    name,
    columns: own.map((row) => String(row['columnname']).toLowerCase())
  }))
}

/**
 * What becomes of the indexes of a table: those that the key or the history no longer wants go, and so do those that
 * hold a column whose type has to change. CONFIG_INVALID names an index of somebody else's that holds one.
 */
export function indexChanges(
  dialect: Dialect,
  table: OdsTable,
  found: { readonly columns: readonly ExistingColumn[]; readonly indexes: readonly ExistingIndex[] }
): IndexChanges {
  const { name, keepHistory } = table
  const own = suffixes.map((suffix) => `${name}_${suffix}`)
  const ownName = (index: ExistingIndex) => own.find((wanted) => isCalled(index, wanted, name))
  const hasVersions = !keepHistory && found.indexes.some((index) => ownName(index) === `${name}_version`)
  const wanted = dialect.indexes({ ...table, hasVersions })
  const held = heldColumns(dialect, table, found.columns)
  const isStale = (index: ExistingIndex) => {
    const same = wanted.find((one) => one.name === ownName(index))
    return !same || !isOn(index, same.columns) || index.columns.some((column) => held.has(column))
  }
  const ours = found.indexes.filter((index) => ownName(index) !== undefined)
  refuseForeign(
    table,
    found.indexes.filter((index) => !ours.includes(index)),
    held
  )
  const stale = ours.filter(isStale)
  const kept = new Set(ours.filter((index) => !stale.includes(index)).map(ownName))
  return {
    before: stale.map((index) => dialect.dropIndex(name, ownName(index) ?? index.name)),
    after: wanted.filter((index: OwnIndex) => !kept.has(index.name)).map(({ create }) => create),
    table: hasVersions ? { ...table, hasVersions } : table
  }
}

const isOn = (index: ExistingIndex, columns: readonly string[]) =>
  index.columns.join(',') === columns.map((column) => column.toLowerCase()).join(',')

/** Servers that keep names in PostgreSQL put the table's name and a hash behind that of an index, and cut it. */
function isCalled({ name }: ExistingIndex, wanted: string, table: string): boolean {
  const given = name.toLowerCase()
  if (given === wanted) return true
  const [, shown] = /^(.+)[0-9a-f]{32}$/.exec(given) ?? []
  return shown !== undefined && `${wanted}${table}`.startsWith(shown) && shown.startsWith(wanted.slice(0, 31))
}

function heldColumns(dialect: Dialect, table: OdsTable, existing: readonly ExistingColumn[]): Set<string> {
  const byName = new Map(existing.map((column) => [column.name, column]))
  const held = table.columns.filter((column) => {
    const known = byName.get(column.sqlName.toLowerCase())
    return known !== undefined && dialect.isHeldByIndex(column, known)
  })
  return new Set(held.map(({ sqlName }) => sqlName.toLowerCase()))
}

function refuseForeign(
  { name }: OdsTable,
  foreign: readonly ExistingIndex[],
  held: ReadonlySet<string>
): void {
  const blocking = foreign.filter(({ columns }) => columns.some((column) => held.has(column)))
  if (blocking.length === 0) return
  const list = blocking.map((index) => `${index.name} (${index.columns.join(', ')})`).join('; ')
  throw new CourantError(
    'CONFIG_INVALID',
    `Columns of ods.${name} have a wider type at the source now (${[...held].join(', ')}), which the database cannot give them while these indexes are on them: ${list}. Drop those indexes, let the next run widen the columns, and make them again`
  )
}
