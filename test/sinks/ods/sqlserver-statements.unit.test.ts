import assert from 'node:assert/strict'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { databaseState } from '../../../sinks/ods/sqlserver/connections.ts'
import { mergeProbe } from '../../../sinks/ods/sqlserver/merge-ability.ts'
import { odsRoles } from '../../../sinks/ods/roles.ts'
import type { OdsTable } from '../../../sinks/ods/ods-table.ts'
import { dialectWithoutMerge, sqlServerDialect } from '../../../sinks/ods/sqlserver/sqlserver-dialect.ts'
import { batchesOf, goldenTables } from './golden-tables.ts'
import { bareReservedWords } from './tsql/reserved-words.ts'

const migrations = [
  ...sqlServerDialect.bootstrap,
  ...sqlServerDialect.migrations.flatMap(({ batches }) => batches),
  sqlServerDialect.syncConfigColumns.text
]
const scripts = new Map([
  ['migrations', migrations],
  ['session', [mergeProbe, databaseState, sqlServerDialect.readersWait?.text ?? '']],
  ['grants', odsRoles.flatMap((role) => sqlServerDialect.grants(role, `a ${role}`))],
  ['withoutMerge', batchesOf(dialectWithoutMerge, goldenTables['narrow'] as OdsTable)],
  ...Object.entries(goldenTables).map(([name, table]) => [name, batchesOf(sqlServerDialect, table)] as const)
])

const goldenOf = (name: string) => fileURLToPath(new URL(`golden/sqlserver-${name}.sql`, import.meta.url))

describe('the statements for SQL Server', () => {
  for (const [name, batches] of scripts) {
    it(`are those of golden/sqlserver-${name}.sql (GOLDEN=write writes it anew)`, () => {
      const script = `${batches.join('\nGO\n')}\nGO\n`
      if (process.env['GOLDEN'] === 'write' || !existsSync(goldenOf(name)))
        writeFileSync(goldenOf(name), script)
      assert.equal(script, readFileSync(goldenOf(name), 'utf8'))
    })

    it(`keep the rules that a parser does not check: ${name}`, () => {
      for (const batch of batches) {
        assert.deepEqual(bareReservedWords(batch), [], batch)
        assert.doesNotMatch(batch, /CREATE OR ALTER/i)
        if (/^\s*MERGE /m.test(batch)) {
          assert.match(batch, /MERGE \[\w+\]\.\[\w+\] WITH \(HOLDLOCK\)/)
          assert.match(
            batch,
            /(?:OUTPUT \$action INTO @done\nOPTION \(RECOMPILE\)|SYSUTCDATETIME\(\));\n/,
            'a MERGE ends with a semicolon'
          )
        }
        if (/^CREATE (?:VIEW|PROCEDURE)/m.test(batch))
          assert.match(batch, /^CREATE (?:VIEW|PROCEDURE) \[etl\]\.\[\w+\]/, 'alone in its batch')
        assert.match(batch, /;$/)
      }
    })
  }

  it('write every name of a table or column in brackets', () => {
    for (const [name, table] of Object.entries(goldenTables))
      for (const batch of batchesOf(sqlServerDialect, table)) {
        const bare = batch.replaceAll(/\[(?:[^\]]|\]\])*\]|'(?:[^']|'')*'|@\w+/g, '')
        for (const { sqlName } of table.columns.slice(0, 12))
          assert.doesNotMatch(bare, new RegExp(`(?<![\\w@])${sqlName}(?!\\w)`), `${name}: ${sqlName}`)
        assert.doesNotMatch(bare, /(?<!\w)(?:ods|stg)(?!\w)/)
      }
  })

  it('have reserved words as names in brackets or quotes only', () => {
    const names = ['FROM etl.Offsets', 'FROM order.t', 'SELECT 1 AS percent', 'UPDATE plan SET a = 1']
    for (const sql of names) assert.equal(bareReservedWords(sql).length, 1, sql)
    for (const sql of [
      "FROM etl.[Offsets] WHERE a = 'plan'",
      'FROM ods."order" AS t',
      'SELECT @plan -- file'
    ])
      assert.deepEqual(bareReservedWords(sql), [], sql)
  })

  it('write the name of a user as a name, whatever is in it', () => {
    const batches = sqlServerDialect.grants('reader', "o'b]r")
    assert.ok(batches.includes("IF USER_ID(N'o''b]r') IS NULL CREATE USER [o'b]]r] FOR LOGIN [o'b]]r];"))
    assert.ok(batches.at(-1)?.endsWith("TO [o'b]]r];"))
  })

  it('never close and reopen a key in one MERGE', () => {
    const { multiKey } = goldenTables
    assert.ok(multiKey?.keepHistory)
    assert.ok(!batchesOf(sqlServerDialect, multiKey).some((batch) => /^\s*MERGE/m.test(batch)))
  })
})
