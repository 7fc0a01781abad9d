import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { Client } from 'pg'
import { changeErp, createErp, fillErp } from '../../local/sample/erp/create-erp.ts'
import { erpTable, erpTableNames } from '../../local/sample/erp/erp-tables.ts'
import { asAdmin } from '../support/postgres-admin.ts'
import { unique } from '../support/unique.ts'

describe('the ERP sample', () => {
  const database = unique('erp-sample')
  let pg: Client
  before(async () => {
    await asAdmin(`CREATE DATABASE "${database}"`)
    pg = new Client({ database })
    await pg.connect()
    await createErp(pg)
    for (const name of erpTableNames) await fillErp(pg, name, { to: 200 })
  })
  after(async () => {
    await pg.end()
    await asAdmin(`DROP DATABASE "${database}" WITH (FORCE)`)
  })

  const ask = async (sql: string) => Object.values((await pg.query(sql)).rows[0] ?? {})[0]
  const digestOf = (name: string) =>
    ask(`SELECT md5(string_agg(t::text, chr(10) ORDER BY t::text)) FROM "PUB"."${name}" t`)

  it('has five tables, three of them with more than 300 columns and one with more than 40,000 rows', () => {
    const wide = erpTableNames.filter((name) => erpTable(name).columns.length > 300)
    assert.deepEqual(wide, ['client', 'lignecli', 'produit'])
    assert.equal(erpTableNames.length, 5)
    assert.ok(erpTable('lignecli').rows > 40_000)
    assert.ok(erpTableNames.some((name) => erpTable(name).key.length > 1))
  })

  it('has what is hard about an ERP: dashes, arrays, accents, old dates', async () => {
    assert.ok(erpTable('produit').columns.some((column) => column.name === 'gencod-v'))
    assert.equal(
      await ask(
        `SELECT array_extent FROM sysprogress.syscolumns_full WHERE tbl = 'client' AND col = 'tel-x'`
      ),
      5
    )
    assert.ok(Number(await ask(`SELECT count(*) FROM "PUB".client WHERE "dat-crea" < '1753-01-01'`)) > 0)
    assert.ok(Number(await ask(`SELECT count(*) FROM "PUB".client WHERE "ville" LIKE '%é%'`)) > 0)
  })

  it('is the same each time, and filling it again changes nothing', async () => {
    const digests = await Promise.all(erpTableNames.map(digestOf))
    for (const name of erpTableNames) await fillErp(pg, name, { to: 200 })
    await createErp(pg)
    assert.deepEqual(await Promise.all(erpTableNames.map(digestOf)), digests)
    assert.equal(digests[erpTableNames.indexOf('fournis')], '09e99e3acb025b9c3d6fdb55912175e6')
  })

  it('changes one row in so many, and dates the change', async () => {
    const isNow = `"date-modif" > localtimestamp - interval '1 minute'`
    const changed = await changeErp(pg, 'lignecli', { every: 10 })
    assert.ok(changed > 5 && changed < 50)
    assert.equal(Number(await ask(`SELECT count(*) FROM "PUB".lignecli WHERE ${isNow}`)), changed)
  })

  it('refuses text wider than its declared width, as OpenEdge does', async () => {
    await pg.query(`UPDATE erp_data.fournis SET ville = repeat('x', 41) WHERE "code-four" = 'F00002'`)
    await assert.rejects(pg.query('SELECT ville FROM "PUB".fournis'), {
      code: '22P00',
      message: 'Column ville in table PUB.fournis has value exceeding its max length or precision.'
    })
    await pg.query('SELECT delai FROM "PUB".fournis')
  })
})
