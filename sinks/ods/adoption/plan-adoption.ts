import { destinationName } from '../../../schemas/erp/metadata.ts'
import { courantTables, type DatabaseObject, databaseObjects, objectKey } from '../database-objects.ts'
import type { Migration, ObjectPlace } from '../dialect.ts'
import { migrationState, type MigrationState } from '../migrate.ts'
import type { OdsSession, ResultRow } from '../ods-database.ts'
import { adoptedColumn, type AdoptedRow, adoptedTable } from './adopted-rows.ts'

/** How things are called that make room for Courant's. */
const asideMark = 'old_etl'

/** An object that gets another place, so that Courant can make its own. */
export interface Move {
  readonly object: DatabaseObject
  readonly to: ObjectPlace
}

/** What taking a database over would do. */
export interface Adoption {
  readonly moves: readonly Move[]
  /** Objects that stay as they are. */
  readonly kept: readonly DatabaseObject[]
  readonly migrations: readonly Migration[]
  readonly state: MigrationState
  /** Rows for config.ETL_Tables and config.ETL_Columns, as the old ones have them. */
  readonly tables: readonly AdoptedRow[]
  readonly columns: readonly AdoptedRow[]
}

/** Looks at a database and says what would be renamed, kept and made; changes nothing. */
export async function planAdoption(session: OdsSession): Promise<Adoption> {
  const state = await migrationState(session)
  const objects = await databaseObjects(session)
  const foreign = new Set(state.foreign.map(objectKey))
  const old = (name: string) => state.foreign.find((object) => objectKey(object) === name)
  const tables = (await rowsOf(session, old('config.etl_tables'))).map(adoptedTable)
  const columns = (await rowsOf(session, old('config.etl_columns'))).map(adoptedColumn)
  for (const object of await foreignDestinations(session, objects, tables)) foreign.add(objectKey(object))
  const inTheWay = objects.filter((object) => foreign.has(objectKey(object)))
  const made = new Set(state.done.flatMap(({ makes }) => makes).map((name) => name.toLowerCase()))
  return {
    moves: await movesAside(session, inTheWay, asideMark),
    kept: objects.filter((object) => !foreign.has(objectKey(object)) && !made.has(objectKey(object))),
    migrations: state.pending,
    state,
    tables: named(tables, ['TableName']),
    columns: named(columns, ['TableName', 'ColumnName'])
  }
}

/** Rows that have their key, each once. */
function named(rows: readonly AdoptedRow[], key: readonly string[]): AdoptedRow[] {
  const keyOf = ({ values }: AdoptedRow) => key.map((name) => String(values[name]).toLowerCase())
  const byKey = new Map(rows.map((row) => [JSON.stringify(keyOf(row)), row]))
  return [...byKey.values()].filter((row) => keyOf(row).every((part) => part !== ''))
}

async function rowsOf(session: OdsSession, table: DatabaseObject | undefined): Promise<readonly ResultRow[]> {
  return table ? session.query('read the old configuration', session.dialect.allRows(table)) : []
}

/** What stands in `ods` and `stg` where a configured table will be written, and is no table of Courant's. */
async function foreignDestinations(
  session: OdsSession,
  objects: readonly DatabaseObject[],
  old: readonly AdoptedRow[]
): Promise<readonly DatabaseObject[]> {
  const isConfigured = objects.some((object) => objectKey(object) === 'config.etl_tables')
  const rows = isConfigured && old.length === 0 ? await configuredDestinations(session) : []
  const names = new Set(
    [...rows, ...old.map(({ values }) => String(values['DestinationTable']))].flatMap(
      (text) => destinationName(text) ?? []
    )
  )
  const own = await courantTables(session)
  return objects.filter(
    (object) =>
      ['ods', 'stg'].includes(object.schema.toLowerCase()) &&
      object.kind !== 'routine' &&
      names.has(object.name.toLowerCase()) &&
      !own.has(objectKey(object))
  )
}

async function configuredDestinations(session: OdsSession): Promise<string[]> {
  const rows = await session.query('read config.ETL_Tables', {
    text: 'SELECT DestinationTable AS destination FROM config.ETL_Tables'
  })
  return rows.map((row) => String(row['destination']))
}

/** Where objects go, under the first mark that leaves all of them free places. */
export async function movesAside(
  session: OdsSession,
  objects: readonly DatabaseObject[],
  mark: string
): Promise<readonly Move[]> {
  for (let nth = 1; ; nth++) {
    const suffix = nth === 1 ? mark : `${mark}${nth}`
    const moves = objects.map((object) => ({ object, to: session.dialect.placeAside(object, suffix) }))
    if (await areFree(session, moves)) return moves
  }
}

async function areFree(session: OdsSession, moves: readonly Move[]): Promise<boolean> {
  for (const { to } of moves) {
    const statement = session.dialect.objectNumber(`${to.schema}.${to.name}`)
    const [row] = await session.query('look for an object', statement)
    if (row && row['id'] !== null) return false
  }
  return true
}
