import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, mock, test } from 'node:test'
import { inputs } from '../../../sinks/gold/inputs.ts'
import { GoldState } from '../../../sinks/gold/state/gold-state.ts'
import { keptTables } from '../../../sinks/gold/state/kept-tables.ts'

const folder = mkdtempSync(join(tmpdir(), 'courant-gold-plans-'))
after(() => rmSync(folder, { recursive: true, force: true }))

/** The state, with every statement that keeping a change and computing a day run over the kept rows. */
function openedWithStatements(): { state: GoldState; statements: readonly string[] } {
  const prepare = mock.method(DatabaseSync.prototype, 'prepare')
  const state = GoldState.open(folder)
  const kept = prepare.mock.calls.map(({ arguments: [sql] }) => sql)
  prepare.mock.restore()
  return { state, statements: [...kept, ...inputs.flatMap(({ fromState }) => Object.values(fromState))] }
}

test('what a change and a day of Gold cost does not grow with what its user did before: an index finds the rows', () => {
  const { state, statements } = openedWithStatements()
  const names = keptTables.map(({ name }) => name).join('|')
  const aliases = '[a-z]'
  const wholeTable = new RegExp(`^SCAN (${names})\\b`)
  const wholeUser = new RegExp(`^SEARCH (${names}|${aliases}) USING .*\\(user_id=\\?\\)$`)
  const looked: string[] = []
  for (const sql of statements)
    for (const row of state.database.prepare(`EXPLAIN QUERY PLAN ${sql}`).all()) {
      const detail = String(row['detail'])
      looked.push(detail)
      assert.doesNotMatch(detail, wholeTable, sql)
      assert.doesNotMatch(detail, wholeUser, sql)
    }
  state.close()
  assert.ok(looked.some((detail) => detail.includes('session_events_by_session')))
  assert.ok(looked.length > 30, `${looked.length} steps`)
})
