import assert from 'node:assert/strict'
import { after, describe, it } from 'node:test'
import { settingsFrom } from '../../../runtime/settings.ts'
import { odsAdoptContract } from '../../contracts/ods-adopt.contract.ts'
import { odsContract } from '../../contracts/ods.contract.ts'
import { odsShapesContract } from '../../contracts/ods-shapes.contract.ts'
import { odsRefusalsContract } from '../../contracts/ods-refusals.contract.ts'
import { odsValuesContract } from '../../contracts/ods-values.contract.ts'
import { asAdmin } from '../../support/postgres-admin.ts'
import { sharedStack } from '../../support/stack.ts'
import { unique } from '../../support/unique.ts'
import { nextOffsetOf, passUpTo, standingRuns } from '../../../sinks/ods/standing-runs.ts'
import { checkOds } from '../../../sinks/ods/check-ods.ts'
import { openOds } from '../../../sinks/ods/open-ods.ts'
import { currentRows } from '../../../systems/erp/compare/compare-table.ts'
import { readHealth } from '../../../systems/erp/health/health-figures.ts'
import { collectTsql } from './tsql/collected-tsql.ts'
import { sentTsqlTests } from './tsql/sent-tsql.ts'

const tsql = collectTsql()
const stack = sharedStack('postgres')
const database = unique('ods')
const { PGUSER = '', PGPASSWORD = '', PGHOST = '', PGPORT = '' } = stack
const env = { COURANT_ODS_URL: `postgres://${PGUSER}:${PGPASSWORD}@${PGHOST}:${PGPORT}/${database}` }

const older = unique('older')

after(async () => {
  for (const name of [database, older]) await asAdmin(`DROP DATABASE IF EXISTS "${name}" WITH (FORCE)`)
})

odsContract('PostgreSQL', () => env)
odsRefusalsContract('PostgreSQL', () => env)
odsShapesContract('PostgreSQL', () => env)
odsValuesContract('PostgreSQL', () => env)
odsAdoptContract('PostgreSQL', () => ({ COURANT_ODS_URL: env.COURANT_ODS_URL.replace(database, older) }))

describe('what the command line asks the ODS', () => {
  it('can be asked', async (t) => {
    const ods = openOds(settingsFrom(env))
    t.after(() => ods.close())
    await readHealth(ods, new Date())
    const place = { tableName: 'compared', group: 'ods.compared', topic: 'erp.compared.changes' }
    await standingRuns(ods, place.tableName)
    await passUpTo(ods, place, 7)
    assert.equal(await nextOffsetOf(ods, place), 7)
    await ods.query('make', {
      text: 'CREATE TABLE ods.compared (row_key text, hashdiff bytea, is_current int, is_deleted int)'
    })
    // Everything that a load does is tried there, so that a check says what a load would say.
    await checkOds(settingsFrom(env))
    for await (const row of currentRows(ods, 'compared')) throw new Error(`nobody wrote ${row.key}`)
  })
})

sentTsqlTests(tsql)
