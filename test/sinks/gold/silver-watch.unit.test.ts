import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Table } from '../../../schemas/table.ts'
import { SilverWatch } from '../../../sinks/gold/silver-watch.ts'
import { type SilverCatalogue, shownTables } from '../../../sinks/warehouse/silver-catalogue.ts'

const boundMs = 30_000

/** A watch over looks that take as long as they are told to, by a clock of its own. */
class Watching {
  readonly looks = new Map<string, number>()
  readonly watch: SilverWatch
  readonly #now: () => number

  constructor(look: (table: Table) => Promise<void>, now: () => number) {
    this.#now = now
    const catalogue = {
      look: (table: Table) => {
        this.looks.set(table.name, (this.looks.get(table.name) ?? 0) + 1)
        return look(table)
      },
      lookAtQuality: async () => undefined
    } as unknown as SilverCatalogue
    const guarded = async (one: () => Promise<void>) => one().then(() => true)
    this.watch = new SilverWatch({ catalogue, pauseMs: 5000, boundMs, guarded })
  }

  /** Lets what can go on do so. */
  async begin(): Promise<void> {
    for (let n = 0; n < shownTables.length; n++) {
      this.watch.begin()
      await new Promise(setImmediate)
    }
    assert.ok(this.#now() >= 0)
  }
}

describe('looks for new files of Silver', () => {
  it('are made of every table, though one of them does not end', async () => {
    const slow = shownTables[0]
    const watching = new Watching(
      (table) => (table === slow ? new Promise(() => undefined) : Promise.resolve()),
      () => performance.now()
    )
    await watching.begin()
    assert.deepEqual([...watching.looks.keys()].sort(), shownTables.map(({ name }) => name).sort())
  })

  it('come again within half of the bound, however long they take', async (t) => {
    let now = 0
    t.mock.method(performance, 'now', () => now)
    const name = shownTables[0]?.name ?? ''
    const watching = new Watching(
      async (table) => {
        if (table.name === name) now += 12_000
      },
      () => now
    )
    await watching.begin()
    assert.equal(watching.looks.get(name), 1)
    now += boundMs / 2
    await watching.begin()
    assert.equal(watching.looks.get(name), 2)
  })

  it('show what is at most a third of the bound old once they end, the longer they take the more closely', async (t) => {
    for (const tookMs of [0, 900, 4000, 5000]) {
      let now = 0
      t.mock.method(performance, 'now', () => now)
      const only = shownTables[0]
      const watching = new Watching(
        async (table) => {
          if (table === only) now += tookMs
        },
        () => now
      )
      await watching.begin()
      while (watching.looks.get(only?.name ?? '') === 1) {
        now += 10
        await watching.begin()
      }
      assert.ok(now <= Math.max(boundMs / 3, 2.5 * tookMs) + 10, `${tookMs}: ${now}`)
    }
  })

  it('cost little where they are long: a twentieth of the time, within the bound', async (t) => {
    let now = 0
    t.mock.method(performance, 'now', () => now)
    const only = shownTables[0]
    const watching = new Watching(
      async (table) => {
        if (table === only) now += 400
      },
      () => now
    )
    await watching.begin()
    now += 7900
    await watching.begin()
    assert.equal(watching.looks.get(only?.name ?? ''), 1)
    now += 100
    await watching.begin()
    assert.equal(watching.looks.get(only?.name ?? ''), 2)
  })
})
