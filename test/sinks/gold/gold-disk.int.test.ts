import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { test, type TestContext } from 'node:test'
import type { CourantError } from '../../../runtime/errors.ts'
import { tables } from '../../../schemas/tables.ts'
import { GoldState, stateFile } from '../../../sinks/gold/state/gold-state.ts'
import { inTransaction } from '../../../sinks/warehouse/attached-database.ts'
import { memoryDuckDb } from '../../support/memory-duckdb.ts'
import { temporaryFolder } from '../../support/stack.ts'
import { firstDay, itemsOf, uuid } from './happenings.ts'

const messages = itemsOf(
  Array.from({ length: 2000 }, (_, n) => {
    const at = firstDay * 86_400_000_000 + n
    const key = { group_id: uuid(3, 0), created_at: at, message_id: uuid(4, n) }
    return {
      table: tables.groupMessages,
      at,
      isDelete: false,
      row: { ...key, user_id: uuid(1, n), content: 'x' }
    }
  })
)

const stateIn = (t: TestContext, folder: string): GoldState => {
  const state = GoldState.open(folder)
  t.after(() => state.close())
  return state
}

const saysOf =
  (code: string, ...words: readonly RegExp[]) =>
  (error: CourantError) => {
    assert.equal(error.code, code)
    for (const word of words) assert.match(error.message, word)
    return true
  }

test('a full disk under Gold is said, and waited for: nothing of the batch is kept, and all of it once there is room', (t) => {
  const folder = temporaryFolder(t)
  const state = stateIn(t, folder)
  const pages = (most: number) => state.database.exec(`PRAGMA max_page_count = ${most}`)
  pages(1)
  assert.throws(() => state.keep(messages), saysOf('TARGET_UNAVAILABLE', /disk is full/, /make room/))
  assert.deepEqual(state.offsets(), [])
  pages(1_000_000)
  state.keep(messages)
  assert.equal(state.waiting.count(), 2000)
})

test('a damaged state is said with what to do', (t) => {
  const folder = temporaryFolder(t)
  GoldState.open(folder).close()
  writeFileSync(stateFile(folder), 'this is no database, and long enough to be taken for one'.repeat(100))
  assert.throws(
    () => GoldState.open(folder),
    saysOf('TARGET_REFUSED', /not a database/, /move the folder away/)
  )
})

test('a folder that cannot be made is said', (t) => {
  const file = `${temporaryFolder(t)}/file`
  writeFileSync(file, '')
  assert.throws(
    () => GoldState.open(`${file}/gold`),
    saysOf('CONFIG_INVALID', /^COURANT_GOLD_DIR: .*ENOTDIR/)
  )
})

test('of a transaction that its failing commit has ended, the first error is told', async (t) => {
  const connection = await memoryDuckDb(t)
  const failing = inTransaction(connection, async () => {
    await connection.run('ROLLBACK')
    throw new Error('no space left')
  })
  await assert.rejects(failing, /no space left/)
})
