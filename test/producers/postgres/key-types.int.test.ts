import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { Reading } from '../../support/reading.ts'
import { numberedTable } from './numbered-table.ts'
import { SourceDatabase } from './source-database.ts'

let source: SourceDatabase
before(async () => {
  source = await SourceDatabase.create()
})
after(() => source.drop())

// Types that PostgreSQL prints in one way within a row, and in another when they are cast to text.
const parts = {
  boolean: '(n % 2 = 0)',
  'character(10)': `('code' || n % 3)`,
  inet: `('10.0.0.' || n % 3 || (ARRAY['', '/24'])[n % 2 + 1])::inet`,
  numeric: '(n % 3 - 1.50)'
}

describe('a key with a column of type', () => {
  for (const [type, part] of Object.entries(parts))
    for (const cursor of ['updated_at', null])
      it(`${type} is read once, in pages and ${cursor ? 'by cursor' : 'without one'}, and its deletes are found`, async () => {
        const table = await numberedTable(
          source,
          {
            ddl: `(part ${type}, id int, text text, updated_at timestamptz DEFAULT now(), PRIMARY KEY (part, id))`,
            columns: ['id', 'part', 'text', 'updated_at'],
            key: ['part', 'id'],
            cursor,
            keySql: (n) => `${part.replaceAll(/\bn\b/g, n)}, ${n}`,
            numberOf: Number
          },
          { COURANT_POSTGRES_PAGE_ROWS: '7' }
        )
        const use = new Reading({ ...table, idOf: ({ before, after }) => Number((before ?? after)?.['id']) })
        const numbers = Array.from({ length: 40 }, (_, n) => n + 1)
        await table.put(new Map(numbers.map((n) => [n, 'first'])))
        const reader = await use.open()
        assert.deepEqual(use.idsOf((await use.readToEnd(reader)).items), numbers)
        await table.put(new Map([[40, 'second']]))
        await table.remove([7, 20])
        const changes = await use.readUntil(reader, (items) => items.length >= 3)
        assert.deepEqual(changes.map(({ value }) => `${value.op}${use.table.idOf(value)}`).toSorted(), [
          'd20',
          'd7',
          'u40'
        ])
        await use.end()
      })
})
