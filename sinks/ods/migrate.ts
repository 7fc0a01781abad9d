import { CourantError } from '../../runtime/errors.ts'
import type { OdsDatabase } from './ods-database.ts'

const historyTable = `etl.Migrations`

/** Brings the database to the newest shape, making it where it is missing, and gives the names of what was done. */
export async function migrate(database: OdsDatabase): Promise<readonly string[]> {
  await database.create()
  const done: string[] = []
  for (const migration of await pendingMigrations(database)) {
    const name = `${migration.number} ${migration.name}`
    await database.transaction(`migrate to ${name}`, async (session) => {
      for (const text of migration.batches) await session.query(`migrate to ${name}`, { text })
      await session.query('note a migration', noted(migration))
    })
    done.push(name)
  }
  return done
}

/** The migrations that the database has not had, in order. */
export async function pendingMigrations(
  database: OdsDatabase
): Promise<OdsDatabase['dialect']['migrations']> {
  for (const text of database.dialect.bootstrap) await database.query('prepare its migrations', { text })
  const rows = await database.query('list its migrations', {
    text: `SELECT Number AS number FROM ${historyTable}`
  })
  const had = new Set(rows.map((row) => Number(row['number'])))
  const newest = Math.max(...database.dialect.migrations.map(({ number }) => number))
  if ([...had].some((number) => number > newest))
    throw new CourantError(
      'TARGET_REFUSED',
      'The ODS was migrated by a newer version of Courant: run that version, or a newer one'
    )
  return database.dialect.migrations.filter(({ number }) => !had.has(number))
}

const noted = ({ number, name }: { number: number; name: string }) => ({
  text: `INSERT INTO ${historyTable} (Number, Name) VALUES (@number, @name)`,
  values: { number, name }
})
