import { CourantError } from '../../runtime/errors.ts'
import { type ConfigRow, destinationName, type EtlTable, parseEtlTable } from './metadata.ts'
import { erpTopicName } from './run-schema.ts'

/** A row of config.ETL_Tables that cannot be loaded as it is, and why. */
export interface WrongRow {
  readonly tableName: string
  readonly error: CourantError
}

/** What config.ETL_Tables says, a wrong row apart from the others. */
export interface ConfiguredTables {
  readonly tables: readonly EtlTable[]
  readonly wrong: readonly WrongRow[]
}

/** Checks all rows: each wrong one by itself, and those that would write to one place, which are all wrong then. */
export function configuredTables(rows: readonly ConfigRow[]): ConfiguredTables {
  const tables: EtlTable[] = []
  const wrong: WrongRow[] = []
  for (const row of rows)
    try {
      tables.push(parseEtlTable(row))
    } catch (error) {
      if (!(error instanceof CourantError)) throw error
      wrong.push({ tableName: nameOf(row), error })
    }
  const clashing = new Map([
    ...clashes(tables, 'DestinationTable', ({ destinationTable }) => destinationName(destinationTable) ?? ''),
    ...clashes(tables, 'TableName', ({ tableName }) => erpTopicName(tableName))
  ])
  for (const [{ tableName }, error] of clashing) wrong.push({ tableName, error })
  return { tables: tables.filter((table) => !clashing.has(table)), wrong }
}

/** The table of that name, any letter case; CONFIG_INVALID says what is wrong with its row, or that it has none. */
export function findTable({ tables, wrong }: ConfiguredTables, name: string): EtlTable {
  const isNamed = ({ tableName }: { readonly tableName: string }) =>
    tableName.toLowerCase() === name.toLowerCase()
  const found = tables.find(isNamed)
  if (found) return found
  const bad = wrong.find(isNamed)
  if (bad) throw bad.error
  const known = tables.map(({ tableName }) => tableName).join(', ') || 'none'
  throw new CourantError(
    'CONFIG_INVALID',
    `Table '${name}' is not in config.ETL_Tables (there: ${known}): insert a row for it there, then run \`courant etl sync\``
  )
}

/** Tables that would share a place, each with the error that names them all. */
function clashes(
  tables: readonly EtlTable[],
  column: string,
  placeOf: (table: EtlTable) => string
): (readonly [EtlTable, CourantError])[] {
  const byPlace = Map.groupBy(tables, placeOf)
  return [...byPlace].flatMap(([place, sharing]) => {
    if (sharing.length < 2) return []
    const names = sharing.map(({ tableName }) => `'${tableName}'`).join(' and ')
    const error = new CourantError(
      'CONFIG_INVALID',
      `Tables ${names} of config.ETL_Tables would both be written to ${place}, and each would take the rows of the other for deleted: correct ${column} of one`
    )
    return sharing.map((table) => [table, error] as const)
  })
}

function nameOf(row: ConfigRow): string {
  const [, name] = Object.entries(row).find(([column]) => column.toLowerCase() === 'tablename') ?? []
  return typeof name === 'string' ? name.trim() : ''
}
