import type { Position } from '../../runtime/pipeline.ts'
import { announcementOf } from './announced.ts'
import type { KeyEntry, KeyState, Published } from './key-state.ts'

interface HandedOut {
  readonly token: Position
  readonly entries: readonly KeyEntry[]
  readonly position: string
  readonly announcement: string
}

/**
 * The key state together with what has been handed out and is not yet durable downstream, so that a reader may read
 * ahead: a row in flight is no news, and its next change gets a higher version. A batch is announced in the state
 * before it can be published: at once, or with the commit of the batch before, which the runner waits for.
 */
export class Ledger {
  readonly state: KeyState
  readonly #inFlight = new Map<string, KeyEntry>()
  #handedOut: HandedOut[] = []
  #tokens = 0

  constructor(state: KeyState) {
    this.state = state
  }

  /** What is published of these keys, rows in flight included. */
  published(keys: readonly string[]): Map<string, Published> {
    return this.withInFlight(this.state.lookup(keys), keys)
  }

  /** The same where what is stored of the keys has been read already. */
  withInFlight(stored: Map<string, Published>, keys: Iterable<string>): Map<string, Published> {
    if (this.#inFlight.size === 0) return stored
    for (const key of keys) {
      const entry = this.#inFlight.get(key)
      if (entry) stored.set(key, entry)
    }
    return stored
  }

  /**
   * Remembers a batch until it is committed; `position` is saved with it. Gives the position its items carry. After a
   * crash a log gives the very changes again (`comesAgain`), a table only its newest rows.
   */
  handOut(entries: readonly KeyEntry[], position: string, { comesAgain = false } = {}): Position {
    const token = String(++this.#tokens) as Position
    for (const entry of entries) this.#inFlight.set(entry.key, entry)
    const announced = comesAgain ? [] : entries
    const announcement = announcementOf(announced)
    if (announced.length > 0 && !this.hasInFlight) this.state.announce([announcement])
    this.#handedOut.push({ token, entries, position, announcement })
    return token
  }

  /** Makes a batch, and all handed out before it, durable in one transaction. */
  commit(token: Position): void {
    const last = this.#handedOut.findIndex((batch) => batch.token === token)
    const position = this.#handedOut[last]?.position
    if (position === undefined) return
    const batches = this.#handedOut.slice(0, last + 1)
    const entries = batches.flatMap((batch) => batch.entries)
    const later = this.#handedOut.slice(last + 1)
    this.state.apply(
      entries,
      position,
      later.map(({ announcement }) => announcement)
    )
    this.#handedOut = later
    for (const entry of entries) if (this.#inFlight.get(entry.key) === entry) this.#inFlight.delete(entry.key)
  }

  /** Saves a position that no batch carries; only while nothing is in flight may it be ahead of the last batch. */
  savePosition(position: string): void {
    this.state.apply([], position)
  }

  get hasInFlight(): boolean {
    return this.#handedOut.length > 0
  }
}
