import type { Batch, StoredOffsets } from '../pipeline.ts'

/**
 * Batches that a writer has taken and not made durable yet. They are committed, in order, after its next durable
 * write. Where the writer has `stored`, they are forgotten when partitions are assigned anew: what was held is then
 * read again (promise 1).
 */
export class HeldBatches {
  #batches: Batch<unknown>[] = []
  readonly #onForgotten: () => void

  /** `onForgotten` is told when what is held is to be read again. */
  constructor(onForgotten: () => void) {
    this.#onForgotten = onForgotten
  }

  /**
   * Keeps a batch without its items: only what its reader put beside them is needed to commit it. That may lie behind
   * records that were set aside or passed over, so one without items is left out only where nothing was read.
   */
  add(batch: Batch<unknown>): void {
    const { items, failures = [], caughtUp } = batch
    if (items.length + failures.length > 0 || !caughtUp)
      this.#batches.push({ ...batch, items: [], failures: [] })
  }

  /** What is to be committed now; afterwards nothing is held. */
  take(): readonly Batch<unknown>[] {
    const taken = this.#batches
    this.#batches = []
    return taken
  }

  /** The stored offsets of a writer; asking for them forgets what is held. */
  forgottenBy(stored: StoredOffsets): StoredOffsets {
    return {
      ...(stored.save && { save: async (topic, next) => stored.save?.(topic, next) }),
      nextOffsets: async (topic, partitions) => {
        const next = await stored.nextOffsets(topic, partitions)
        this.#batches = []
        this.#onForgotten()
        return next
      }
    }
  }
}
