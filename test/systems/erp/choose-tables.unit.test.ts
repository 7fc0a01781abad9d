import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { chooseTables } from '../../../systems/erp/choose-tables.ts'
import { configuredTables } from '../../../schemas/erp/configured-tables.ts'

const rows = [
  { TableName: 'client', PrimaryKeyCols: 'cod-cli', IsDimension: 1, Priority: 'critical' },
  { TableName: 'lignecli', PrimaryKeyCols: 'num-cde,num-lig', IsFact: 1, Priority: 'critical' },
  { TableName: 'produit', PrimaryKeyCols: 'cod-pro', IsDimension: 1 }
]
const configured = configuredTables([
  ...rows,
  { TableName: 'stok', PrimaryKeyCols: 'id', LookbackInterval: '5x' }
])

const names = (found: readonly { readonly tableName: string }[]) => found.map(({ tableName }) => tableName)
const chosen = (filter: string) => names(chooseTables(configured, filter).tables)

describe('--filter', () => {
  it('takes words and names, each table once', () => {
    assert.deepEqual(chosen('all'), ['client', 'lignecli', 'produit'])
    assert.deepEqual(chosen('critical'), ['client', 'lignecli'])
    assert.deepEqual(chosen('dimensions'), ['client', 'produit'])
    assert.deepEqual(chosen('facts, CLIENT,lignecli'), ['lignecli', 'client'])
    assert.deepEqual(chosen('high'), [])
  })

  it('names a table that is not configured, and what to do', () => {
    assert.throws(() => chosen('client,x'), /Table 'x' is not in config\.ETL_Tables .*courant etl sync/)
  })

  it('gives a wrong row with its reason, where it is meant, and the others all the same', () => {
    assert.deepEqual(names(chooseTables(configured, 'all').wrong), ['stok'])
    assert.deepEqual(names(chooseTables(configured, 'critical').wrong), [])
    const { tables, wrong } = chooseTables(configured, 'STOK,client')
    assert.deepEqual([names(tables), names(wrong)], [['client'], ['stok']])
    assert.match(wrong[0]?.error.message ?? '', /LookbackInterval must be like 0d/)
  })
})
