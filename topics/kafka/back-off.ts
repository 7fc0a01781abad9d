const firstMs = 100
const longestMs = 2_000

/** Jittered pauses that double from 0.1 s to 2 s: a broker that restarts is met again within seconds. */
export class BackOff {
  #ms = firstMs

  /** Milliseconds to wait before the next attempt. */
  next(): number {
    const ms = this.#ms
    this.#ms = Math.min(ms * 2, longestMs)
    return Math.round(ms * (0.5 + Math.random() / 2))
  }

  /** To be called after a success. */
  reset(): void {
    this.#ms = firstMs
  }
}
