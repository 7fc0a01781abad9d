import assert from 'node:assert/strict'
import { after, describe, it } from 'node:test'
import * as fc from 'fast-check'
import { parseRates } from '../../../sinks/gold/rates.ts'
import type { ChangeItem } from '../../../sinks/gold/state/kept-table.ts'
import { dayMicros } from '../../../sinks/gold/time.ts'
import { tables } from '../../../schemas/tables.ts'
import { GoldBench, openEngine } from './gold-bench.ts'
import { firstDay, type Happening, happenings, itemsOf, uuid } from './happenings.ts'
import { goldOf } from './oracle.ts'

const rates = parseRates('currency,rate,valid_from\nEUR,1,\nUSD,0.92345678,\nUSD,0.5,2025-11-10', 'EUR')

/** A run makes its own Gold, which takes a tenth of a second; what fails is made smaller for a minute at most. */
const options = {
  numRuns: Number(process.env['COURANT_TEST_RUNS'] ?? 15),
  interruptAfterTimeLimit: 60_000,
  verbose: true
} as const
const hour = dayMicros / 24
const engine = await openEngine(rates)
after(() => engine.close())

describe('Gold, computed as changes come', () => {
  it('gives what the definitions say, after each batch, whatever the batches', {
    timeout: 600_000
  }, async () => {
    const runs = fc.asyncProperty(happenings, fc.integer({ min: 5, max: 40 }), async (list, size) => {
      await withBench(async (bench) => {
        const items = itemsOf(list)
        for (let from = 0; from < items.length; from += size) {
          bench.state.keep(items.slice(from, from + size))
          await bench.compute()
          assert.deepEqual(await bench.rows(), goldOf(list.slice(0, from + size), rates))
        }
      })
    })
    await fc.assert(runs, options)
  })

  it('counts a late session for the content that stands, when another version of the notification was read', async () => {
    const at = firstDay * dayMicros
    const notification = { user_id: uuid(1, 1), notification_time: at, notification_id: uuid(6, 1) }
    const session = { user_id: uuid(1, 1), session_id: uuid(2, 1) }
    const list: Happening[] = [
      {
        table: tables.userNotifications,
        at: at + 1,
        isDelete: false,
        row: { ...notification, content: 'News', state: 'read', modified_at: at + hour }
      },
      {
        table: tables.userNotifications,
        at: at + 2,
        isDelete: false,
        row: { ...notification, content: 'Sale', state: 'sent', modified_at: at + 20 * hour }
      },
      ...(['login', 'logout'] as const).map((event_type, n) => ({
        table: tables.userSessionEvents,
        at: at + 3 + n,
        isDelete: false,
        row: { ...session, event_time: at + (1 + n) * hour, event_type }
      }))
    ]
    await withBench(async (bench) => {
      for (const item of itemsOf(list)) {
        bench.state.keep([item])
        await bench.compute()
      }
      const rows = await bench.rows()
      assert.deepEqual(rows, goldOf(list, rates))
      assert.match(rows.global_notif_impact_per_day[0] ?? '', /Sale\|.*\|true\|3600$/)
    })
  })

  it('gives the same rows in any order that keeps the order of each key', { timeout: 600_000 }, async () => {
    const runs = fc.asyncProperty(happenings, fc.infiniteStream(fc.nat()), async (list, random) => {
      await withBench(async (bench) => {
        const shuffled = mixed(itemsOf(list), random)
        for (let from = 0; from < shuffled.length; from += 7) {
          bench.state.keep(shuffled.slice(from, from + 7))
          await bench.compute()
        }
        assert.deepEqual(await bench.rows(), goldOf(list, rates))
      })
    })
    await fc.assert(runs, options)
  })

  it('drops what comes again after a restart, and computes a day again whose mark a crash left behind', async () => {
    const runs = fc.asyncProperty(happenings, fc.nat(), async (list, seed) => {
      await withBench(async (bench) => {
        const items = itemsOf(list)
        const crash = seed % items.length
        bench.state.keep(items.slice(0, crash))
        await bench.compute()
        bench.state.keep(items.slice(crash, crash + 5))
        bench.reopen()
        bench.state.keep(items.slice(Math.max(0, crash - 10)))
        await bench.compute()
        assert.deepEqual(await bench.rows(), goldOf(list, rates))
      })
    })
    await fc.assert(runs, options)
  })

  it('never goes back: changes that come again, late and older than what is known, change nothing', async () => {
    const runs = fc.asyncProperty(happenings, fc.infiniteStream(fc.boolean()), async (list, random) => {
      await withBench(async (bench) => {
        const items = itemsOf(list)
        bench.state.keep(items)
        await bench.compute()
        bench.state.keep(appendedAgain(items, random))
        await bench.compute()
        assert.deepEqual(await bench.rows(), goldOf(list, rates))
      })
    })
    await fc.assert(runs, options)
  })
})

/** Some of the items once more at the end of their logs, as a resent batch or a snapshot beside live changes. */
function appendedAgain(items: readonly ChangeItem[], random: Iterator<boolean>): ChangeItem[] {
  const ends = new Map<string, number>()
  for (const { topic, partition, offset } of items) ends.set(`${topic}/${partition}`, offset + 1)
  return items
    .filter(() => random.next().value === true)
    .map((item) => {
      const place = `${item.topic}/${item.partition}`
      const offset = ends.get(place) ?? 0
      ends.set(place, offset + 1)
      return { ...item, offset }
    })
}

/** Items in another order, in which the items of a topic's partition, and so of a key, keep theirs. */
function mixed(items: readonly ChangeItem[], random: Iterable<number>): ChangeItem[] {
  const logs = Object.values(Object.groupBy(items, ({ topic, partition }) => `${topic}/${partition}`))
  const rest = logs.map((log) => [...(log ?? [])])
  const out: ChangeItem[] = []
  for (const n of random) {
    const open = rest.filter((log) => log.length > 0)
    if (open.length === 0) return out
    out.push(...(open[n % open.length]?.splice(0, 1 + (n % 3)) ?? []))
  }
  return out
}

async function withBench(action: (bench: GoldBench) => Promise<void>): Promise<void> {
  const bench = new GoldBench(engine)
  try {
    await action(bench)
  } finally {
    bench.close()
  }
}
