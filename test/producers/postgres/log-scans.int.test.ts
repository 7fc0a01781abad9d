import assert from 'node:assert/strict'
import { after, afterEach, before, describe, it } from 'node:test'
import { Reading } from '../../support/reading.ts'
import { notes, numberedTable } from './numbered-table.ts'
import { SourceDatabase } from './source-database.ts'

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
