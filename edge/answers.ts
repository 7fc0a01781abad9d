/** An answer that was given, with what it was given for. */
interface Remembered<A> {
  readonly request: string
  readonly answer: Promise<A>
  readonly until: number
}

/** What `once` found: the answer, or that the key was used for another request. */
export type Once<A> = { readonly answer: Promise<A>; readonly isReused: false } | { readonly isReused: true }

/**
 * Gives a repeated request the answer of the first, also while that one is still at work. An answer that failed is not
 * kept, so that the repeat tries again. (IETF draft "The Idempotency-Key HTTP Header Field".)
 */
export class Answers<A> {
  readonly #kept = new Map<string, Remembered<A>>()
  readonly #keepMs: number
  readonly #max: number

  constructor({ keepMs, max }: { keepMs: number; max: number }) {
    this.#keepMs = keepMs
    this.#max = max
  }

  once(key: string, request: string, give: () => Promise<A>): Once<A> {
    const known = this.#kept.get(key)
    if (known && known.until > performance.now())
      return known.request === request ? { answer: known.answer, isReused: false } : { isReused: true }
    const answer = give()
    this.#keep(key, { request, answer, until: performance.now() + this.#keepMs })
    answer.catch(() => this.#kept.delete(key))
    return { answer, isReused: false }
  }

  #keep(key: string, remembered: Remembered<A>): void {
    this.#kept.delete(key)
    this.#kept.set(key, remembered)
    // A map keeps the order of insertion: the first is the oldest.
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size <= this.#max) return
      this.#kept.delete(oldest)
    }
  }
}
