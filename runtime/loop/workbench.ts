import { Hand, retryIn, type Settling, tellLeft } from './hand.ts'
import { LeaseLost, requireLease } from '../lease.ts'
import type { Batch, Context, Item, LogItem } from '../pipeline.ts'
import { endsWithin, untilAborted } from './stopping.ts'

/** What the workbench needs of the run's options. */
interface WorkbenchOptions {
  readonly signal: AbortSignal
  readonly context: Context
  readonly graceMs?: number
  readonly onBatch?: (caughtUp: boolean) => void
}

/**
 * The loop of a pipeline whose items take seconds: each is taken when there is a place, worked at beside the others, and
 * settled by itself: step, dead letters, write, commit, in the runner's order. One that takes long keeps no other from
 * its end; the position stays before the lowest that is unfinished, so that a crash repeats what was in hand and
 * what ended behind it, and loses nothing (promises 1 and 2).
 */
export class Workbench {
  readonly #settling: Settling
  readonly #options: WorkbenchOptions
  readonly #places: number
  readonly #counts: SettledCounts
  readonly #inHand = new Set<Promise<void>>()
  #failure: { readonly error: unknown } | null = null

  constructor(settling: Settling, options: WorkbenchOptions) {
    const { pipeline, parts } = settling
    const { places = 1 } = pipeline
    if (!parts.reader.anyOrder)
      throw new Error(`${pipeline.name} has places, and a reader that keeps an order`)
    this.#settling = settling
    this.#options = options
    this.#places = typeof places === 'function' ? places(options.context.settings) : places
    this.#counts = new SettledCounts(options.context)
  }

  /**
   * Resolves when told to stop, once what is in hand is settled; rejects with the first error that is not transient, or
   * when the deadline aborts before that.
   */
  async run({
    patience,
    deadline
  }: {
    readonly patience: AbortSignal
    readonly deadline: AbortSignal
  }): Promise<void> {
    const { signal, graceMs = 10_000 } = this.#options
    while (!signal.aborted && !this.#failure) {
      if (this.#inHand.size >= this.#places) await untilAborted(Promise.race(this.#inHand), deadline)
      else this.#begin(await untilAborted(this.#read(), patience))
    }
    const ended = Promise.all(this.#inHand)
    // The others of a failed one may end what they do, and are read again if they do not in time.
    if (this.#failure) await endsWithin(ended, graceMs)
    else await untilAborted(ended, deadline)
    if (this.#failure) throw this.#failure.error
  }

  #read(): Promise<Batch<unknown>> {
    const { signal } = this.#options
    const request = { limit: 1, lingerMs: 0, signal }
    return retryIn(this.#settling, { what: 'read', signal }, () => this.#settling.parts.reader.read(request))
  }

  #begin(batch: Batch<unknown>): void {
    const settled: Promise<void> = this.#settle(batch)
      .catch((error: unknown) => {
        this.#failure ??= { error }
      })
      .finally(() => {
        this.#inHand.delete(settled)
        this.#options.context.metrics.gauge('places_taken', this.#inHand.size)
      })
    this.#inHand.add(settled)
    this.#options.context.metrics.gauge('places_taken', this.#inHand.size)
  }

  async #settle(batch: Batch<unknown>): Promise<void> {
    const hand = new Hand(this.#settling, batch.lease)
    try {
      requireLease(batch.lease)
      const outcome = await hand.settle(batch)
      if (hand.isHeld)
        throw new Error(`${this.#settling.pipeline.name} has places, and a writer that holds items`)
      await hand.commit(batch)
      this.#counts.add(batch, outcome)
      this.#options.onBatch?.(batch.caughtUp && this.#inHand.size <= 1)
    } catch (error) {
      if (!(error instanceof LeaseLost)) throw error
      tellLeft(batch, this.#options.context)
    }
  }
}

/** How many of the last items are known again when they are read a second time. */
const remembered = 10_000

/** Counts each item once, though they end in any order and those above the lowest unfinished one may come again. */
class SettledCounts {
  readonly #context: Context
  readonly #places = new Set<string>()

  constructor(context: Context) {
    this.#context = context
  }

  add(
    { items, failures = [] }: Batch<unknown>,
    { taken, rejected }: { readonly taken: readonly unknown[]; readonly rejected: readonly unknown[] }
  ): void {
    const all = [...items, ...failures.map(({ item }) => item)]
    const repeated = all.filter((item) => this.#isRepeat(item)).length
    this.#count('items_read_total', all.length - repeated)
    this.#count('items_repeated_total', repeated)
    if (repeated > 0) return
    this.#count('items_written_total', taken.length)
    this.#count('items_rejected_total', rejected.length)
  }

  #isRepeat(item: Item<unknown>): boolean {
    const { topic, partition, offset } = item as Partial<LogItem<unknown>>
    const place = topic === undefined ? item.position : `${topic}/${partition}/${offset}`
    if (this.#places.has(place)) return true
    this.#places.add(place)
    if (this.#places.size > remembered)
      for (const first of this.#places.values()) return !this.#places.delete(first)
    return false
  }

  #count(metric: string, by: number): void {
    if (by > 0) this.#context.metrics.count(metric, by)
  }
}
