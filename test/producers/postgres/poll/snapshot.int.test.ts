import assert from 'node:assert/strict'
import { after, afterEach, before, beforeEach, describe, it } from 'node:test'
import { Reading } from '../../../support/reading.ts'
import { notes, numberedTable } from '../numbered-table.ts'
import { SourceDatabase } from '../source-database.ts'

let source: SourceDatabase
before(async () => {
  source = await SourceDatabase.create()
})
after(() => source.drop())

let use: Reading
let name: string
beforeEach(async () => {
  // A comparison would hide what the snapshot misses.
  const table = await numberedTable(source, notes, { COURANT_POSTGRES_COMPARE_MS: '100000000' })
  name = table.name
  use = new Reading(table)
})
afterEach(() => use.end())

const sql = (text: string) => source.client.query(text.replaceAll('notes', `"${name}"`))
const fill = (rows: number, cursor: string) =>
  sql(`INSERT INTO notes SELECT n, 'text ' || n, ${cursor} FROM generate_series(1, ${rows}) n`)
const lastYear = `'2025-01-01Z'::timestamptz + n * interval '1 s'`

describe('the first snapshot', () => {
  it('resumes in the middle of the table after a kill', async () => {
    await fill(1000, lastYear)
    const first = await use.open()
    for (let page = 0; page < 6; page++) assert.equal((await use.readSoon(first, 100)).length, 100)
    await first.close()
    const second = await use.open()
    const { items } = await use.readToEnd(second, 100)
    assert.deepEqual([use.idsOf(items)[0], items.length], [601, 400])
    assert.equal(use.context.counted.get('source_rows_total'), 400)
  })

  it('marks its rows as read by a snapshot, later ones not', async () => {
    await fill(2, lastYear)
    const reader = await use.open()
    const { items } = await use.readToEnd(reader)
    assert.deepEqual(
      items.map(({ value }) => [value.op, value.source.snapshot]),
      [
        ['r', 'true'],
        ['r', 'true']
      ]
    )
    await sql(`UPDATE notes SET text = 'new', updated_at = now() WHERE id = 1`)
    const [live] = await use.readUntil(reader, (some) => some.length > 0)
    assert.deepEqual([live?.value.op, live?.value.source.snapshot], ['u', 'false'])
  })

  it('live changes do not wait for it, and it never beats them (backfill against live changes)', async () => {
    await fill(400, lastYear)
    const reader = await use.open()
    const versions = new Map<string, number>()
    const texts = new Map<string, string | null>()
    let liveAt = 0
    for (let page = 0, isEnd = false; !isEnd; page++) {
      // One row the snapshot has passed, one it has yet to read.
      await sql(`UPDATE notes SET text = 'live ${page}', updated_at = now() WHERE id IN (1, 390)`)
      const batch = await reader.read({ limit: 10, lingerMs: 0, signal: AbortSignal.timeout(5000) })
      await reader.commit(batch)
      for (const { key, value } of batch.items) {
        assert.ok(value.source.row_version > (versions.get(key) ?? 0), 'a version went back')
        versions.set(key, value.source.row_version)
        texts.set(key, value.after?.['text'] ?? null)
      }
      if (liveAt === 0 && texts.get('390')?.startsWith('live')) liveAt = texts.size
      isEnd = texts.size === 400 && page > 60
    }
    assert.ok(liveAt > 0 && liveAt < 390, `live changes came after ${liveAt} rows`)
    const { rows } = await sql('SELECT text FROM notes WHERE id IN (1, 390)')
    await use.waitFor(reader, (items) => {
      for (const { key, value } of items) texts.set(key, value.after?.['text'] ?? null)
      return [texts.get('1'), texts.get('390')].join() === rows.map((row) => row.text).join()
    })
  })

  it('rows with equal cursors on both sides of a page edge all arrive', async () => {
    const reader = await use.open()
    await use.readToEnd(reader)
    await fill(60, 'now()')
    const items = await use.readUntil(reader, (some) => some.length >= 60)
    assert.equal(items.length, 60)
    await sql(`UPDATE notes SET text = 'again', updated_at = now()`)
    const again: number[] = []
    while (again.length < 60) again.push(...use.idsOf(await use.readSoon(reader, 7)))
    assert.deepEqual(again, [...new Set(again)])
  })

  it('cursors that differ by a microsecond keep their order and are told apart', async () => {
    const reader = await use.open()
    await use.readToEnd(reader)
    await sql(`INSERT INTO notes SELECT n, 'x', now() - n * interval '1 us' FROM generate_series(1, 5) n`)
    const seen: number[] = []
    while (seen.length < 5) seen.push(...use.idsOf(await use.readSoon(reader, 1)))
    assert.deepEqual(seen, [5, 4, 3, 2, 1])
  })

  it('a row updated while a run reads its pages is read, before or after', async () => {
    const reader = await use.open()
    await use.readToEnd(reader)
    await fill(30, 'now()')
    const texts = new Map<string, string | null>()
    let reads = 0
    while (![...Array(30).keys()].every((i) => texts.get(String(i + 1)) === 'moved')) {
      if (++reads <= 10)
        await sql(`UPDATE notes SET text = 'moved', updated_at = now() WHERE id % 10 = ${reads % 10}`)
      for (const { key, value } of await use.readSoon(reader, 4))
        texts.set(key, value.after?.['text'] ?? null)
      assert.ok(reads < 200, 'updates were missed')
    }
  })

  it('reads gently: no more rows a second than allowed', async () => {
    await fill(60, lastYear)
    const reader = await use.open({ COURANT_POSTGRES_MAX_ROWS_PER_SECOND: '100' })
    const beganAt = performance.now()
    await use.readToEnd(reader, 10)
    assert.ok(performance.now() - beganAt >= 490)
  })

  it('takes a new snapshot with the same ids when the state is lost', async () => {
    await fill(20, lastYear)
    const { items: first } = await use.readToEnd(await use.open())
    const { items: second } = await use.readToEnd(await use.freshStates().open())
    assert.deepEqual(
      second.map((item) => item.id),
      first.map((item) => item.id)
    )
  })
})
