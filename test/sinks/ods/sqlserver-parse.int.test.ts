import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { installSqlfluff, unparsableTsql, whyNoSqlfluff } from './sqlfluff.ts'

const golden = new URL('golden/', import.meta.url)
const skip = whyNoSqlfluff() ?? false

describe('the statements for SQL Server parse as T-SQL', { skip }, () => {
  for (const name of readdirSync(golden).filter((file) => file.startsWith('sqlserver-')))
    it(name, async (t) => {
      const python = await installSqlfluff((line) => t.diagnostic(line))
      assert.deepEqual(unparsableTsql(python, readFileSync(new URL(name, golden), 'utf8')), [])
    })

  it('and what is no T-SQL does not', async (t) => {
    const python = await installSqlfluff((line) => t.diagnostic(line))
    const merge =
      'MERGE [ods].[t] AS t USING [stg].[t] AS s ON t.[k] = s.[k] WHEN MATCHED UPDATE SET [a] = 1;\nGO\n'
    assert.notDeepEqual(unparsableTsql(python, merge), [])
  })
})
