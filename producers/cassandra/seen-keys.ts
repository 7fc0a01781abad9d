import type { KeyState } from '../state/key-state.ts'

const mostHeld = 50_000

/**
 * Keys that a scan found and whose partition may go on. A partition may have millions of rows, in an order that is not
 * that of their keys, so beyond a number they wait in a temporary table of the state.
 */
export class SeenKeys {
  readonly #state: KeyState
  readonly #mostHeld: number
  readonly #held = new Set<string>()
  #hasStored = false

  constructor(state: KeyState, options: { mostHeld: number } = { mostHeld }) {
    this.#state = state
    this.#mostHeld = options.mostHeld
    state.forgetSeen()
  }

  /** How many keys are in memory. */
  get held(): number {
    return this.#held.size
  }

  add(keys: Iterable<string>): void {
    for (const key of keys) this.#held.add(key)
    if (this.#held.size <= this.#mostHeld) return
    this.#state.addSeen(this.#held)
    this.#held.clear()
    this.#hasStored = true
  }

  has(key: string): boolean {
    return this.#held.has(key) || (this.#hasStored && this.#state.hasSeen(key))
  }

  forget(): void {
    this.#held.clear()
    if (this.#hasStored) this.#state.forgetSeen()
    this.#hasStored = false
  }
}
