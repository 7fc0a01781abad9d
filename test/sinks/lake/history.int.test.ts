import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { LogItem } from '../../../runtime/pipeline.ts'
import { bronzeSink } from '../../../sinks/lake/bronze.ts'
import { Compactor } from '../../../sinks/lake/compactor.ts'
import { historyOf } from '../../../sinks/lake/history.ts'
import type { CleanItem } from '../../../sinks/lake/silver-columns.ts'
import { silverFiles } from '../../../sinks/lake/silver-files.ts'
import { silverSink } from '../../../sinks/lake/silver.ts'
import { bytesContent } from '../../../runtime/object-store/content.ts'
import { MemoryObjectStore } from '../../support/memory-object-store.ts'
import { cleanChange, rawChange } from './sample-log.ts'
import { type SilverLake, signal, silverLake } from './silver-lake.ts'
import { bronzeRows, placesOf, silverRows } from './stored-rows.ts'

const rows = 800
const seen = Date.UTC(2026, 10, 1)
const span = 540 * 86_400_000

/** Change `n` as the first snapshot of an old table brings it: in the order of its key, which says nothing of its time. */
function old<T extends { readonly source: object }>(item: LogItem<T>, n: number): LogItem<T> {
  const at = new Date(Math.floor(seen - (((n * 7919) % rows) / rows) * span))
  return {
    ...item,
    at,
    value: { ...item.value, source: { ...item.value.source, ts_us: at.getTime() * 1000 } }
  }
}
const all = <T extends { readonly source: object }>(item: (n: number) => LogItem<T>) =>
  Array.from({ length: rows }, (_, n) => old(item(n), n))
const clean = (from: number, to: number): CleanItem[] => all(cleanChange).slice(from, to)

async function countOf(lake: SilverLake, prefix: string): Promise<number> {
  let count = 0
  for await (const { name } of lake.store.list(prefix)) if (!name.includes('/_')) count++
  return count
}

async function writeSilver(lake: SilverLake, items: readonly CleanItem[]): Promise<void> {
  const writer = await silverSink(lake.table).open(lake.context)
  await writer.write(items, { signal: signal() })
  await writer.write([], { signal: signal() })
  await writer.close()
}

describe('history in the lake', () => {
  it('is a file a month and partition, not one for every few rows: Bronze, and Silver, compacted to one a month', async () => {
    const lake = await silverLake()
    const bronze = await bronzeSink(lake.table).open(lake.context)
    await bronze.write(all(rawChange), { signal: signal() })
    await bronze.write([], { signal: signal() })
    await bronze.close()
    await writeSilver(lake, clean(0, rows))
    // 18 months, and the 32 days before the snapshot by day, of three partitions.
    for (const layer of ['bronze', 'silver'])
      assert.ok(
        (await countOf(lake, `${layer}/`)) <= (19 + 33) * 3,
        `${await countOf(lake, `${layer}/`)} files`
      )
    const compactor = new Compactor(lake)
    await compactor.look({ evenIfBusy: true })
    await compactor.look()
    assert.ok((await countOf(lake, 'silver/')) <= 19 + 33, `${await countOf(lake, 'silver/')} files`)
    assert.deepEqual(lake.context.warnings, [], 'every month passes its checks')
    const expected = clean(0, rows).map(({ partition, offset }) => `${partition}/${offset}`)
    assert.deepEqual(placesOf(await silverRows(lake.store, lake.table.name)).sort(), expected.sort())
    assert.deepEqual(placesOf(await bronzeRows(lake.store, lake.table.name)).sort(), expected)
  })

  it('is found by the days it is of', async () => {
    const lake = await silverLake()
    await writeSilver(lake, clean(0, rows))
    const files = await silverFiles(lake.store, lake.table.name, { from: '2025-09-10', to: '2025-09-12' })
    assert.deepEqual([...new Set(files.map(({ ds }) => ds))], ['2025-09'])
    const across = await silverFiles(lake.store, lake.table.name, { from: '2026-09-28', to: '2026-10-03' })
    const found = new Set(across.map(({ ds }) => ds))
    assert.ok(found.has('2026-09') && found.has('2026-10-02'), [...found].join())
    assert.ok([...found].every((ds) => ds === '2026-09' || (ds >= '2026-09-28' && ds <= '2026-10-03')))
  })

  it('comes again to where it is, also in a lake from before there were months', async () => {
    const lake = await silverLake()
    const now = new Date(seen)
    const before = { ...lake.context, now: () => now }
    // What the version before left: files by day, and nothing that says so.
    const asBefore = clean(0, 60).map((item) => ({
      ...item,
      value: { ...item.value, ts_ms: item.at.getTime() }
    }))
    await writeSilver(lake, asBefore)
    await lake.store.delete(`silver/${lake.table.name}/_layout.json`)
    const writer = await silverSink(lake.table).open(before)
    await writer.write(clean(30, 90), { signal: signal() })
    await writer.write([], { signal: signal() })
    await writer.close()
    assert.equal(lake.context.counted.get('lake_rows_known_total'), 30, 'the repeat was known by its day')
    const tomorrow = clean(90, 120).map((item) => ({
      ...item,
      value: { ...item.value, ts_ms: seen + 2 * 86_400_000 }
    }))
    await writeSilver(lake, tomorrow)
    await writeSilver(lake, tomorrow)
    assert.equal((await silverRows(lake.store, lake.table.name)).length, 120)
    assert.ok((await silverFiles(lake.store, lake.table.name)).some(({ ds }) => ds.length === 7))
  })

  it('is told alike by all writers of a folder, for ever', async () => {
    const store = new MemoryObjectStore()
    await store.put('silver/t/2026-01-01/t-p0-0000000000000000.parquet', bytesContent('x'))
    const item = (ts_ms: number, ageDays: number) => ({
      at: new Date(ts_ms - ageDays * 86_400_000),
      value: { ts_ms }
    })
    const [one, two] = await Promise.all([
      historyOf(store, 'silver/t', new Date(seen)),
      historyOf(store, 'silver/t', new Date(seen + 3_600_000))
    ])
    const later = await historyOf(store, 'silver/t', new Date(seen + 1e10))
    for (const hours of [0, 23, 24.5, 26, 400])
      for (const age of [1, 31, 33, 4000]) {
        const [a, b, c] = [one, two, later].map((is) => is(item(seen + hours * 3_600_000, age)))
        assert.ok(a === b && b === c, `${hours} ${age}`)
      }
    assert.equal(one(item(seen, 4000)), false)
    assert.equal(one(item(seen + 1e10, 4000)), true)
    await store.delete('silver/t/_layout.json')
    await store.put('silver/t/_layout.json', bytesContent('{}'))
    await assert.rejects(historyOf(store, 'silver/t', new Date(seen)), { code: 'TARGET_REFUSED' })
  })
})
