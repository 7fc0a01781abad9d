import { CourantError } from '../../runtime/errors.ts'
import type { OdsDatabase } from './ods-database.ts'

const historyTable = `etl.Migrations`

/** Brings the database to the newest shape, making it where it is missing, and gives the names of what was done. */
export async function migrate(database: OdsDatabase): Promise<readonly string[]> {
  await database.create()
  const pending = await pendingMigrations(database)
  await checkForeign(database, pending)
  for (const text of database.dialect.bootstrap) await database.query('prepare its migrations', { text })
  const done: string[] = []
  for (const migration of pending) {
    const name = `${migration.number} ${migration.name}`
    await database.transaction(`migrate to ${name}`, async (session) => {
      for (const text of migration.batches) await session.query(`migrate to ${name}`, { text })
      await session.query('note a migration', noted(migration))
    })
    done.push(name)
  }
  return done
}

/** The migrations that the database has not had, in order; looks and changes nothing. */
export async function pendingMigrations(
  database: OdsDatabase
): Promise<OdsDatabase['dialect']['migrations']> {
  const objects = await ownObjects(database)
  const rows = objects.has(historyTable.toLowerCase())
    ? await database.query('list its migrations', { text: `SELECT Number AS number FROM ${historyTable}` })
    : []
  const had = new Set(rows.map((row) => Number(row['number'])))
  const newest = Math.max(...database.dialect.migrations.map(({ number }) => number))
  if ([...had].some((number) => number > newest))
    throw new CourantError(
      'TARGET_REFUSED',
      'The ODS was migrated by a newer version of Courant: run that version, or a newer one'
    )
  return database.dialect.migrations.filter(({ number }) => !had.has(number))
}

/**
 * A migration and its note are one transaction, so what it makes is ours only when it is noted. What stands in its place
 * otherwise is somebody else's, such as the tables of an older ETL: it is neither taken for ours nor dropped.
 */
async function checkForeign(
  database: OdsDatabase,
  pending: OdsDatabase['dialect']['migrations']
): Promise<void> {
  const objects = await ownObjects(database)
  const foreign = pending.flatMap(({ makes }) => makes).filter((name) => objects.has(name.toLowerCase()))
  if (foreign.length === 0) return
  throw new CourantError(
    'TARGET_REFUSED',
    `The database has ${foreign.join(', ')}, which Courant did not make, and nothing was changed: give Courant another database, or move them to another schema or name first (docs/ods.md, "Beside an older ETL")`
  )
}

/** Tables, views and procedures in the schemas config and etl, by their names in lower case. */
async function ownObjects(database: OdsDatabase): Promise<ReadonlySet<string>> {
  const rows = await database.query('look at what it has', {
    text: `SELECT TABLE_SCHEMA AS inschema, TABLE_NAME AS name FROM INFORMATION_SCHEMA.TABLES WHERE TABLE_SCHEMA IN ('config', 'etl')
UNION ALL
SELECT ROUTINE_SCHEMA AS inschema, ROUTINE_NAME AS name FROM INFORMATION_SCHEMA.ROUTINES WHERE ROUTINE_SCHEMA IN ('config', 'etl')`
  })
  return new Set(rows.map((row) => `${String(row['inschema'])}.${String(row['name'])}`.toLowerCase()))
}

const noted = ({ number, name }: { number: number; name: string }) => ({
  text: `INSERT INTO ${historyTable} (Number, Name) VALUES (@number, @name)`,
  values: { number, name }
})
