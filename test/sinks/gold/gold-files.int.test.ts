import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { join } from 'node:path'
import { GoldFiles } from '../../../sinks/gold/gold-files.ts'
import { createGoldTables } from '../../../sinks/gold/gold-tables.ts'
import { goldTables } from '../../../sinks/gold/models.ts'
import type { GoldState } from '../../../sinks/gold/state/gold-state.ts'
import { parseDay } from '../../../sinks/gold/time.ts'
import { QualityResults } from '../../../sinks/warehouse/quality-results.ts'
import { memoryDuckDb } from '../../support/memory-duckdb.ts'
import { MemoryObjectStore } from '../../support/memory-object-store.ts'
import { temporaryFolder } from '../../support/stack.ts'
import { uuid } from './happenings.ts'

const date = '2026-11-01'
const user = (n: number) => `'${uuid(1, n)}'`
const activity = 'global_user_activity_per_day'
const impact = 'global_notif_impact_per_day'

/** Gold tables with rows of a day put there by hand; it and the day before wait to be written. */
async function goldWith(t: TestContext, rows: Readonly<Record<string, readonly string[]>>) {
  const folder = temporaryFolder(t)
  const connection = await memoryDuckDb(t)
  await connection.run(`ATTACH '${join(folder, 'gold.duckdb')}' AS gold`)
  await createGoldTables(connection)
  for (const [table, values] of Object.entries(rows))
    await connection.run(`INSERT INTO gold.main.${table} VALUES ${values.join(', ')}`)
  const day = parseDay(date) ?? 0
  let pending = [day, day - 1].flatMap((at) =>
    ['activity', 'notifications'].map((subject) => ({ subject, day: at }))
  )
  const state = {
    pendingDays: () => pending,
    clearPendingDay: (subject: string, at: number) => {
      pending = pending.filter((one) => one.subject !== subject || one.day !== at)
    }
  } as unknown as GoldState
  const store = new MemoryObjectStore()
  const files = new GoldFiles(connection, { store, state })
  const shown = async () => {
    const quality = new QualityResults(store)
    await quality.update()
    await quality.writeTo(connection, 'gold')
    const checks = await connection.runAndReadAll(
      'SELECT DISTINCT table_name FROM gold.quality.checks ORDER BY 1'
    )
    return checks.getRows().flat()
  }
  return { files, store, pending: () => pending.map(({ subject }) => subject), shown }
}

const sound: Readonly<Record<string, readonly string[]>> = {
  [activity]: [`(${user(1)}, DATE '${date}', 2, 86400, 1, 12.5)`],
  [impact]: [`(${user(1)}, NULL, DATE '${date}', true, 30)`]
}

test('a day of Gold is checked, written and shown', async (t) => {
  const { files, store, pending, shown } = await goldWith(t, sound)
  const { results } = await files.write({ maxMs: Infinity })
  assert.deepEqual(new Set(results.map(({ table }) => table)), new Set([activity, impact]))
  assert.ok(results.every(({ passed }) => passed))
  assert.ok(await store.head(`gold/${activity}/${date}/${activity}.parquet`))
  assert.deepEqual(pending(), [])
  assert.deepEqual(await shown(), [impact, activity].sort())
})

const broken: Readonly<Record<string, readonly [table: string, row: string]>> = {
  unique_key: [activity, `(${user(1)}, DATE '${date}', 0, 0, 0, 0)`],
  'not_null:total_money_spend': [activity, `(${user(2)}, DATE '${date}', 0, 0, 0, NULL)`],
  'in_range:total_spend_time': [activity, `(${user(2)}, DATE '${date}', 0, 86401, 0, 0)`],
  'in_range:time_spend_after_success': [impact, `(${user(2)}, 'x', DATE '${date}', true, -1)`]
}

for (const [check, [table, row]] of Object.entries(broken))
  test(`a day of Gold that fails ${check} keeps the file it had, and the others are written`, async (t) => {
    const { files, store, pending } = await goldWith(t, { ...sound, [table]: [...sound[table]!, row] })
    const { results } = await files.write({ maxMs: Infinity })
    assert.deepEqual(
      results.filter(({ passed }) => !passed).map((result) => [result.table, result.check, result.observed]),
      [[table, check, 1]]
    )
    assert.equal(await store.head(`gold/${table}/${date}/${table}.parquet`), null)
    const { subject } = goldTables.find(({ name }) => name === table)!
    assert.deepEqual(pending(), [subject])
    await assert.rejects(files.writeAll(), /GOLD_REFUSED|fails the check/)
  })

test('days are written until time is up, newest first, and one that fails does not keep older ones waiting', async (t) => {
  const { files, pending } = await goldWith(t, {
    ...sound,
    [activity]: [...sound[activity]!, `(${user(2)}, DATE '${date}', 0, 86401, 0, 0)`]
  })
  const round = () => files.write({ maxMs: 0 })
  assert.equal((await round()).isThrough, false)
  assert.deepEqual(pending(), ['activity', 'notifications', 'activity', 'notifications'])
  for (const left of [3, 2, 1]) {
    await round()
    assert.equal(pending().length, left)
  }
  assert.deepEqual(pending(), ['activity'])
  assert.equal((await round()).isThrough, true)
})
