import { setTimeout as sleep } from 'node:timers/promises'

/** Spreads reading so that no more than so many rows a second are read on average; 0 is no limit. */
export class RateLimit {
  readonly #rowsPerSecond: number
  #freeAtMs = 0

  constructor(rowsPerSecond: number) {
    this.#rowsPerSecond = rowsPerSecond
  }

  /** Resolves when more may be read; rejects when aborted. */
  async ready(signal: AbortSignal): Promise<void> {
    const waitMs = this.#freeAtMs - performance.now()
    if (waitMs > 0) await sleep(waitMs, undefined, { signal })
  }

  /** Counts rows that were read. */
  add(rows: number): void {
    if (this.#rowsPerSecond === 0) return
    this.#freeAtMs = Math.max(this.#freeAtMs, performance.now()) + (rows / this.#rowsPerSecond) * 1000
  }
}
