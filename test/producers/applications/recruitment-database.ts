import { createApplicationTables } from '../../../local/sample/applications/create-tables.ts'
import { fillApplications } from '../../../local/sample/applications/fill-applications.ts'
import { applicationSource } from '../../../producers/applications/application-source.ts'
import type { Environment } from '../../../runtime/settings.ts'
import { testContext } from '../../support/context.ts'
import { SourceDatabase } from '../postgres/source-database.ts'

const size = { seed: 1, applications: 30, endingAt: new Date('2026-11-20T12:00:00Z') }

/** A database with the sample of job applications, dropped at the end. */
export async function recruitmentDatabase() {
  const database = await SourceDatabase.create()
  await createApplicationTables(database.client)
  await fillApplications(size, database.client)
  const ids = async () => {
    const { rows } = await database.client.query<{ id: string }>('SELECT id FROM application ORDER BY id')
    return rows.map(({ id }) => id)
  }
  return {
    database,
    client: database.client,
    ids,
    open: (env: Environment = {}) => applicationSource.open(testContext({ ...database.env, ...env })),
    drop: () => database.drop()
  }
}

export type Recruitment = Awaited<ReturnType<typeof recruitmentDatabase>>
