import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { fillErp } from '../../../local/sample/erp/create-erp.ts'
import type { ErpColumn } from '../../../local/sample/erp/erp-columns.ts'
import { erpConfigRows } from '../../../local/sample/erp/erp-tables.ts'
import { primaryIndex, readSourceTable } from '../../../producers/progress/catalogue.ts'
import { OdbcConnection } from '../../../producers/progress/odbc-connection.ts'
import { preflightTable } from '../../../producers/progress/preflight.ts'
import { type ConfigRow, parseEtlTable } from '../../../schemas/erp/metadata.ts'
import { OdbcErp, withoutOdbc } from '../../support/odbc-erp.ts'

describe('a look at the source', { skip: withoutOdbc }, () => {
  let erp: OdbcErp
  let connection: OdbcConnection
  before(async () => {
    erp = await OdbcErp.create()
    connection = new OdbcConnection(erp.context().settings)
  })
  after(async () => {
    await connection.close()
    await erp.drop()
  })

  const preflight = (config: ConfigRow) =>
    preflightTable(connection, erp.context().settings, {
      table: parseEtlTable({ PrimaryKeyCols: 'id', ...config }),
      columns: [],
      mode: 'full',
      lastSuccessAt: null
    })

  it('finds nothing wrong with the sample', async () => {
    for (const config of erpConfigRows) {
      const name = String(config['TableName']) as 'client'
      await fillErp(erp.client, name, { to: 20 })
      const { rows, tooWide, isKeyPrimary, fetchSize } = await preflight(config)
      assert.ok(rows > 0)
      assert.deepEqual(tooWide, [])
      assert.ok(isKeyPrimary)
      assert.ok(fetchSize >= 100)
    }
  })

  it('names every column with text that is too wide', async () => {
    const text = (name: string, value: string): ErpColumn => ({ name, type: 'varchar(5)', value })
    await erp.table(
      'wide',
      [
        { name: 'id', type: 'integer', value: 'g' },
        text('a-b', `'123456'`),
        text('fits', `'12345'`),
        text('c', `CASE g WHEN 2 THEN '1234567' END`)
      ],
      { rows: 3 }
    )
    const { tooWide } = await preflight({ TableName: 'wide' })
    assert.deepEqual(tooWide, [
      { column: 'a-b', width: 5, longest: null },
      { column: 'c', width: 5, longest: null }
    ])
  })

  it('says where the configured key is not the primary index', async () => {
    const number = (name: string): ErpColumn => ({ name, type: 'integer', value: 'g' })
    await erp.table('indexed', [number('id'), number('b-c')], { key: ['b-c', 'id'], rows: 2 })
    const found = await preflight({ TableName: 'indexed', PrimaryKeyCols: 'id' })
    assert.deepEqual([found.primaryIndex, found.isKeyPrimary], [['b-c', 'id'], false])
  })

  it('leaves out a column of a type that is not known, names it, and reads the others', async () => {
    const columns: ErpColumn[] = [
      { name: 'id', type: 'integer', value: 'g' },
      { name: 'heure', type: 'time', value: "'08:00'::time" },
      { name: 'nom', type: 'varchar(40)', value: "'n'" }
    ]
    await erp.table('odd', columns, { key: ['id'], rows: 1 })
    const { columns: read, unread } = await readSourceTable(connection, 'odd')
    assert.deepEqual(
      read.map(({ name }) => name),
      ['id', 'nom']
    )
    assert.match(unread.join(), /^heure \(time/)
  })

  it('reads columns from the driver where sysprogress cannot be read, and the key from a real primary key', async () => {
    await erp.client.query(
      `CREATE TABLE "PUB".plain ("num-x" int, b varchar(7), c numeric(9,2), PRIMARY KEY (b, "num-x"))`
    )
    await erp.client.query(`ALTER VIEW sysprogress.syscolumns_full RENAME TO hidden`)
    try {
      const { columns } = await readSourceTable(connection, 'plain')
      assert.deepEqual(
        columns.map(({ name, type, width, scale, isNullable }) => ({ name, type, width, scale, isNullable })),
        [
          { name: 'num-x', type: 'integer', width: 10, scale: 0, isNullable: false },
          { name: 'b', type: 'text', width: 7, scale: null, isNullable: false },
          { name: 'c', type: 'decimal', width: 9, scale: 2, isNullable: true }
        ]
      )
    } finally {
      await erp.client.query(`ALTER VIEW sysprogress.hidden RENAME TO syscolumns_full`)
    }
    assert.deepEqual(await primaryIndex(connection, 'plain'), ['b', 'num-x'])
  })
})
