import assert from 'node:assert/strict'
import { after, afterEach, before, beforeEach, describe, it } from 'node:test'
import * as fc from 'fast-check'
import type { Item } from '../../../../runtime/pipeline.ts'
import type { RawChange } from '../../../../schemas/change.ts'
import { testContext } from '../../../support/context.ts'
import { Reading } from '../../../support/reading.ts'
import { notes, numberedTable } from '../numbered-table.ts'
import { SourceDatabase, type TableShape } from '../source-database.ts'

const log = { COURANT_POSTGRES_MODE: 'log' }

let source: SourceDatabase
before(async () => {
  source = await SourceDatabase.create()
})
after(() => source.drop())

let use: Reading
let name: string
beforeEach(async () => {
  const table = await numberedTable(source, notes, log)
  name = table.name
  use = new Reading(table)
})
afterEach(() => use.end())

const sql = (text: string) => source.client.query(text.replaceAll('notes', `"${name}"`))
const fill = (rows: number) =>
  sql(`INSERT INTO notes SELECT n, 'text ' || n, now() FROM generate_series(1, ${rows}) n`)
const some = (items: readonly Item<RawChange>[]) => items.length > 0
const slot = async () => {
  const { rows } = await sql(
    `SELECT confirmed_flush_lsn - '0/0' AS confirmed FROM pg_replication_slots WHERE database = current_database()`
  )
  return Number(rows[0].confirmed)
}

describe('following the log', () => {
  it('publishes only the columns of the allow-list', async () => {
    const shape: TableShape = {
      ddl: '(id int PRIMARY KEY, text text, password text, updated_at timestamptz)',
      columns: ['id', 'text', 'updated_at'],
      key: ['id'],
      cursor: 'updated_at'
    }
    const table = await source.table(shape)
    const reader = await table.spec.open(testContext(source.stateEnv(log)))
    await reader.read({ limit: 1, lingerMs: 0, signal: AbortSignal.timeout(5000) })
    await reader.close()
    const published = await sql(
      `SELECT attnames::text FROM pg_publication_tables WHERE tablename = '${table.name}'`
    )
    assert.deepEqual(published.rows, [{ attnames: '{id,text,updated_at}' }])
  })

  it('an update of the key is a delete and a new row', async () => {
    await fill(1)
    const reader = await use.open()
    await use.readToEnd(reader)
    await sql('UPDATE notes SET id = 2')
    const items = await use.readUntil(reader, (found) => found.length >= 2)
    assert.deepEqual(
      items.map((item) => `${item.value.op}${item.key}`),
      ['d1', 'c2']
    )
  })

  it('a TRUNCATE is a comparison: what is gone is deleted, what came after stays', async () => {
    await fill(5)
    const reader = await use.open()
    await use.readToEnd(reader)
    await sql(`BEGIN; TRUNCATE notes; INSERT INTO notes VALUES (3, 'kept', now()); COMMIT`)
    const last = new Map<string, string>()
    await use.waitFor(reader, (items) => {
      for (const item of items) last.set(item.key, `${item.value.op} ${use.table.textOf(item.value)}`)
      return last.size === 5
    })
    assert.deepEqual(last.get('3')?.slice(2), 'kept')
    for (const key of ['1', '2', '4', '5']) assert.equal(last.get(key), 'd null')
  })

  it('the deletes of a TRUNCATE of most of a table are refused until a start confirms them', async () => {
    await fill(900)
    const reader = await use.open()
    await use.readToEnd(reader)
    await sql('TRUNCATE notes')
    await use.waitFor(reader, () =>
      use.context.warnings.some((line) => /900 of 900 rows are gone/.test(line))
    )
    await sql(`INSERT INTO notes VALUES (2000, 'new', now())`)
    assert.deepEqual(use.idsOf(await use.readUntil(reader, some)), [2000])
    await reader.close()
    const confirmed = await use.open({ COURANT_CONFIRM_DELETES: 'test' })
    const deleted = await use.readUntil(confirmed, (items) => items.length >= 900)
    assert.deepEqual(new Set(deleted.map((item) => item.value.op)), new Set(['d']))
    await confirmed.close()
    const later = await use.open()
    assert.deepEqual((await use.readToEnd(later)).items, [])
  })

  it('a transaction larger than a page goes on in its middle after a restart, with the same ids', async () => {
    const first = await use.open()
    await use.readToEnd(first)
    await fill(50)
    const read = await use.readUntil(first, (items) => items.length >= 1, 20)
    const lost = await use.readSome(first, 20)
    await first.close()
    const rest = (await use.readToEnd(await use.open(), 20)).items
    assert.deepEqual(
      use.idsOf([...read, ...rest]),
      Array.from({ length: 50 }, (_, i) => i + 1)
    )
    const ids = new Set(rest.map((item) => item.id))
    for (const item of lost.items) assert.ok(ids.has(item.id))
  })

  it('several changes of a key that were cut off come again with the same ids', async () => {
    await fill(1)
    const first = await use.open()
    await use.readToEnd(first)
    await sql(`UPDATE notes SET text = 'a'; UPDATE notes SET text = 'b'; UPDATE notes SET text = 'a'`)
    for (const text of ['c', 'd']) await sql(`UPDATE notes SET text = '${text}'`)
    const lost: Item<RawChange>[] = []
    while (lost.length < 5) lost.push(...(await use.readSome(first, 5)).items)
    await first.close()
    const { items } = await use.readToEnd(await use.open())
    assert.deepEqual(
      items.map((item) => item.id),
      lost.map((item) => item.id)
    )
  })

  it('the server is told of a position only after its commit, and of idle log too', async () => {
    const reader = await use.open()
    await use.readToEnd(reader)
    await fill(1)
    const batch = await use.readSome(reader, 10)
    const { rows } = await sql(`SELECT pg_current_wal_lsn() - '0/0' AS now`)
    await reader.read({ limit: 1, lingerMs: 0, signal: AbortSignal.timeout(5000) })
    assert.ok((await slot()) < Number(rows[0].now), 'confirmed before the commit')
    await reader.commit(batch)
    await sql('CREATE TABLE other AS SELECT generate_series(1, 1000) AS n; DROP TABLE other')
    const later = await sql(`SELECT pg_current_wal_lsn() - '0/0' AS now`)
    await use.waitFor(reader, async () => (await slot()) >= Number(later.rows[0].now))
  })

  it('a slot that is gone is made anew, and a comparison finds what happened meanwhile', async () => {
    await fill(5)
    const first = await use.open()
    await use.readToEnd(first)
    await first.close()
    await source.dropSlots()
    await sql(`DELETE FROM notes WHERE id = 1; UPDATE notes SET text = 'meanwhile' WHERE id = 2`)
    const second = await use.open()
    const { items } = await use.readToEnd(second)
    assert.deepEqual(items.map((item) => `${item.value.op}${item.key}`).toSorted(), ['d1', 'u2'])
  })

  it('a connection that is cut is transient, and nothing is lost or repeated', async () => {
    await fill(5)
    const reader = await use.open()
    await use.readToEnd(reader)
    await source.cutReaders()
    await sql(`INSERT INTO notes VALUES (6, 'x', now())`)
    const seen: number[] = []
    await use.waitFor(reader, (items) => seen.push(...use.idsOf(items)) > 0)
    assert.deepEqual(seen, [6])
  })

  it('goes over from polling and back without repeating what was published', async () => {
    await fill(5)
    const polling = await use.open({ COURANT_POSTGRES_MODE: 'poll' })
    assert.equal((await use.readToEnd(polling)).items.length, 5)
    await polling.close()
    await sql(`UPDATE notes SET text = 'between' WHERE id = 2`)
    const following = await use.open()
    assert.deepEqual(use.idsOf((await use.readToEnd(following)).items), [2])
    await following.close()
    await sql(`UPDATE notes SET text = 'after' WHERE id = 3`)
    const again = await use.open({ COURANT_POSTGRES_MODE: 'poll' })
    assert.match(use.context.warnings.join(), /SELECT pg_drop_replication_slot/)
    assert.match(use.context.warnings.join(), /DROP PUBLICATION courant_/)
    assert.deepEqual(use.idsOf(await use.readUntil(again, some)), [3])
  })

  it('a row that changes while the snapshot runs never goes back', async () => {
    await sql(`INSERT INTO notes SELECT n, '0', now() FROM generate_series(1, 200) n`)
    const reader = await use.open()
    const last = new Map<string, number>()
    const take = (items: readonly Item<RawChange>[]) => {
      for (const item of items) {
        const count = Number(use.table.textOf(item.value))
        assert.ok(count >= (last.get(item.key) ?? -1), `row ${item.key} went back to ${count}`)
        last.set(item.key, count)
      }
    }
    for (let round = 0; round < 30; round++) {
      await sql(`UPDATE notes SET text = (text::int + 1)::text WHERE id % 5 = ${round % 5}`)
      take(await use.readSoon(reader, 20))
    }
    await use.waitFor(reader, (items) => {
      take(items)
      return last.size === 200 && [...last.values()].every((count) => count === 6)
    })
  })

  it('no commit is lost, however close to another, wherever the reader is cut off', async () => {
    const sessions = await Promise.all(Array.from({ length: 4 }, () => source.session()))
    let id = 0
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 3, maxLength: 8 }),
        async (sizes) => {
          await sql('TRUNCATE notes')
          const world = use.freshStates()
          const writing = Promise.all(
            sessions.map(async (session) => {
              const mine = Array.from({ length: 15 }, () => ++id)
              for (const one of mine) await session.query(`INSERT INTO "${name}" VALUES (${one}, 'x', now())`)
              return mine
            })
          )
          const seen = new Set<number>()
          for (const size of sizes) {
            const reader = await world.open()
            for (const one of world.idsOf(await world.readSoon(reader, size))) seen.add(one)
            await reader.close()
          }
          const written = (await writing).flat()
          const reader = await world.open()
          await world.waitFor(reader, (items) => {
            for (const one of world.idsOf(items)) seen.add(one)
            return seen.size >= written.length
          })
          assert.deepEqual(seen, new Set(written))
          await reader.close()
        }
      ),
      { numRuns: 8 }
    )
  })
})
