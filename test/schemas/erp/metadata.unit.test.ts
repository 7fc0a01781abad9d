import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { findTable } from '../../../schemas/erp/configured-tables.ts'
import { erpConfigRows } from '../../../local/sample/erp/erp-tables.ts'
import { intervalMs, parseEtlColumn, parseEtlTable } from '../../../schemas/erp/metadata.ts'

const hourMs = 3_600_000

describe('rows of config.ETL_Tables and config.ETL_Columns', () => {
  it('are read whatever letter case the database gives their columns', () => {
    const table = parseEtlTable({
      tablename: 'lignecli',
      primarykeycols: 'num-cde, num-lig',
      hastimestamps: true,
      datemodifcol: 'date-modif',
      lookbackinterval: '12h',
      priority: 'Critical',
      sla: '4h',
      keephistory: 0
    })
    assert.deepEqual(table, {
      tableName: 'lignecli',
      destinationTable: 'lignecli',
      primaryKey: ['num-cde', 'num-lig'],
      hasTimestamps: true,
      dateModifCol: 'date-modif',
      dateModifPrecision: 'datetime',
      isDimension: false,
      isFact: false,
      lookbackMs: 12 * hourMs,
      priority: 'critical',
      slaMinutes: 240,
      keepHistory: false
    })
  })

  it('of the sample are all well', () => {
    for (const row of erpConfigRows) assert.ok(parseEtlTable(row).primaryKey.length > 0)
  })

  it('name every value that is wrong, at once', () => {
    const row = {
      TableName: 'x',
      LookbackInterval: 'soon',
      Priority: 'urgent',
      HasTimestamps: 1,
      SLA: 'a day'
    }
    assert.throws(
      () => parseEtlTable(row),
      (error: Error) => {
        for (const name of ['PrimaryKeyCols', 'LookbackInterval', 'Priority', 'DateModifCol', 'SLA'])
          assert.match(error.message, new RegExp(name))
        return true
      }
    )
  })

  it('have lookbacks in days, hours and minutes', () => {
    assert.deepEqual(['0d', '1d', '12h', '30m', '1 D', '12', 'h', '-1d', ''].map(intervalMs), [
      0,
      24 * hourMs,
      12 * hourMs,
      hourMs / 2,
      24 * hourMs,
      null,
      null,
      null,
      null
    ])
  })

  it('of columns have an expression only when there is one', () => {
    const column = parseEtlColumn({
      TableName: 'x',
      ColumnName: 'a-b',
      SqlName: 'a_b',
      SourceExpression: ' ',
      IsExcluded: '1'
    })
    assert.deepEqual(column, {
      tableName: 'x',
      columnName: 'a-b',
      sqlName: 'a_b',
      sourceExpression: null,
      isExcluded: true,
      notes: null
    })
  })

  it('that are missing are named, with what to do', () => {
    assert.throws(() => findTable({ tables: [], wrong: [] }, 'produits'), {
      code: 'CONFIG_INVALID',
      message: /Table 'produits' is not in config\.ETL_Tables.*courant etl sync/
    })
  })
})
