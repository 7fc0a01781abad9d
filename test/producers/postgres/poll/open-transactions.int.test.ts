import assert from 'node:assert/strict'
import { after, before, it } from 'node:test'
import { Connection } from '../../../../producers/postgres/connection.ts'
import { OpenTransactions } from '../../../../producers/postgres/poll/open-transactions.ts'
import { testContext } from '../../../support/context.ts'
import { unique } from '../../../support/unique.ts'
import { SourceDatabase } from '../source-database.ts'

let source: SourceDatabase
const role = unique('reader').replaceAll('-', '_')
before(async () => {
  source = await SourceDatabase.create()
  await source.client.query(`CREATE ROLE ${role} LOGIN PASSWORD 'secret'`)
})
after(async () => {
  await source.client.query(`DROP ROLE ${role}`)
  await source.drop()
})

/** What is warned of when a role looks, while the superuser's session is there beside it. */
async function warningsTo(user: Readonly<Record<string, string>>): Promise<readonly string[]> {
  const context = testContext(source.stateEnv(user))
  const connection = new Connection(context)
  try {
    await new OpenTransactions(connection, context).observe()
  } finally {
    await connection.close()
  }
  return context.warnings
}

it('warns of a missing right where it is missing, and nobody else', async () => {
  const reader = { PGUSER: role, PGPASSWORD: 'secret' }
  assert.match((await warningsTo(reader)).join(), /GRANT pg_read_all_stats/)
  await source.client.query(`GRANT pg_read_all_stats TO ${role}`)
  assert.deepEqual(await warningsTo(reader), [])
  assert.deepEqual(await warningsTo({}), [], 'a superuser needs no grant')
})
