import assert from 'node:assert/strict'
import { after, afterEach, before, beforeEach, describe, it } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import * as fc from 'fast-check'
import type { Client } from 'pg'
import { eventually } from '../../../support/eventually.ts'
import { Reading } from '../../../support/reading.ts'
import { notes, numberedTable } from '../numbered-table.ts'
import { SourceDatabase } from '../source-database.ts'

// No overlap and no comparison: what arrives was found by watching transactions alone.
const liveOnly = { COURANT_POSTGRES_OVERLAP_MS: '0', COURANT_POSTGRES_COMPARE_MS: '100000000' }

let source: SourceDatabase
let slow: Client
before(async () => {
  source = await SourceDatabase.create()
  slow = await source.session()
})
after(() => source.drop())

let use: Reading
let name: string
beforeEach(async () => {
  const table = await numberedTable(source, notes, liveOnly)
  name = table.name
  use = new Reading(table)
})
afterEach(() => use.end())

const insert = (client: Client, id: number) =>
  client.query(`INSERT INTO "${name}" (id, text) VALUES ($1, 'late')`, [id])
const put = (id: number) => use.table.put(new Map([[id, 'soon']]))

describe('rows that are committed late', () => {
  it('late commit: a row with a lower cursor that appears after the cursor passed it is read', async () => {
    const reader = await use.open()
    await use.readToEnd(reader)
    await slow.query('BEGIN')
    await insert(slow, 1)
    await put(2)
    assert.deepEqual(use.idsOf((await use.readToEnd(reader)).items), [2])
    await slow.query('COMMIT')
    assert.deepEqual(use.idsOf(await use.readUntil(reader, (items) => items.length > 0)), [1])
  })

  it('a transaction that writes long after it began, and has no xid until then, is not missed', async () => {
    const reader = await use.open()
    await use.readToEnd(reader)
    await slow.query('BEGIN; SELECT now()')
    await put(2)
    await use.readToEnd(reader)
    await insert(slow, 1)
    await put(3)
    await use.readToEnd(reader)
    await slow.query('COMMIT')
    assert.deepEqual(use.idsOf(await use.readUntil(reader, (items) => items.length > 0)), [1])
  })

  it('a restart while the transaction is open does not lose it', async () => {
    const first = await use.open()
    await use.readToEnd(first)
    await slow.query('BEGIN')
    await insert(slow, 1)
    await put(2)
    await use.readToEnd(first)
    await first.close()
    await slow.query('COMMIT')
    const second = await use.open()
    assert.deepEqual(use.idsOf((await use.readToEnd(second)).items), [1])
  })

  it('horizon stalls behind an open transaction: nothing is read again and again, and its rows come when it ends', async () => {
    const reader = await use.open()
    await slow.query('BEGIN')
    await insert(slow, 1)
    await use.table.put(new Map(Array.from({ length: 200 }, (_, i) => [i + 10, 'soon'])))
    await use.readToEnd(reader)
    const before = use.context.counted.get('source_rows_total') ?? 0
    for (let polls = 0; polls < 10; polls++) await use.readToEnd(reader)
    assert.equal(use.context.counted.get('source_rows_total'), before)
    await slow.query('COMMIT')
    assert.deepEqual(use.idsOf(await use.readUntil(reader, (items) => items.length > 0)), [1])
  })

  it('with an overlap, rows of the overlap are not transferred again while the connection lasts', async () => {
    const reader = await use.open({ COURANT_POSTGRES_OVERLAP_MS: '60000' })
    await use.table.put(new Map(Array.from({ length: 200 }, (_, i) => [i + 10, 'soon'])))
    await use.readToEnd(reader)
    await use.readToEnd(reader)
    const before = use.context.counted.get('source_rows_total') ?? 0
    for (let polls = 0; polls < 10; polls++) await use.readToEnd(reader)
    assert.equal(use.context.counted.get('source_rows_total'), before)
  })

  it('with an overlap, a cursor set to the past by a slow clock is read', async () => {
    const reader = await use.open({ COURANT_POSTGRES_OVERLAP_MS: '60000' })
    await use.readToEnd(reader)
    await source.client.query(`INSERT INTO "${name}" VALUES (1, 'past', now() - interval '30 s')`)
    assert.deepEqual(use.idsOf(await use.readUntil(reader, (items) => items.length > 0)), [1])
  })

  it('a cursor a little in the future is read once its time has come', async () => {
    const reader = await use.open()
    await use.readToEnd(reader)
    await source.client.query(
      `INSERT INTO "${name}" VALUES (1, 'future', clock_timestamp() + interval '0.3 s')`
    )
    await put(2)
    assert.deepEqual(use.idsOf((await use.readToEnd(reader)).items), [2])
    assert.deepEqual(use.idsOf(await use.readUntil(reader, (items) => items.length > 0)), [1])
  })

  it('a prepared transaction is read when it is committed', async (t) => {
    const setting = await source.client.query('SHOW max_prepared_transactions')
    if (setting.rows[0].max_prepared_transactions === '0')
      return t.skip('the server has max_prepared_transactions = 0')
    const reader = await use.open()
    await use.readToEnd(reader)
    await slow.query('BEGIN')
    await insert(slow, 1)
    await use.readToEnd(reader)
    await slow.query(`PREPARE TRANSACTION '${name}'`)
    await put(2)
    await use.readToEnd(reader)
    await put(3)
    await use.readToEnd(reader)
    await slow.query(`COMMIT PREPARED '${name}'`)
    assert.deepEqual(use.idsOf(await use.readUntil(reader, (items) => items.length > 0)), [1])
  })

  it('all rows of concurrent transactions are seen, whatever their order of begin, write and commit', async () => {
    const sessions = await Promise.all(Array.from({ length: 4 }, () => source.session()))
    let id = 0
    const run = async (session: Client, step: Step): Promise<number[]> => {
      const ids = Array.from({ length: step.rows }, () => ++id)
      await session.query('BEGIN; SELECT now()')
      await wait(step.beforeMs)
      if (step.hasSavepoint) await session.query('SAVEPOINT s')
      for (const one of ids) await insert(session, one)
      await wait(step.afterMs)
      await session.query(step.commits ? 'COMMIT' : 'ROLLBACK')
      return step.commits ? ids : []
    }
    await fc.assert(
      fc.asyncProperty(transactionsOf(sessions.length), async (steps) => {
        const reader = await use.open()
        const seen: number[] = []
        const written: number[] = []
        await use.readToEnd(reader)
        const writers = { left: sessions.length }
        const writing = Promise.all(
          sessions.map(async (session, i) => {
            for (const step of steps[i] ?? []) written.push(...(await run(session, step)))
            writers.left--
          })
        )
        const read = async () => seen.push(...use.idsOf((await use.readToEnd(reader)).items))
        while (writers.left > 0) await read()
        await writing
        await eventually(async () => (await read()) >= written.length, { what: 'all rows' })
        const inOrder = (ids: number[]) => ids.toSorted((a, b) => a - b)
        assert.deepEqual(inOrder(seen), inOrder(written))
        await reader.close()
      }),
      { numRuns: 10 }
    )
  })
})

interface Step {
  readonly rows: number
  readonly beforeMs: number
  readonly afterMs: number
  readonly hasSavepoint: boolean
  readonly commits: boolean
}

function transactionsOf(sessions: number): fc.Arbitrary<Step[][]> {
  const step = fc.record({
    rows: fc.integer({ min: 1, max: 3 }),
    beforeMs: fc.integer({ min: 0, max: 60 }),
    afterMs: fc.integer({ min: 0, max: 60 }),
    hasSavepoint: fc.boolean(),
    commits: fc.boolean()
  })
  return fc.array(fc.array(step, { maxLength: 4 }), { minLength: sessions, maxLength: sessions })
}
