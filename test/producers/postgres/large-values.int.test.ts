import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { after, afterEach, before, beforeEach, describe, it } from 'node:test'
import { TableRows } from '../../../producers/postgres/table/table-rows.ts'
import { Reading } from '../../support/reading.ts'
import { notes, numberedTable } from './numbered-table.ts'
import { SourceDatabase } from './source-database.ts'

let source: SourceDatabase
before(async () => {
  source = await SourceDatabase.create()
})
after(() => source.drop())

let use: Reading
let name: string
beforeEach(async () => {
  const table = await numberedTable(source, notes, { COURANT_POSTGRES_MODE: 'log' })
  name = table.name
  use = new Reading(table)
  await sql(`ALTER TABLE notes ALTER COLUMN text SET STORAGE EXTERNAL`)
})
afterEach(() => use.end())

const sql = (text: string) => source.client.query(text.replaceAll('notes', `"${name}"`))

describe('following the log of large values', () => {
  it('keeps those that an update did not touch, and values exactly', async () => {
    const large = randomBytes(50_000).toString('hex')
    const reader = await use.open()
    await use.readToEnd(reader)
    await sql(
      `INSERT INTO notes VALUES (1, '${large}', NULL), (2, '\ufeff"a", \\b ', NULL), (3, '', NULL), (4, NULL, NULL)`
    )
    const written = await use.readUntil(reader, (items) => items.length >= 4)
    const texts = written.map((item) => use.table.textOf(item.value))
    assert.deepEqual(texts, [large, '\ufeff"a", \\b ', '', null])
    await sql(`UPDATE notes SET updated_at = '2026-03-29 02:30:00.000001+02' WHERE id = 1`)
    const [item] = await use.readUntil(reader, (items) => items.length > 0)
    assert.equal(item?.value.after?.['text'], large)
    assert.equal(item.value.after['updated_at'], '2026-03-29 00:30:00.000001+00')
  })

  it('looks those that updates did not touch up together, and knows those the log has told', async (t) => {
    const large = (n: number) => `${n} ${randomBytes(4000).toString('hex')}`
    const texts = Array.from({ length: 300 }, (_, n) => large(n))
    const insert = `INSERT INTO "${name}" SELECT n, ($1::text[])[n], NULL FROM generate_series(1, 300) n`
    await source.client.query(insert, [texts])
    const reader = await use.open()
    await use.readToEnd(reader)
    const lookUps = t.mock.method(TableRows.prototype, 'byKeys').mock
    const [replaced, added] = [large(301), large(302)]
    await sql(
      `BEGIN;
       UPDATE notes SET updated_at = '2026-01-01Z';
       UPDATE notes SET text = '${replaced}' WHERE id = 1;
       UPDATE notes SET updated_at = '2026-01-02Z' WHERE id = 1;
       INSERT INTO notes VALUES (302, '${added}', NULL);
       UPDATE notes SET updated_at = '2026-01-02Z' WHERE id = 302;
       UPDATE notes SET text = '${replaced}' WHERE id = 299;
       DELETE FROM notes WHERE id = 299;
       UPDATE notes SET id = 299 WHERE id = 298;
       DELETE FROM notes WHERE id = 300;
       COMMIT`
    )
    const items = await use.readUntil(reader, (found) =>
      found.some((item) => item.value.op === 'd' && item.key === '300')
    )
    const of = (id: number) =>
      items.filter((item) => item.key === String(id)).map((item) => use.table.textOf(item.value))
    for (const id of [2, 150, 297]) assert.deepEqual(of(id), [texts[id - 1]])
    assert.deepEqual(of(1).slice(-2), [replaced, replaced])
    assert.deepEqual(of(302), [added, added])
    assert.deepEqual(of(299).slice(-3), [replaced, null, texts[297]])
    assert.deepEqual(of(300), [null])
    assert.ok(lookUps.callCount() <= 10, `${lookUps.callCount()} look-ups`)
  })
})
