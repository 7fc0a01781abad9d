import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, it } from 'node:test'
import { postgresReader } from '../../../../producers/postgres/postgres-reader.ts'
import { testContext } from '../../../support/context.ts'
import { unique } from '../../../support/unique.ts'
import { notes } from '../numbered-table.ts'
import { SourceDatabase, tableOf } from '../source-database.ts'

let source: SourceDatabase
const role = unique('reader').replaceAll('-', '_')
before(async () => {
  source = await SourceDatabase.create()
  await sql(`CREATE ROLE ${role} LOGIN PASSWORD 'secret'`)
})
after(async () => {
  await sql(`DROP OWNED BY ${role}; DROP ROLE ${role}`)
  await source.drop()
})

const sql = (text: string) => source.client.query(text)

let name: string
beforeEach(async () => {
  name = (await source.table(notes)).name
})

/** What `courant check` says of the table to the role; '' when all is well. */
async function problem(): Promise<string> {
  const context = testContext(source.stateEnv({ PGUSER: role, PGPASSWORD: 'secret' }))
  try {
    await postgresReader(tableOf(name, notes)).check?.(context)
    return ''
  } catch (error) {
    return (error as Error).message
  }
}

/** Runs the statement that a problem ends with. */
const heed = (text: string) => sql(/(GRANT|CREATE POLICY) .*$/m.exec(text)?.[0] ?? text)

describe('before a table is read it is checked', () => {
  it('that every column may be read, and xmin with them', async () => {
    await sql(`GRANT SELECT (id, updated_at) ON "${name}" TO ${role}`)
    const said = await problem()
    assert.match(said, /GRANT SELECT \(xmin, text\) ON "public"\./)
    await heed(said)
    assert.equal(await problem(), '')
  })

  it('that row-level security hides no rows', async () => {
    await sql(`GRANT SELECT ON "${name}" TO ${role}`)
    await sql(`ALTER TABLE "${name}" ENABLE ROW LEVEL SECURITY`)
    await sql(`CREATE POLICY lower ON "${name}" USING (id < 10)`)
    const said = await problem()
    assert.match(said, /row-level security hides rows .* BYPASSRLS/)
    await heed(said)
    assert.equal(await problem(), '')
    await sql(`CREATE POLICY upper ON "${name}" AS RESTRICTIVE USING (id > 5)`)
    assert.match(await problem(), /hides rows/)
    await sql(`ALTER ROLE ${role} BYPASSRLS`)
    assert.equal(await problem(), '')
  })
})
