import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import type { Reader, Spec } from '../../runtime/pipeline.ts'
import type { Environment } from '../../runtime/settings.ts'
import type { RawChange } from '../../schemas/change.ts'
import { Reading } from '../support/reading.ts'

/** A table of its own that a change reader watches: rows have an id from 1 to 999,999 and a short text. */
export interface ReaderCase {
  readonly spec: Spec<Reader<RawChange>>
  /** Settings, with a state folder of its own. */
  readonly env: Environment
  /** Adds rows, or changes the text of those that are there. */
  put(rows: ReadonlyMap<number, string>): Promise<void>
  remove(ids: readonly number[]): Promise<void>
  /** Which row a change is of, from its key columns. */
  idOf(change: RawChange): number
  /** The text of a change that is not a delete. */
  textOf(change: RawChange): string | null
  drop(): Promise<void>
}

/** What a reader can do; a text says why it cannot, and its tests are skipped with that reason. */
export interface ReaderCapabilities {
  readonly deletes: true | string
  /** Changes of a key while nobody reads arrive one by one, not only the last. */
  readonly everyChange: true | string
  readonly readsAhead: true | string
}

/** What every reader of changes promises. Run it from each adapter's own test file. */
export function readerContract(
  name: string,
  start: () => Promise<ReaderCase>,
  can: ReaderCapabilities
): void {
  const skip = (capability: true | string) => (capability === true ? {} : { skip: capability })
  const withCase = (body: (use: Reading) => Promise<void>) => async () => {
    const use = new Reading(await start())
    try {
      await body(use)
    } finally {
      await use.end()
    }
  }

  describe(`${name} keeps the reader contract`, () => {
    it(
      'is described without connecting',
      withCase(async ({ table }) => {
        assert.ok(table.spec.describe.length > 0)
        for (const setting of table.spec.settings ?? []) assert.ok(setting.describe.length > 0)
      })
    )

    it(
      'reads all there is, no more at once than asked for, and says when it has caught up',
      withCase(async (use) => {
        await use.table.put(rows(1, 25))
        const { items, batches } = await use.readToEnd(await use.open(), 4)
        assert.deepEqual(use.idsOf(items), idsFrom(1, 25))
        let seen = 0
        for (const batch of batches) {
          assert.ok(batch.items.length <= 4)
          seen += batch.items.length
          assert.ok(!batch.caughtUp || seen === 25)
        }
      })
    )

    it(
      'gives each item an id of its own, its key, its time and the envelope',
      withCase(async (use) => {
        await use.table.put(rows(1, 5))
        const { items } = await use.readToEnd(await use.open())
        assert.equal(new Set(items.map((item) => item.id)).size, 5)
        for (const item of items) {
          assert.ok(item.key.length > 0)
          assert.ok(item.at.getTime() > 0)
          assert.equal(item.at.getTime(), item.value.source.ts_ms)
          assert.equal(use.table.textOf(item.value), `text ${use.table.idOf(item.value)}`)
          assert.ok(Number.isSafeInteger(item.value.source.row_version))
        }
      })
    )

    it(
      'starts again after what was committed, and repeats what was not with the same ids',
      withCase(async (use) => {
        await use.table.put(rows(1, 12))
        const before = await use.open()
        const first = await use.readSome(before, 5)
        await before.commit(first)
        const second = await use.readSome(before, 5)
        await before.close()
        const { items } = await use.readToEnd(await use.open(), 5)
        const firstIds = new Set(use.idsOf(first.items))
        assert.ok(use.idsOf(items).every((id) => !firstIds.has(id)))
        assert.equal(items.length, 12 - first.items.length)
        const repeated = new Map(items.map((item) => [item.key, item.id]))
        for (const item of second.items) assert.equal(repeated.get(item.key), item.id)
      })
    )

    it(
      'gives later inserts and changes, with growing versions, and nothing while nothing changes',
      withCase(async (use) => {
        await use.table.put(rows(1, 3))
        const reader = await use.open()
        const { items: first } = await use.readToEnd(reader)
        await use.table.put(
          new Map([
            [2, 'changed'],
            [4, 'text 4']
          ])
        )
        const later = await use.readUntil(reader, (items) => new Set(use.idsOf(items)).size >= 2)
        assert.deepEqual(use.idsOf(later), [2, 4])
        const [was, is] = [first, later].map((items) =>
          items.find((item) => use.table.idOf(item.value) === 2)
        )
        assert.ok(was && is && is.value.source.row_version > was.value.source.row_version)
        assert.equal(use.table.textOf(is.value), 'changed')
        assert.deepEqual((await use.readToEnd(reader)).items, [])
      })
    )

    it(
      'gives a delete with the key columns before, and a row that comes back with a higher version',
      skip(can.deletes),
      withCase(async (use) => {
        await use.table.put(rows(1, 3))
        const reader = await use.open()
        await use.readToEnd(reader)
        await use.table.remove([2])
        const [gone] = await use.readUntil(reader, (items) => items.length > 0)
        assert.equal(gone?.value.op, 'd')
        assert.equal(gone.value.after, null)
        assert.equal(use.table.idOf(gone.value), 2)
        await use.table.put(new Map([[2, 'text 2']]))
        const [back] = await use.readUntil(reader, (items) => items.length > 0)
        assert.ok(back && back.value.source.row_version > gone.value.source.row_version)
        assert.notEqual(back.id, gone.id)
      })
    )

    it(
      'gives each change of a key once and in order',
      skip(can.everyChange),
      withCase(async (use) => {
        await use.table.put(rows(1, 1))
        const reader = await use.open()
        await use.readToEnd(reader)
        for (const text of ['a', 'b', 'c']) await use.table.put(new Map([[1, text]]))
        const changes = await use.readUntil(reader, (items) => items.length >= 3)
        assert.deepEqual(
          changes.map((item) => use.table.textOf(item.value)),
          ['a', 'b', 'c']
        )
      })
    )

    it(
      'reads ahead of a commit without a repeat or a gap',
      skip(can.readsAhead),
      withCase(async (use) => {
        await use.table.put(rows(1, 9))
        const reader = await use.open()
        assert.equal(reader.readsAhead, true)
        const first = await use.readSome(reader, 3)
        const second = await use.readSome(reader, 3)
        await reader.commit(first)
        await reader.commit(second)
        const { items } = await use.readToEnd(reader, 3)
        assert.deepEqual(use.idsOf([...first.items, ...second.items, ...items]), idsFrom(1, 9))
      })
    )

    it(
      'reads the same in pages of any size, whenever it is started again',
      withCase(async (use) => {
        await use.table.put(rows(1, 40))
        await fc.assert(
          fc.asyncProperty(
            fc.array(fc.integer({ min: 1, max: 17 }), { minLength: 1, maxLength: 4 }),
            async (sizes) => {
              const items = await use.readWithRestarts(sizes)
              assert.deepEqual(use.idsOf(items), idsFrom(1, 40))
            }
          ),
          { numRuns: 8 }
        )
      })
    )

    it(
      'closes while a read waits',
      withCase(async (use) => {
        const reader = await use.open()
        await use.readToEnd(reader)
        const stop = new AbortController()
        const waiting = reader.read({ limit: 10, lingerMs: 0, signal: stop.signal }).catch(() => undefined)
        stop.abort()
        await reader.close()
        await waiting
      })
    )
  })
}

const idsFrom = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => from + i)
const rows = (from: number, to: number) => new Map(idsFrom(from, to).map((id) => [id, `text ${id}`]))
