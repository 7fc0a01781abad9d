import assert from 'node:assert/strict'
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { scriptOf } from './batches.ts'
import type { CollectedTsql } from './collected-tsql.ts'
import { bareReservedWords } from './reserved-words.ts'
import { installScriptDom, refusedByScriptDom, whyNoScriptDom } from './script-dom.ts'
import { sqlLiterals } from './sql-literals.ts'

const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url))
const golden = path('../golden/sqlserver-shared.sql')
/** Where statements are written that both dialects are sent. */
const folders = [
  path('../../../../sinks/ods'),
  path('../../../../sinks/ods/adoption'),
  ...withRooms(path('../../../../systems/erp'))
]

/** Files whose statements are not for the ODS: for SQLite, and for the sample's source. */
const ofOthers = /^(?:key-comparison|sample-erp)\.ts:/

/** Proves the statements that were collected while the tests before ran. */
export function sentTsqlTests({ shared, own }: CollectedTsql): void {
  describe('what SQL Server would have been sent by all of that', () => {
    it('has no reserved word as a name', () => {
      const bare = [...shared, ...own].filter((text) => bareReservedWords(text).length > 0)
      assert.deepEqual(bare, [])
    })

    it("parses in SQL Server's own parser", { skip: whyNoScriptDom() ?? false }, async (t) => {
      const program = await installScriptDom((line) => t.diagnostic(line))
      const script = scriptOf([...shared, ...own])
      const lines = script.split('\n')
      const refused = refusedByScriptDom(program, script)
      assert.deepEqual(
        refused.map((error) => `${error}: ${lines[Number.parseInt(error, 10) - 1]}`),
        []
      )
    })

    it('is every statement in the code, as golden/sqlserver-shared.sql has it (GOLDEN=write writes it anew)', () => {
      const literals = folders.flatMap(sqlLiterals).filter(({ place }) => !ofOthers.test(place))
      assert.ok(literals.length > 10)
      const examples = literals.map(({ place, pattern }) => ({ place, text: shortest(shared, pattern) }))
      assert.deepEqual(
        examples.filter(({ text }) => text === undefined).map(({ place }) => place),
        [],
        'statements that no test before has sent: have one send them, so that they are known to parse'
      )
      const script = scriptOf([...new Set(examples.map(({ text = '' }) => text))].sort())
      if (process.env['GOLDEN'] === 'write' || !existsSync(golden)) writeFileSync(golden, script)
      assert.equal(script, readFileSync(golden, 'utf8'))
    })
  })
}

function withRooms(folder: string): string[] {
  const rooms = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory())
  return [folder, ...rooms.map(({ name }) => join(folder, name))]
}

/** The shortest of the statements that a text in the code may have become, without the names of tests. */
function shortest(sent: ReadonlySet<string>, pattern: RegExp): string | undefined {
  const [first] = [...sent]
    .filter((text) => pattern.test(text))
    .toSorted((a, b) => a.length - b.length || (a < b ? -1 : 1))
  return first?.replaceAll(/\bt_[0-9a-f]{8}\b/g, 't').replaceAll(/\bcourant_check_[0-9a-f]{32}\b/g, 't')
}
