import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import { configuredTables, findTable } from '../../../schemas/erp/configured-tables.ts'

const row = (TableName: string, change: Record<string, unknown> = {}) => ({
  TableName,
  PrimaryKeyCols: 'id',
  ...change
})
const names = (found: readonly { readonly tableName: string }[]) => found.map(({ tableName }) => tableName)

describe('config.ETL_Tables', () => {
  it('has wrong rows beside right ones, each with its own reason', () => {
    const { tables, wrong } = configuredTables([
      row('client'),
      row('stok', { LookbackInterval: '1 day' }),
      row('../x'),
      row('produit', { DestinationTable: 'a b' })
    ])
    assert.deepEqual([names(tables), names(wrong)], [['client'], ['stok', '../x', 'produit']])
    for (const { error } of wrong) assert.equal(error.code, 'CONFIG_INVALID')
  })

  it('refuses tables with one destination or one topic, by all their names, and keeps the others', () => {
    for (const other of [
      row('produit', { DestinationTable: 'ods.CLIENT' }),
      row('Client', { DestinationTable: 'client2' })
    ]) {
      const configured = configuredTables([row('client'), row('fournis'), other])
      assert.deepEqual(names(configured.tables), ['fournis'])
      assert.throws(() => findTable(configured, 'client'), new RegExp(`'client' and '${other.TableName}'`))
    }
    const { wrong } = configuredTables([row('ligne#cli', { DestinationTable: 'a' }), row('ligne_cli')])
    assert.deepEqual(names(wrong), ['ligne#cli', 'ligne_cli'])
  })

  it('is read whatever stands in it: every row is right or wrong, none is both or throws', () => {
    const cell = fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null))
    const any = fc.dictionary(
      fc.constantFrom('TableName', 'DestinationTable', 'PrimaryKeyCols', 'SLA', 'Priority', 'DateModifCol'),
      cell
    )
    fc.assert(
      fc.property(fc.array(any, { maxLength: 5 }), (rows) => {
        const { tables, wrong } = configuredTables(rows)
        assert.equal(tables.length + wrong.length, rows.length)
      })
    )
  })
})
