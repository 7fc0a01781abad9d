/** How long something may wait on a transient error; then the error ends it. */
export class Patience {
  readonly #patienceMs: number
  readonly #nowMs: () => number
  readonly #since = new Map<string, number>()

  constructor(patienceMs: number, nowMs: () => number = () => performance.now()) {
    this.#patienceMs = patienceMs
    this.#nowMs = nowMs
  }

  /** Notes what `who` waits on now, null when on nothing; throws the error once that has lasted too long. */
  note(who: string, error: unknown): void {
    if (error === null) {
      this.#since.delete(who)
      return
    }
    const since = this.#since.get(who) ?? this.#nowMs()
    this.#since.set(who, since)
    if (this.#nowMs() - since >= this.#patienceMs) throw error
  }

  get isWaiting(): boolean {
    return this.#since.size > 0
  }
}
