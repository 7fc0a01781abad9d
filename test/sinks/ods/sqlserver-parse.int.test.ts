import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { scriptOf } from './tsql/batches.ts'
import { installScriptDom, refusedByScriptDom, whyNoScriptDom } from './tsql/script-dom.ts'
import { installSqlfluff, unparsableTsql, whyNoSqlfluff } from './tsql/sqlfluff.ts'

const golden = new URL('golden/', import.meta.url)
const names = readdirSync(golden).filter((file) => file.startsWith('sqlserver-'))
const scripts = names.map((name) => {
  const batches = readFileSync(new URL(name, golden), 'utf8').split('\nGO\n')
  return [name, scriptOf(batches.filter((batch) => batch !== ''))] as const
})

const parsers = {
  sqlfluff: { missing: whyNoSqlfluff(), install: installSqlfluff, refused: unparsableTsql },
  "SQL Server's own parser": {
    missing: whyNoScriptDom(),
    install: installScriptDom,
    refused: refusedByScriptDom
  }
}

/** What no SQL Server takes. */
const wrong = {
  'a MERGE without THEN':
    'MERGE [ods].[t] AS t USING [stg].[t] AS s ON t.[k] = s.[k] WHEN MATCHED UPDATE SET [a] = 1;',
  'a reserved word as a name': 'SELECT COUNT(*) FROM etl.Offsets;'
}

for (const [parser, { missing, install, refused }] of Object.entries(parsers))
  describe(`the statements for SQL Server parse in ${parser}`, { skip: missing ?? false }, () => {
    for (const [name, script] of scripts)
      it(name, async (t) => {
        assert.deepEqual(refused(await install((line) => t.diagnostic(line)), script), [])
      })

    for (const [what, batch] of Object.entries(wrong))
      it(`but ${what} does not, in a text that is executed neither`, async (t) => {
        const program = await install((line) => t.diagnostic(line))
        assert.notDeepEqual(refused(program, scriptOf([batch])), [])
        assert.notDeepEqual(refused(program, scriptOf([`EXEC (N'${batch}');`])), [])
      })
  })
