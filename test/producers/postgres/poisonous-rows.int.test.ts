import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { postgresReader } from '../../../producers/postgres/postgres-reader.ts'
import type { Failure, Item, Reader } from '../../../runtime/pipeline.ts'
import type { RawChange } from '../../../schemas/change.ts'
import { parseTable } from '../../../schemas/table.ts'
import { testContext } from '../../support/context.ts'
import { eventually } from '../../support/eventually.ts'
import { SourceDatabase } from './source-database.ts'

let source: SourceDatabase
before(async () => {
  source = await SourceDatabase.create()
})
after(() => source.drop())

/** No zone but UTC has an instant for it: the server raises 22008 for the whole statement. */
const poison = '294276-12-31 23:59:59'
const zone = { COURANT_POSTGRES_TIME_ZONE: 'America/New_York', COURANT_POSTGRES_PAGE_ROWS: '16' }
const instant = { type: 'long', logicalType: 'timestamp-micros' }

const tableOf = (name: string, cursor: string | null) =>
  parseTable(`schemas/shop/${name}.avsc`, {
    type: 'record',
    name: 'Event',
    namespace: 'courant.shop',
    doc: 'An event.',
    courant: { source: 'postgres', table: name, key: ['id'], cursor },
    fields: [
      { name: 'id', type: 'int' },
      { name: 'happened', type: ['null', instant], default: null },
      ...(cursor ? [{ name: cursor, type: instant }] : [])
    ]
  })

/** What a reader has given since it was asked last. */
async function readUntil(
  reader: Reader<RawChange>,
  isEnough: (items: readonly Item<RawChange>[], failures: readonly Failure[]) => boolean
) {
  const items: Item<RawChange>[] = []
  const failures: Failure[] = []
  await eventually(
    async () => {
      const batch = await reader.read({ limit: 100, lingerMs: 0, signal: AbortSignal.timeout(10_000) })
      items.push(...batch.items)
      failures.push(...(batch.failures ?? []))
      await reader.commit(batch)
      return isEnough(items, failures) || null
    },
    { what: 'the changes' }
  )
  return { keys: items.map(({ key }) => Number(key)).toSorted((a, b) => a - b), items, failures }
}

for (const cursor of [null, 'seen'])
  describe(`a row of a polled table that the server cannot give, ${cursor ? 'with a cursor' : 'without one'}`, () => {
    const name = cursor ? 'polled' : 'compared'
    const table = tableOf(name, cursor)
    const env = () => source.stateEnv(zone)
    const all = Array.from({ length: 60 }, (_, n) => n + 1)
    const bad = [7, 16, 17, 60]
    const run = (sql: string) => source.client.query(sql.replaceAll('$', name))

    it('is set aside once with its key and the reason, and every other row comes', async (t) => {
      await run(
        `CREATE TABLE $ (id int PRIMARY KEY, happened timestamp ${cursor ? ', seen timestamptz NOT NULL DEFAULT now()' : ''})`
      )
      await run(`INSERT INTO $ SELECT n, timestamp '2026-01-01' FROM generate_series(1, 60) n`)
      await run(`UPDATE $ SET happened = '${poison}' WHERE id IN (${bad.join()})`)
      const settings = env()
      const reader = await postgresReader(table).open(testContext(settings))
      t.after(() => reader.close())
      const first = await readUntil(reader, (items, failures) => items.length + failures.length >= 60)
      assert.deepEqual(
        first.keys,
        all.filter((id) => !bad.includes(id))
      )
      assert.deepEqual(
        first.failures.map(({ item }) => Number(item.key)).toSorted((a, b) => a - b),
        bad
      )
      for (const { error, item } of first.failures) {
        assert.equal(error.code, 'VALUE_UNREADABLE')
        assert.match(
          error.message,
          /whose key is this record's: correct its values at the source \(SQLSTATE 22008\)/
        )
        assert.deepEqual((item.value as RawChange).after?.['id'], item.key)
      }

      // Others change, are added and go; what was set aside is not told of again.
      const touched = cursor ? ', seen = clock_timestamp()' : ''
      await run(`UPDATE $ SET happened = '2026-02-02'${touched} WHERE id = 8`)
      await run(`INSERT INTO $ (id, happened) VALUES (61, NULL)`)
      await run('DELETE FROM $ WHERE id = 9')
      const second = await readUntil(reader, (items) => items.length >= 3)
      assert.deepEqual([second.keys, second.failures], [[8, 9, 61], []])

      // Once it can be read it comes; one that goes is deleted.
      await run(`UPDATE $ SET happened = '2026-03-03'${touched} WHERE id = 16`)
      await run('DELETE FROM $ WHERE id = 17')
      const third = await readUntil(reader, (items) => items.length >= 2)
      assert.deepEqual([third.keys, third.failures], [[16, 17], []])
      assert.deepEqual(third.items.map(({ value }) => value.op).toSorted(), ['d', 'u'])

      // A start anew changes nothing.
      await reader.close()
      const again = await postgresReader(table).open(testContext(settings))
      t.after(() => again.close())
      await run(`INSERT INTO $ (id, happened) VALUES (62, NULL)`)
      const last = await readUntil(again, (items) => items.length > 0)
      assert.deepEqual([last.keys, last.failures], [[62], []])
    })
  })
