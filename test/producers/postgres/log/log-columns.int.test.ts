import assert from 'node:assert/strict'
import { after, afterEach, before, beforeEach, describe, it } from 'node:test'
import { postgresReader } from '../../../../producers/postgres/postgres-reader.ts'
import { Reading } from '../../../support/reading.ts'
import { notes, numberedTable } from '../numbered-table.ts'
import { SourceDatabase, tableOf } from '../source-database.ts'

let source: SourceDatabase
before(async () => {
  source = await SourceDatabase.create()
})
after(() => source.drop())

let table: Awaited<ReturnType<typeof numberedTable>>
let use: Reading
let others: Reading[]
beforeEach(async () => {
  table = await numberedTable(source, notes, { COURANT_POSTGRES_MODE: 'log' })
  use = new Reading(table)
  others = []
})
afterEach(async () => {
  for (const other of others) await other.end()
  await use.end()
})

/** The same table and state, when its .avsc file names other columns. */
function withColumns(columns: readonly string[]): Reading {
  const spec = postgresReader(tableOf(table.name, { ...notes, columns }))
  const textOf: typeof table.textOf = ({ after: row }) => row?.[columns[1] ?? ''] ?? null
  const reading = new Reading({ ...table, spec, textOf, drop: async () => undefined })
  others.push(reading)
  return reading
}

const sql = (text: string) => source.client.query(text.replaceAll('notes', `"${table.name}"`))
const put = (id: number, text: string) => sql(`INSERT INTO notes VALUES (${id}, '${text}', now())`)

async function following(): Promise<void> {
  await put(1, 'one')
  const reader = await use.open()
  await use.readToEnd(reader)
  await reader.close()
}

/** Reads on until the reader refuses. */
async function stops(reader: Awaited<ReturnType<Reading['open']>>, message: RegExp): Promise<void> {
  const deadline = AbortSignal.timeout(10_000)
  const reading = async () => {
    while (!deadline.aborted) await use.readSoon(reader, 1000)
  }
  await assert.rejects(reading, { code: 'SOURCE_REFUSED', message })
}

async function textsOf(reading: Reading): Promise<string[]> {
  const { items } = await reading.readToEnd(await reading.open())
  return items.map(({ value }) => reading.table.textOf(value) ?? 'none').toSorted()
}

describe('a column of a table whose log is read', () => {
  it('that is renamed stops the reader, and nothing is lost when the name comes back', async () => {
    await following()
    await put(2, 'before')
    await sql('ALTER TABLE notes RENAME text TO words')
    await put(3, 'meanwhile')
    await assert.rejects(use.open(), { code: 'SOURCE_REFUSED', message: /it has no columns text/ })
    await sql('ALTER TABLE notes RENAME words TO text')
    await put(4, 'after')
    assert.deepEqual(await textsOf(use), ['after', 'before', 'meanwhile'])
  })

  it('that is renamed while it is read stops the reader by its name', async () => {
    await following()
    const reader = await use.open()
    await use.readToEnd(reader)
    await sql('ALTER TABLE notes RENAME text TO words')
    await put(2, 'two')
    await stops(reader, /no longer has its columns text: .* correct the \.avsc file/)
  })

  it('that is renamed in the .avsc file too is read on, with what was written under its old name', async () => {
    await following()
    await put(2, 'before')
    await sql('ALTER TABLE notes RENAME text TO words')
    await put(3, 'after')
    assert.deepEqual(await textsOf(withColumns(['id', 'words', 'updated_at'])), ['after', 'before'])
  })

  it('that is dropped stops the reader by its name, and what changed until then is found by a comparison', async () => {
    await following()
    const reader = await use.open()
    await use.readToEnd(reader)
    await sql('ALTER TABLE notes DROP COLUMN text CASCADE')
    await stops(reader, /no longer has its columns text/)
    await reader.close()
    await sql('INSERT INTO notes VALUES (2, now())')
    await sql('ALTER TABLE notes ADD COLUMN words text')
    await sql(`INSERT INTO notes VALUES (3, now(), 'unseen')`)
    const corrected = withColumns(['id', 'words', 'updated_at'])
    assert.deepEqual(await textsOf(corrected), ['none', 'none', 'unseen'])
    assert.match(corrected.context.warnings.join(), /the log was written with other columns/)
  })

  it('that is added to the .avsc file is compared, since the log was written without it', async () => {
    await sql(`ALTER TABLE notes ADD COLUMN words text DEFAULT 'new'`)
    await following()
    await put(2, 'two')
    const wider = withColumns(['id', 'words', 'text', 'updated_at'])
    assert.deepEqual(await textsOf(wider), ['new', 'new'])
  })
})
