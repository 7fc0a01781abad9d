import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { chooseTables } from '../../../cli/etl/choose-tables.ts'
import { parseEtlTable } from '../../../schemas/erp/metadata.ts'

const tables = [
  { TableName: 'client', PrimaryKeyCols: 'cod-cli', IsDimension: 1, Priority: 'critical' },
  { TableName: 'lignecli', PrimaryKeyCols: 'num-cde,num-lig', IsFact: 1, Priority: 'critical' },
  { TableName: 'produit', PrimaryKeyCols: 'cod-pro', IsDimension: 1 }
].map(parseEtlTable)

const chosen = (filter: string) => chooseTables(tables, filter).map(({ tableName }) => tableName)

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
})
