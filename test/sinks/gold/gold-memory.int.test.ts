import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { parseRates } from '../../../sinks/gold/rates.ts'
import { GoldBench, openEngine } from './gold-bench.ts'
import { bookBought, firstDay, itemsOf } from './happenings.ts'

const engine = await openEngine(parseRates('currency,rate\nEUR,1', 'EUR'))
after(() => engine.close())

const purchases = itemsOf(
  Array.from({ length: 1000 }, (_, n) => bookBought(n, firstDay * 86_400_000_000 + n))
)

test('what Gold computed with is not kept: a process that runs for long takes no more memory than at first', async () => {
  const bench = new GoldBench(engine)
  try {
    bench.state.keep(purchases)
    await bench.compute()
    const before = await heldMb()
    for (let round = 0; round < 60; round++) {
      bench.state.computeEverything()
      await bench.compute()
    }
    const grownMb = (await heldMb()) - before
    assert.ok(grownMb < 1, `${grownMb} MB more`)
  } finally {
    bench.close()
  }
})

/** What DuckDB holds for tables in memory. */
async function heldMb(): Promise<number> {
  const rows = await engine.connection.runAndReadAll(
    `SELECT memory_usage_bytes / 1e6 FROM duckdb_memory() WHERE tag = 'IN_MEMORY_TABLE'`
  )
  return Number(rows.getRows()[0]?.[0])
}
