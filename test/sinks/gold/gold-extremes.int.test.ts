import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import { parseRates } from '../../../sinks/gold/rates.ts'
import { stateFile } from '../../../sinks/gold/state/gold-state.ts'
import { dayMicros } from '../../../sinks/gold/time.ts'
import { eventually } from '../../support/eventually.ts'
import { GoldBench, openEngine } from './gold-bench.ts'
import { GoldWorld } from './gold-world.ts'
import { bookBought, firstDay, type Happening, itemsOf, uuid } from './happenings.ts'
import { goldOf } from './oracle.ts'

const at = firstDay * dayMicros

/** Digits as text with so many of them behind the point. */
const withPoint = (digits: bigint, scale: number): string =>
  String(digits)
    .padStart(scale + 1, '0')
    .replace(new RegExp(`(\\d{${scale}})$`), '.$1')

/** Of `digits` digits at most, its ends and the tens in between among them. */
const wide = (digits: number, least: bigint): fc.Arbitrary<bigint> =>
  fc.oneof(
    fc.constantFrom(least, 10n ** BigInt(digits) - 1n),
    fc.nat(digits - 1).map((power) => 10n ** BigInt(power)),
    fc.bigInt(least, 10n ** BigInt(digits) - 1n)
  )

/** All that DECIMAL(18,4) and a line of the rates file can say. */
const amount = wide(18, 0n).map((digits) => withPoint(digits, 4))
const rate = wide(18, 1n).map((digits) => withPoint(digits, 8))

const changed = (one: Happening, values: Happening['row']): Happening => ({
  ...one,
  row: { ...one.row, ...values }
})

const bought = (n: number, values: Happening['row']): Happening =>
  changed(bookBought(n, at + n), { user_id: uuid(1, n % 2), ...values })

describe('Gold, of amounts and rates as wide as their types', () => {
  it('adds purchases up exactly, whatever they are worth', async () => {
    const purchase = fc.record({ amount, currency: fc.constantFrom('JPY', 'EUR', 'KWD') })
    const runs = fc.asyncProperty(
      fc.array(purchase, { minLength: 1, maxLength: 40 }),
      fc.tuple(rate, rate),
      async (list, [euro, dinar]) => {
        const rates = parseRates(`currency,rate\nJPY,1\nEUR,${euro}\nKWD,${dinar}`, 'JPY')
        const engine = await openEngine(rates)
        const bench = new GoldBench(engine)
        try {
          const happenings = list.map((one, n) => bought(n, one))
          bench.state.keep(itemsOf(happenings))
          await bench.compute()
          assert.deepEqual(await bench.rows(), goldOf(happenings, rates))
        } finally {
          bench.close()
          engine.close()
        }
      }
    )
    const most = { amount: withPoint(10n ** 18n - 1n, 4), currency: 'EUR' }
    const greatest = withPoint(10n ** 18n - 1n, 8)
    const million = { amount: '1000000.0000', currency: 'EUR' }
    await fc.assert(runs, {
      numRuns: Number(process.env['COURANT_TEST_RUNS'] ?? 12),
      verbose: true,
      examples: [
        [[million], ['1', '1']],
        [[{ ...million, amount: '6250.0000' }], ['160', '1']],
        [Array.from({ length: 250 }, () => most), [greatest, '1']]
      ]
    })
  })

  it('keeps what cannot be computed to its day: others go on, it is listed with its cause, and heals', async () => {
    const rates = parseRates('currency,rate\nEUR,1', 'EUR')
    const engine = await openEngine(rates)
    const bench = new GoldBench(engine)
    try {
      const others = Array.from({ length: 60 }, (_, n) => bookBought(n, at + n * dayMicros))
      bench.state.keep(itemsOf(others))
      await bench.compute()
      const spoilt = bookBought(3, at + 3 * dayMicros)
      const isSpoilt = (one: Happening) => one.row['purchase_id'] === uuid(5, 3)
      const everything = [
        ...others,
        ...others.map((one) => ({ ...one, row: { ...one.row, amount: '2.0000' } }))
      ]
      bench.state.keep(itemsOf(everything))
      spoil(bench.folder, Number(spoilt.row['purchase_time']))
      await bench.compute()
      assert.deepEqual(
        await bench.rows(),
        goldOf(
          everything.filter((one) => !isSpoilt(one)),
          rates
        )
      )
      assert.deepEqual(
        bench.state.uncomputed().map(({ subject, userId, day, reason }) => [subject, userId, day, reason]),
        [['activity', uuid(1, 3).replaceAll('-', ''), firstDay + 3, 'Conversion Error']]
      )
      const again = [...everything, changed(spoilt, { amount: '3.0000' })]
      bench.state.keep(itemsOf(again))
      await bench.compute()
      assert.deepEqual(await bench.rows(), goldOf(again, rates))
      assert.deepEqual(bench.state.uncomputed(), [])
    } finally {
      bench.close()
      engine.close()
    }
  })

  it('tries what could not be computed again at the next start', async () => {
    const engine = await openEngine(parseRates('currency,rate\nEUR,1', 'EUR'))
    const bench = new GoldBench(engine)
    try {
      bench.state.keep(itemsOf([bookBought(1, at)]))
      spoil(bench.folder, at)
      await bench.compute()
      assert.equal(bench.state.waiting.any(), false)
      bench.reopen()
      assert.equal(bench.state.waiting.count(), 1)
    } finally {
      bench.close()
      engine.close()
    }
  })

  it('goes on taking what comes, and publishing, while a day cannot be computed', async () => {
    const world = new GoldWorld()
    const sink = await world.open()
    try {
      const books = Array.from({ length: 40 }, (_, n) => bookBought(n, at + n * dayMicros))
      // The twenty-first is of the day that will have been spoilt.
      const items = itemsOf([...books.slice(0, 20), bookBought(7, at + 1), ...books.slice(20)])
      const write = (from: number, to: number) =>
        sink.write(items.slice(from, to), { signal: AbortSignal.timeout(60_000) })
      await write(0, 20)
      await eventually(async () => (await seen(world)) === 20)
      spoil(join(world.folder, 'gold'), at)
      await write(20, 21)
      await eventually(async () => (await world.count('quality.uncomputed')) === 1)
      for (let n = 21; n < 41; n++) await write(n, n + 1)
      await eventually(async () => (await seen(world)) === 39)
    } finally {
      await sink.close()
      world.remove()
    }
  })
})

/** Days with figures that analysts see. */
async function seen(world: GoldWorld): Promise<number> {
  return existsSync(world.analytics) ? world.count('global_user_activity_per_day') : 0
}

/** Puts what no model can read in the place of an amount, past everything that checks amounts. */
function spoil(folder: string, purchaseTime: number): void {
  const database = new DatabaseSync(stateFile(folder))
  database.prepare(`UPDATE purchases SET amount = 'no amount' WHERE purchase_time = ?`).run(purchaseTime)
  database.close()
}
