import type { Batch, Item, LogItem, Metrics } from '../pipeline.ts'

const known = new WeakMap<Metrics, ItemCounts>()

/** What became of a batch. */
interface Settled {
  readonly batch: Batch<unknown>
  /** What the writer took, and what the rejects channel took. */
  readonly taken: readonly Item<unknown>[]
  readonly rejected: readonly Item<unknown>[]
  /** Those of the taken that stand in for what was rejected: they are counted as withdrawn, not as written. */
  readonly instead?: ReadonlySet<Item<unknown>>
}

/**
 * Counts each record once, and as written only when it is: what is read again, after partitions were assigned anew, is
 * in `items_repeated_total` instead, and what the writer holds is in the gauge `items_held` until it is durable.
 */
export class ItemCounts {
  readonly #metrics: Metrics
  /** By partition, behind the last record that was counted as read; and as written, or held. */
  readonly #read = new Map<string, number>()
  #taken = new Map<string, number>()
  /** As it is without what is held. */
  #written = new Map<string, number>()
  #held = 0

  constructor(metrics: Metrics) {
    this.#metrics = metrics
  }

  /** Those of a pipeline, also when it was started again in this process: what it held then is read again. */
  static of(metrics: Metrics): ItemCounts {
    const counts = known.get(metrics) ?? new ItemCounts(metrics)
    known.set(metrics, counts)
    counts.forgotten()
    return counts
  }

  /** Counts a batch that was settled; `isHeld` when the writer has not made it durable yet. */
  add({ batch, taken, rejected, instead }: Settled, isHeld: boolean): void {
    const { items, failures = [] } = batch
    const all = [...items, ...failures.map(({ item }) => item)]
    const isNew = newIn(this.#read, all)
    const isUntaken = newIn(this.#taken, all)
    this.#count('items_read_total', all.filter(isNew).length)
    this.#count('items_repeated_total', all.length - all.filter(isNew).length)
    this.#count('items_rejected_total', rejected.filter(isNew).length)
    this.#count('items_withdrawn_total', taken.filter((item) => instead?.has(item) && isNew(item)).length)
    advance(this.#read, all)
    advance(this.#taken, all)
    this.#setHeld(this.#held + taken.filter((item) => !instead?.has(item) && isUntaken(item)).length)
    if (!isHeld) this.durable()
  }

  /** What was held is durable. */
  durable(): void {
    this.#metrics.count('items_written_total', this.#held)
    this.#written = new Map(this.#taken)
    this.#setHeld(0)
  }

  /** What was held is read again. */
  forgotten(): void {
    this.#taken = new Map(this.#written)
    this.#setHeld(0)
  }

  #count(metric: string, by: number): void {
    if (by > 0) this.#metrics.count(metric, by)
  }

  #setHeld(held: number): void {
    if (held !== this.#held) this.#metrics.gauge('items_held', held)
    this.#held = held
  }
}

/** Tells items by their position, which what a step made of them has, too; those of no log are always new. */
function newIn(ends: ReadonlyMap<string, number>, items: readonly Item<unknown>[]) {
  const repeated = new Set(
    items
      .filter((item) => isLogItem(item) && item.offset < (ends.get(placeOf(item)) ?? 0))
      .map((item) => item.position)
  )
  return ({ position }: Item<unknown>) => !repeated.has(position)
}

function advance(ends: Map<string, number>, items: readonly Item<unknown>[]): void {
  for (const item of items)
    if (isLogItem(item)) ends.set(placeOf(item), Math.max(ends.get(placeOf(item)) ?? 0, item.offset + 1))
}

const isLogItem = (item: Item<unknown>): item is LogItem<unknown> => 'offset' in item && 'partition' in item
const placeOf = ({ topic, partition }: LogItem<unknown>) => `${topic}/${partition}`
