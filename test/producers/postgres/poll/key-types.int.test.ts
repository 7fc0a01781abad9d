import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { RawRow } from '../../../../schemas/change.ts'
import { Reading } from '../../../support/reading.ts'
import { numberedTable } from '../numbered-table.ts'
import { SourceDatabase } from '../source-database.ts'

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

describe('a text key', () => {
  const hostile = ['', ' ', 'A12', ' A12', 'A12 ', 'A12\u00a0', 'A12\t', 'a12', 'caf\u00e9', 'cafe\u0301']
  const more = ['\u0001', '\u0002s', '"', '\\', 'null', '[]', '\ufeffA12', '\u{1f600}', '0', '-']
  const modes = [
    { COURANT_POSTGRES_PAGE_ROWS: '1' },
    { COURANT_POSTGRES_PAGE_ROWS: '3' },
    { COURANT_POSTGRES_MODE: 'log' }
  ]
  for (const env of modes)
    it(`is published once as it is, and so is its delete: ${JSON.stringify(env)}`, async () => {
      const keys = [...hostile, ...more]
      const { name, spec, drop } = await source.table({
        ddl: '(code text PRIMARY KEY, label text)',
        columns: ['code', 'label'],
        key: ['code'],
        cursor: null
      })
      const idOf = ({ before, after }: { before: RawRow | null; after: RawRow | null }) =>
        keys.indexOf((before ?? after)?.['code'] ?? 'none')
      const textOf = () => null
      const put = async () => undefined
      const use = new Reading({
        spec,
        env: source.stateEnv(env),
        idOf,
        textOf,
        put,
        remove: put,
        async drop() {
          await source.dropSlots()
          await drop()
        }
      })
      await source.client.query(`INSERT INTO "${name}" SELECT k, 'x' FROM unnest($1::text[]) AS k`, [keys])
      const reader = await use.open()
      const first = (await use.readToEnd(reader)).items
      assert.deepEqual(use.idsOf(first), [...keys.keys()], 'each once')
      assert.deepEqual(new Set(first.map(({ key }) => key)), new Set(keys))
      await source.client.query(`DELETE FROM "${name}" WHERE code IN ('', 'A12')`)
      await source.client.query(`UPDATE "${name}" SET label = 'y' WHERE code = 'a12'`)
      const changes = await use.readUntil(reader, (items) => items.length >= 3)
      assert.deepEqual(changes.map(({ key, value }) => `${value.op} ${key}`).toSorted(), [
        'd ',
        'd A12',
        'u a12'
      ])
      assert.deepEqual((await use.readToEnd(reader)).items, [], 'and never again')
      await use.end()
    })
})

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
