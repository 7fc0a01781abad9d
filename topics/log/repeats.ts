import type { KafkaRecord, TopicOffset, TopicPartition } from '../kafka/port.ts'

/** A partition as text, for maps. */
export const placeOf = ({ topic, partition }: TopicPartition) => `${topic}/${partition}`

/** Remembers the last `size` ids, to know a repeat that an at-least-once writer left in the log. */
export class RepeatWindow {
  readonly #ids = new Set<string>()
  /** The same ids in order of arrival, as a ring: the next to be forgotten stands at #at. */
  readonly #ring: string[] = []
  readonly #size: number
  #at = 0

  constructor(size: number) {
    this.#size = size
  }

  /** True when the id is among the last ones; otherwise it is remembered. */
  isRepeat(id: string): boolean {
    if (this.#ids.has(id)) return true
    const forgotten = this.#ring[this.#at]
    if (forgotten !== undefined) this.#ids.delete(forgotten)
    this.#ring[this.#at] = id
    this.#at = (this.#at + 1) % this.#size
    this.#ids.add(id)
    return false
  }
}

interface Place {
  readonly window: RepeatWindow
  /** Records before this offset were delivered in an earlier life; they only fill the window. */
  readonly start: number
}

/** Drops repeats per partition. Reading starts a window's length early, so that a restart does not let repeats through. */
export class Repeats {
  readonly size: number
  readonly #places = new Map<string, Place>()

  constructor(size: number) {
    this.size = size
  }

  /** Forgets what it knew of a partition that is read anew; returns where to read from, given the first offset in the log. */
  begin(at: TopicOffset, low: number): TopicOffset {
    if (this.size === 0) return at
    this.#places.set(placeOf(at), { window: new RepeatWindow(this.size), start: at.offset })
    // A start that lies before the log is the port's to report as OFFSET_LOST.
    return { ...at, offset: Math.min(at.offset, Math.max(low, at.offset - this.size)) }
  }

  /** Where delivery begins, which reading begins a window's length before; undefined where nothing is remembered. */
  startOf(place: string): number | undefined {
    return this.#places.get(place)?.start
  }

  /** True for a record that was read only to warm the window up. */
  isBeforeStart({ offset }: KafkaRecord, place: string): boolean {
    return offset < (this.#places.get(place)?.start ?? 0)
  }

  isRepeat(place: string, id: string): boolean {
    if (this.size === 0) return false
    let at = this.#places.get(place)
    if (!at) {
      at = { window: new RepeatWindow(this.size), start: 0 }
      this.#places.set(place, at)
    }
    return at.window.isRepeat(id)
  }
}
