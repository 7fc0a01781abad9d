import assert from 'node:assert/strict'
import { after, afterEach, before, describe, it } from 'node:test'
import { Reading } from '../../../support/reading.ts'
import { notes, numberedTable } from '../numbered-table.ts'
import { SourceDatabase } from '../source-database.ts'

let source: SourceDatabase
before(async () => {
  source = await SourceDatabase.create()
})
after(() => source.drop())

const log = { COURANT_POSTGRES_MODE: 'log' }

let use: Reading
let name: string
afterEach(() => use.end())

const sql = (text: string) => source.client.query(text.replaceAll('notes', `"${name}"`))

/** A reader that has read the table as it is. */
async function following(ddl: string, ...statements: readonly string[]) {
  const table = await numberedTable(source, { ...notes, ddl }, log)
  name = table.name
  use = new Reading(table)
  for (const statement of statements) await sql(statement)
  const reader = await use.open()
  await use.readToEnd(reader)
  return reader
}

describe('following the log, a comparison', () => {
  it('finds partitions that are attached, truncated, detached and dropped with their rows', async () => {
    const reader = await following(
      `${notes.ddl} PARTITION BY RANGE (id)`,
      `CREATE TABLE "part 1" PARTITION OF notes FOR VALUES FROM (0) TO (10)`,
      `CREATE TABLE "part 2" PARTITION OF notes FOR VALUES FROM (10) TO (20)`,
      `INSERT INTO notes SELECT n, 'first', now() FROM generate_series(8, 11) n`
    )
    const changes = async (statement: string, count: number) => {
      await sql(statement)
      const items = await use.readUntil(reader, (found) => found.length >= count)
      return items.map(({ value, key }) => `${value.op}${key}`).toSorted()
    }
    await sql(`CREATE TABLE "part 3" (LIKE notes INCLUDING ALL)`)
    await sql(`INSERT INTO "part 3" VALUES (20, 'attached', now()), (21, 'attached', now())`)
    const attach = `ALTER TABLE notes ATTACH PARTITION "part 3" FOR VALUES FROM (20) TO (30)`
    assert.deepEqual(await changes(attach, 2), ['c20', 'c21'])
    assert.deepEqual(await changes(`INSERT INTO notes VALUES (22, 'inserted', now())`, 1), ['c22'])
    assert.deepEqual(await changes('TRUNCATE "part 2"', 2), ['d10', 'd11'])
    assert.deepEqual(await changes('ALTER TABLE notes DETACH PARTITION "part 1"', 2), ['d8', 'd9'])
    assert.deepEqual(await changes('DROP TABLE "part 3"', 3), ['d20', 'd21', 'd22'])
  })

  it('after a TRUNCATE lets no row go back to what it had been before it was compared', async () => {
    const reader = await following(notes.ddl, `INSERT INTO notes VALUES (1, 'old', now())`)
    await sql('TRUNCATE notes')
    for (const text of ['a', 'b', 'c'])
      await sql(
        `INSERT INTO notes VALUES (1, '${text}', now()) ON CONFLICT (id) DO UPDATE SET text = excluded.text`
      )
    const texts: (string | null)[] = []
    await use.waitFor(reader, (items) => {
      texts.push(...items.map(({ value }) => use.table.textOf(value)))
      return texts.includes('c')
    })
    texts.push(...(await use.readToEnd(reader)).items.map(({ value }) => use.table.textOf(value)))
    assert.equal(texts.slice(texts.indexOf('c')).join(''), 'c'.repeat(texts.length - texts.indexOf('c')))
  })
})
