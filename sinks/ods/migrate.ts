import { CourantError } from '../../runtime/errors.ts'
import { type DatabaseObject, databaseObjects, objectKey } from './database-objects.ts'
import type { Migration } from './dialect.ts'
import type { OdsDatabase, OdsSession } from './ods-database.ts'
import { markObjects, markTable, readMarks } from './own-objects.ts'

const historyTable = `etl.Migrations`

/** Brings the database to the newest shape, making it where it is missing, and gives the names of what was done. */
export async function migrate(database: OdsDatabase): Promise<readonly string[]> {
  await database.create()
  const state = await migrationState(database)
  refuseForeign(state)
  await prepareMigrations(database, state)
  const done: string[] = []
  for (const migration of state.pending) {
    const name = nameOf(migration)
    await database.transaction(`migrate to ${name}`, (session) => applyMigration(session, migration))
    done.push(name)
  }
  return done
}

/** A migration as it is shown. */
export const nameOf = ({ number, name }: Migration): string => `${number} ${name}`

/** How far a database has been migrated, and what of somebody else's is in the way. */
export interface MigrationState {
  /** The migrations that the database has not had, in order. */
  readonly pending: readonly Migration[]
  /** Those that it has had. */
  readonly done: readonly Migration[]
  /** Objects that Courant did not make, where a pending migration makes or replaces its own. */
  readonly foreign: readonly DatabaseObject[]
}

/** The migrations that the database has not had, in order; looks and changes nothing. */
export async function pendingMigrations(database: OdsSession): Promise<readonly Migration[]> {
  return (await migrationState(database)).pending
}

/** Looks at what a database has, and changes nothing. */
export async function migrationState(session: OdsSession): Promise<MigrationState> {
  const objects = new Map((await databaseObjects(session)).map((object) => [objectKey(object), object]))
  const { migrations } = session.dialect
  const history = await historyOf(session, objects)
  const had = history === 'foreign' ? new Map<number, string>() : history
  checkNewest(migrations, had)
  const pending = migrations.filter(({ number }) => !had.has(number))
  const done = migrations.filter(({ number }) => had.has(number))
  const marked = objects.has(markTable.toLowerCase()) && had.size > 0
  const replaced = pending.flatMap(({ replaces = [] }) => replaces)
  const marks = marked ? await readMarks(session, replaced) : null
  const made = pending.flatMap(({ makes }) => makes)
  const inTheWay = [
    ...(history === 'foreign' ? [historyTable] : []),
    ...made,
    ...replaced.filter((name) => !made.includes(name) && marks?.isOurs(name) === false)
  ]
  const foreign = [...new Set(inTheWay)].flatMap((name) => objects.get(name.toLowerCase()) ?? [])
  return { pending, done, foreign }
}

/** What etl.Migrations says was done, by number; a table of that name which is not ours says nothing. */
async function historyOf(
  session: OdsSession,
  objects: ReadonlyMap<string, DatabaseObject>
): Promise<ReadonlyMap<number, string> | 'foreign'> {
  if (!objects.has(historyTable.toLowerCase())) return new Map()
  const columns = await session.query('look at its migrations', {
    text: `SELECT LOWER(COLUMN_NAME) AS name FROM INFORMATION_SCHEMA.COLUMNS WHERE TABLE_SCHEMA = 'etl' AND LOWER(TABLE_NAME) = 'migrations'`
  })
  const present = new Set(columns.map((row) => String(row['name'])))
  if (!['number', 'name', 'appliedat'].every((name) => present.has(name))) return 'foreign'
  const rows = await session.query('list its migrations', {
    text: `SELECT Number AS number, Name AS name FROM ${historyTable}`
  })
  return new Map(rows.map((row) => [Number(row['number']), String(row['name'])]))
}

function checkNewest(migrations: readonly Migration[], had: ReadonlyMap<number, string>): void {
  const newest = Math.max(...migrations.map(({ number }) => number))
  if ([...had.keys()].some((number) => number > newest))
    throw new CourantError(
      'TARGET_REFUSED',
      'The ODS was migrated by a newer version of Courant: run that version, or a newer one'
    )
}

/**
 * A migration and its note are one transaction, so what it makes is ours only when it is noted. What stands in its place
 * otherwise is somebody else's, such as the tables of an older ETL: it is neither taken for ours nor dropped.
 */
function refuseForeign({ foreign }: MigrationState): void {
  if (foreign.length === 0) return
  const names = foreign.map(({ schema, name }) => `${schema}.${name}`).join(', ')
  throw new CourantError(
    'TARGET_REFUSED',
    `The database has ${names}, which Courant did not make, and nothing was changed: \`courant etl adopt\` says what it would rename and does it, with a way back; or give Courant another database (docs/ods.md, "Taking over an older ETL")`
  )
}

/** Makes what the migrations themselves need; what was made before there were marks is marked by its names. */
export async function prepareMigrations(session: OdsSession, { done }: MigrationState): Promise<void> {
  const isMarked = (await databaseObjects(session)).some(
    (object) => objectKey(object) === markTable.toLowerCase()
  )
  for (const text of session.dialect.bootstrap) await session.query('prepare its migrations', { text })
  if (isMarked) return
  await markObjects(session, [historyTable, markTable, ...done.flatMap(({ makes }) => makes)])
}

/** Does a migration, notes it, and marks what it made; in one transaction. */
export async function applyMigration(session: OdsSession, migration: Migration): Promise<void> {
  const { number, name, batches, makes, replaces = [] } = migration
  for (const text of batches) await session.query(`migrate to ${nameOf(migration)}`, { text })
  await session.query('note a migration', {
    text: `INSERT INTO ${historyTable} (Number, Name) VALUES (@number, @name)`,
    values: { number, name }
  })
  await markObjects(session, [...makes, ...replaces])
}
