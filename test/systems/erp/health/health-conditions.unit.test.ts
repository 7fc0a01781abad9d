import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { conditionsOf, type HealthFigures } from '../../../../systems/erp/health/health-conditions.ts'

const at = new Date('2026-11-22T06:00:00Z')
const well: HealthFigures = {
  tables: [
    { tableName: 'client', isBreached: false, lastSuccessAt: at },
    { tableName: 'produit', isBreached: false, lastSuccessAt: at }
  ],
  wrong: [],
  last24h: { succeeded: 12, rows: 520_000, failures: [{ tableName: 'client', count: 5 }] }
}
const raised = (figures: HealthFigures) =>
  conditionsOf(figures, at).flatMap(({ name, alert }) => (alert ? [name] : []))

describe('the conditions of a day', () => {
  it('are a summary when all is well, five failures included', () => {
    assert.deepEqual(raised(well), ['etl/summary/2026-11-22'])
    const summary = conditionsOf(well, at).at(-1)?.alert
    assert.deepEqual(summary?.facts, { 'loads in 24 h': '12', failed: '5', 'rows in 24 h': '520,000' })
  })

  it('are a breach for each late table, and no summary', () => {
    const late = { tableName: 'lignecli', isBreached: true, lastSuccessAt: null }
    const figures = { ...well, tables: [...well.tables, late] }
    assert.deepEqual(raised(figures), ['etl/sla/lignecli'])
    const cleared = conditionsOf(figures, at).flatMap(({ name, alert }) => (alert ? [] : [name]))
    assert.deepEqual(cleared, ['etl/sla/client', 'etl/sla/produit', 'etl/failures'])
  })

  it('are a row of config.ETL_Tables that is wrong', () => {
    const wrong = [{ tableName: 'stok', reason: 'Correct the row' }]
    assert.deepEqual(raised({ ...well, wrong }), ['etl/config/stok'])
  })

  it('are too many failures from six on, whichever tables they are of', () => {
    const failures = [
      { tableName: 'client', count: 4 },
      { tableName: 'produit', count: 2 }
    ]
    const figures = { ...well, last24h: { ...well.last24h, failures } }
    assert.deepEqual(raised(figures), ['etl/failures'])
    const alert = conditionsOf(figures, at).find(({ name }) => name === 'etl/failures')?.alert
    assert.equal(alert?.title, 'ODS: 6 loads failed within 24 hours')
    assert.deepEqual(alert?.facts, { client: '4 failed', produit: '2 failed' })
  })
})
