import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { ItemCounts } from '../../../runtime/loop/item-counts.ts'
import type { Item, LogItem, Position } from '../../../runtime/pipeline.ts'

const items = (from: number, to: number, partition = 0): LogItem<number>[] =>
  Array.from({ length: to - from }, (_, n) => {
    const offset = from + n
    const position = `t/${partition}/${offset}` as Position
    return { id: position, value: n, key: 'k', position, at: new Date(0), topic: 't', partition, offset }
  })

function counting() {
  const totals = new Map<string, number>()
  const metrics = {
    count: (name: string, by = 1) => void totals.set(name, (totals.get(name) ?? 0) + by),
    gauge: (name: string, value: number) => void totals.set(name, value)
  }
  const counts = new ItemCounts(metrics)
  const add = (read: readonly Item<number>[], isHeld = false, taken: readonly Item<unknown>[] = read) =>
    counts.add({ batch: { items: read, caughtUp: false }, taken, rejected: [] }, isHeld)
  const of = (name: string) => totals.get(name) ?? 0
  return { counts, add, of }
}

describe('what a pipeline counts', () => {
  it('as written is durable: what its sink holds is a gauge of its own until then', () => {
    const { counts, add, of } = counting()
    add(items(0, 1000), true)
    add(items(1000, 2000), true)
    assert.deepEqual([of('items_read_total'), of('items_written_total'), of('items_held')], [2000, 0, 2000])
    add(items(2000, 2500))
    assert.deepEqual([of('items_written_total'), of('items_held')], [2500, 0])
    add(items(2500, 2600), true)
    counts.durable()
    assert.deepEqual([of('items_written_total'), of('items_held')], [2600, 0])
  })

  it('is each record once, though partitions are assigned anew and read again', () => {
    const { add, of } = counting()
    add(items(0, 287))
    add(items(0, 500, 1))
    add(items(0, 287))
    add(items(200, 300))
    assert.deepEqual([of('items_read_total'), of('items_written_total')], [800, 800])
    assert.equal(of('items_repeated_total'), 287 + 87)
  })

  it('forgets what was held and is read again, but not that it was read', () => {
    const { counts, add, of } = counting()
    add(items(0, 100))
    add(items(100, 200), true)
    counts.forgotten()
    assert.equal(of('items_held'), 0)
    add(items(100, 200), true)
    add(items(200, 210))
    assert.deepEqual([of('items_read_total'), of('items_written_total')], [210, 210])
  })

  it('goes on after its pipeline failed and was started again in the same process', () => {
    const totals = new Map<string, number>()
    const metrics = {
      count: (name: string, by = 1) => void totals.set(name, (totals.get(name) ?? 0) + by),
      gauge: () => undefined
    }
    for (const isHeld of [true, false])
      ItemCounts.of(metrics).add(
        { batch: { items: items(0, 50), caughtUp: false }, taken: items(0, 50), rejected: [] },
        isHeld
      )
    assert.deepEqual([totals.get('items_read_total'), totals.get('items_written_total')], [50, 50])
  })

  it('of what held rows came again without a word counts each once', () => {
    const { add, of } = counting()
    add(items(0, 100), true)
    add(items(0, 100), true)
    assert.equal(of('items_held'), 100)
    add(items(100, 101))
    assert.equal(of('items_written_total'), 101)
  })

  it('counts what steps made of items by the items, and all that comes from no log', () => {
    const { add, of } = counting()
    const read = items(0, 10)
    const made = read.flatMap(({ id, key, position, at }) =>
      ['a', 'b'].map((value): Item<string> => ({ id: id + value, value, key, position, at }))
    )
    add(read, false, made)
    add(read, false, made)
    assert.equal(of('items_written_total'), 20)
    const rows: Item<number>[] = read.map(({ id, value, key, at }) => ({
      id,
      value,
      key,
      at,
      position: '' as Position
    }))
    add(rows)
    add(rows)
    assert.equal(of('items_written_total'), 40)
  })
})
