import type { TopicOffset } from '../kafka/port.ts'
import { placeOf } from './repeats.ts'

interface HandedOut {
  /** The offset after it. */
  readonly next: number
  isFinished: boolean
}

/**
 * What was handed out of each partition and in which order it ended, so that no commit passes what is unfinished: a
 * position may lie before the lowest that is, and no further.
 */
export class Unfinished {
  readonly #places = new Map<string, HandedOut[]>()

  /** Notes what was handed out, in the order of the log, by the offsets after it. */
  handedOut(next: readonly TopicOffset[]): void {
    for (const at of next) {
      const place = placeOf(at)
      const known = this.#places.get(place) ?? []
      known.push({ next: at.offset, isFinished: false })
      this.#places.set(place, known)
    }
  }

  /** Notes what ended; returns how far that lets the position of each partition go, which may be nowhere. */
  finished(next: readonly TopicOffset[]): TopicOffset[] {
    return next.flatMap((at) => {
      const known = this.#places.get(placeOf(at)) ?? []
      for (const one of known) if (one.next === at.offset) one.isFinished = true
      const unfinished = known.findIndex((one) => !one.isFinished)
      const ended = known.splice(0, unfinished === -1 ? known.length : unfinished)
      const last = ended.at(-1)
      return last ? [{ ...at, offset: last.next }] : []
    })
  }

  /** Partitions are dealt anew: what was not committed is handed out again, here or elsewhere. */
  forget(): void {
    this.#places.clear()
  }
}
