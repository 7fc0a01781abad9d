import { Pool } from 'pg'
import { createApplicationTables } from '../../../local/sample/applications/create-tables.ts'
import { asAdmin } from '../../support/postgres-admin.ts'
import { sharedStack } from '../../support/stack.ts'
import { unique } from '../../support/unique.ts'
import { azureCase } from '../../sinks/azure-blob/azure-case.ts'

/** What job applications need besides topics: containers of their own, and an empty database. */
export async function applicationSystems() {
  const { PGHOST = '', PGPORT = '', PGUSER = '', PGPASSWORD = '' } = sharedStack('postgres')
  const name = unique('hostile').replaceAll('-', '_')
  await asAdmin(`CREATE DATABASE ${name}`)
  const database = new Pool({
    host: PGHOST,
    port: Number(PGPORT),
    user: PGUSER,
    password: PGPASSWORD,
    database: name
  })
  await createApplicationTables(database)
  await database.end()
  const { env, raw, curated } = await azureCase()
  return {
    env: { ...env, PGDATABASE: name },
    stores: [raw, curated],
    close: () => asAdmin(`DROP DATABASE ${name} WITH (FORCE)`)
  }
}
