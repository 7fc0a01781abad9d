import assert from 'node:assert/strict'
import { after, afterEach, before, beforeEach, describe, it } from 'node:test'
import * as fc from 'fast-check'
import { Connection } from '../../../../producers/postgres/connection.ts'
import { KeyScan } from '../../../../producers/postgres/poll/key-scan.ts'
import { inspectTable } from '../../../../producers/postgres/table/source-table.ts'
import { TableChanges } from '../../../../producers/postgres/table/table-changes.ts'
import { TableRows } from '../../../../producers/postgres/table/table-rows.ts'
import { KeyState, openKeyState } from '../../../../producers/state/key-state.ts'
import { Ledger } from '../../../../producers/state/ledger.ts'
import type { Context, Item } from '../../../../runtime/pipeline.ts'
import type { RawChange } from '../../../../schemas/change.ts'
import { testContext } from '../../../support/context.ts'
import { Reading } from '../../../support/reading.ts'
import { notes, numberedTable } from '../numbered-table.ts'
import { SourceDatabase, tableOf } from '../source-database.ts'

let source: SourceDatabase
before(async () => {
  source = await SourceDatabase.create()
})
after(() => source.drop())

const withoutCursor = { ...notes, cursor: null }

let use: Reading
let name: string
beforeEach(async () => {
  // Without an overlap, what has an old cursor is found by comparison alone.
  const table = await numberedTable(source, notes, { COURANT_POSTGRES_OVERLAP_MS: '0' })
  name = table.name
  use = new Reading(table)
})
afterEach(() => use.end())

const sql = (text: string) => source.client.query(text.replaceAll('notes', `"${name}"`))
const fill = (rows: number) =>
  sql(`INSERT INTO notes SELECT n, 'text ' || n, now() FROM generate_series(1, ${rows}) n`)
const some = (items: readonly Item<RawChange>[]) => items.length > 0

describe('comparing keys', () => {
  it('NULL cursors arrive', async () => {
    const reader = await use.open()
    await use.readToEnd(reader)
    await sql(`INSERT INTO notes VALUES (1, 'without', NULL)`)
    const [item] = await use.readUntil(reader, some)
    assert.equal(item?.value.op, 'c')
    assert.equal(item.value.source.snapshot, 'incremental')
    assert.equal(item.value.source.ts_us, item.value.source.row_version)
  })

  it('NULL cursors and deletes of a small table arrive in seconds, however seldom large ones are compared', async () => {
    const reader = await use.open({ COURANT_POSTGRES_COMPARE_MS: '600000' })
    await fill(1)
    await use.readToEnd(reader)
    await sql(`DELETE FROM notes; INSERT INTO notes VALUES (2, 'without', NULL)`)
    const items = await use.readUntil(reader, (found) => found.length >= 2)
    assert.deepEqual(items.map(({ key, value }) => `${value.op}${key}`).toSorted(), ['c2', 'd1'])
  })

  it('a row whose cursor an application set far into the past arrives', async () => {
    const reader = await use.open()
    await use.readToEnd(reader)
    await sql(`INSERT INTO notes VALUES (1, 'old', '2001-02-03 04:05:06.123456Z')`)
    const [item] = await use.readUntil(reader, some)
    assert.equal(item?.value.source.ts_us, Date.UTC(2001, 1, 3, 4, 5, 6, 123) * 1000 + 456)
  })

  it('an update that does not move the cursor arrives, one version higher, at the time it was found', async () => {
    await sql(`INSERT INTO notes VALUES (1, 'draft', '2020-01-01Z')`)
    const reader = await use.open()
    const [first] = (await use.readToEnd(reader)).items
    await sql(`UPDATE notes SET text = 'final'`)
    const [second] = await use.readUntil(reader, some)
    assert.ok(first && second)
    assert.equal(second.value.op, 'u')
    assert.equal(second.value.source.row_version, first.value.source.row_version + 1)
    assert.ok(second.at.getUTCFullYear() > 2020)
  })

  it('a cursor of infinity or the year 9999 neither stops nor dates a row', async () => {
    await sql(
      `INSERT INTO notes VALUES (1, 'a', 'infinity'), (2, 'b', '9999-01-01Z'), (3, 'c', '0044-03-15 BC')`
    )
    const reader = await use.open()
    const { items } = await use.readToEnd(reader)
    assert.deepEqual(use.idsOf(items), [1, 2, 3])
    for (const item of items) assert.ok(Math.abs(item.at.getTime() - Date.now()) < 60_000)
  })

  it('only pages that differ are read', async () => {
    await fill(5000)
    const pages = { COURANT_POSTGRES_PAGE_ROWS: '500', COURANT_POSTGRES_COMPARE_MS: '1' }
    const reader = await use.open(pages)
    await use.readToEnd(reader)
    const before = use.context.counted.get('source_rows_total') ?? 0
    await sql('DELETE FROM notes WHERE id = 2500')
    const items = await use.readUntil(reader, some)
    assert.deepEqual(
      items.map((item) => [item.value.op, item.key]),
      [['d', '2500']]
    )
    const sent = (use.context.counted.get('source_rows_total') ?? 0) - before
    assert.ok(sent <= 500, `${sent} rows were sent`)
  })

  it('a key that is back when it is looked up again is not deleted', async () => {
    await fill(3)
    const reader = await use.open()
    await use.readToEnd(reader)
    await reader.close()
    const { scan, close } = await comparisonOf(testContext(use.table.env))
    await sql('DELETE FROM notes WHERE id = 1')
    assert.deepEqual((await scan.step(10)).found, [])
    await sql(`INSERT INTO notes SELECT 1, 'text 1', updated_at FROM notes WHERE id = 2`)
    while (!scan.isDone) assert.deepEqual((await scan.step(10)).found, [])
    await close()
  })

  it('deletes of most of a table are refused until confirmed, and everything else goes on', async () => {
    await fill(900)
    const reader = await use.open()
    await use.readToEnd(reader)
    await sql('DELETE FROM notes WHERE id > 100')
    await use.waitFor(reader, () =>
      use.context.warnings.some((line) => /800 of 900 rows are gone/.test(line))
    )
    await sql(`INSERT INTO notes VALUES (5000, 'new', now())`)
    assert.deepEqual(use.idsOf(await use.readUntil(reader, some)), [5000])
    await reader.close()
    const confirmed = await use.open({ COURANT_CONFIRM_DELETES: 'other,test' })
    const deleted = await use.readUntil(confirmed, (items) => items.length >= 800)
    assert.deepEqual(new Set(deleted.map((item) => item.value.op)), new Set(['d']))
  })

  it('a pass that was cut off repeats its changes with the same ids', async () => {
    await fill(20)
    const before = await use.open()
    await use.readToEnd(before)
    await sql(`DELETE FROM notes WHERE id <= 4; UPDATE notes SET text = 'x', updated_at = NULL WHERE id > 16`)
    const lost = await use.readSome(before, 2)
    await before.close()
    const after = await use.open()
    const repeated = await use.readUntil(after, (items) => items.length >= 8)
    const ids = new Set(repeated.map((item) => item.id))
    for (const item of lost.items) assert.ok(ids.has(item.id), `${item.id} was not repeated`)
  })

  it('a quiet table without a cursor is hardly written of, and what changed is known after a crash', async (t) => {
    const quiet = new Reading(await numberedTable(source, withoutCursor))
    await quiet.table.put(new Map([[1, 'first']]))
    const reader = await quiet.open()
    const { items: published } = await quiet.readToEnd(reader)
    await quiet.table.put(new Map([[1, 'second']]))
    published.push(...(await quiet.readUntil(reader, some)))
    await quiet.readToEnd(reader)
    const saved = t.mock.method(KeyState.prototype, 'apply').mock
    const beganAtMs = performance.now()
    for (let passes = 0; passes < 20; passes++) assert.deepEqual(await quiet.readSoon(reader, 10), [])
    const mostSaves = 1 + Math.floor((performance.now() - beganAtMs) / 5000)
    assert.ok(saved.callCount() <= mostSaves, `saved ${saved.callCount()} times`)
    // Nothing is saved on closing, so that to the next start it is the same as a crash.
    await reader.close()
    const [clock] = (await sql('SELECT extract(epoch FROM clock_timestamp()) * 1000000 AS now')).rows
    await quiet.table.put(new Map([[1, 'third']]))
    const [third, ...more] = (await quiet.readToEnd(await quiet.open())).items
    assert.ok(third && more.length === 0)
    const versions = [...published, third].map((item) => item.value.source.row_version)
    assert.deepEqual(
      [...published, third].map((item) => quiet.table.textOf(item.value)),
      ['first', 'second', 'third']
    )
    assert.deepEqual(
      versions,
      versions.toSorted((a, b) => a - b)
    )
    assert.ok(third.value.source.ts_us >= Number(clock.now), 'a change has the time of a pass before it')
    await quiet.end()
  })

  for (const [kind, shape] of Object.entries({ 'by its cursor': notes, 'without a cursor': withoutCursor }))
    it(`whatever is written, deleted and cut off, the last change of each key is what a table holds that is read ${kind}`, async () => {
      const table = await numberedTable(source, shape, { COURANT_POSTGRES_OVERLAP_MS: '0' })
      name = table.name
      use = new Reading(table)
      await fc.assert(
        fc.asyncProperty(fc.array(operation, { minLength: 1, maxLength: 25 }), async (operations) => {
          await sql('TRUNCATE notes')
          const world = use.freshStates()
          const last = new Map<string, Item<RawChange>>()
          const take = (items: readonly Item<RawChange>[]) => {
            for (const item of items) {
              const was = last.get(item.key)
              const [is, before] = [item.value.source.row_version, was?.value.source.row_version ?? 0]
              assert.ok(is >= before, 'a version went back')
              last.set(item.key, item)
            }
          }
          let reader = await world.open()
          for (const { what, id, text } of operations) {
            if (what === 'put')
              await sql(
                `INSERT INTO notes VALUES (${id}, '${text}', now()) ON CONFLICT (id) DO UPDATE SET text = excluded.text, updated_at = now()`
              )
            if (what === 'edit') await sql(`UPDATE notes SET text = '${text}' WHERE id = ${id}`)
            if (what === 'unset') await sql(`UPDATE notes SET updated_at = NULL WHERE id = ${id}`)
            if (what === 'delete') await sql(`DELETE FROM notes WHERE id = ${id}`)
            if (what === 'read') take(await world.readSoon(reader, 1 + (id % 3)))
            if (what === 'crash') {
              await reader.close()
              reader = await world.open()
            }
          }
          const expected = (await sql('SELECT id::text, text FROM notes ORDER BY id')).rows
          await world.waitFor(reader, (items) => {
            take(items)
            const held = [...last.values()].filter((item) => item.value.op !== 'd')
            const rows = held.map((item) => ({ id: item.key, text: world.table.textOf(item.value) }))
            return (
              JSON.stringify(rows.toSorted((a, b) => Number(a.id) - Number(b.id))) ===
              JSON.stringify(expected)
            )
          })
          await reader.close()
        }),
        { numRuns: 15 }
      )
    })
})

/** A comparison of the table to be driven step by step. */
async function comparisonOf(context: Context) {
  const connection = new Connection(context)
  const table = tableOf(name, notes)
  const rows = new TableRows(connection, await inspectTable(connection, context, table))
  const state = openKeyState(context)
  const scan = new KeyScan(
    { context, rows, changes: new TableChanges(rows), ledger: new Ledger(state) },
    { isSnapshot: false, startedAt: await rows.clock(), after: null }
  )
  const close = async () => {
    state.close()
    await connection.close()
  }
  return { scan, close }
}

const operation = fc.record({
  what: fc.constantFrom('put', 'put', 'edit', 'unset', 'delete', 'read', 'read', 'crash'),
  id: fc.integer({ min: 1, max: 6 }),
  text: fc.constantFrom('a', 'b', 'c')
})
