import { type LagSample, LagWindow } from '../lag.ts'
import type { KnownLag } from './health.ts'

/** Longer than the operator page waits before it asks again. */
const wantedForMs = 10_000

/** What Kafka told of the lag of each group, the last time that it did. */
export class LagBook {
  readonly #windows = new Map<string, LagWindow>()
  readonly #known = new Map<string, KnownLag>()
  #wantedMs = -Infinity

  /** Notes what was told of a group; gives what is known now. */
  add(group: string, samples: readonly LagSample[]): KnownLag | null {
    const window = this.#windows.get(group) ?? new LagWindow()
    this.#windows.set(group, window)
    window.add(samples)
    const [first] = samples
    if (!first) return null
    const known = {
      records: samples.reduce((sum, { records }) => sum + records, 0),
      seconds: oldestSeconds(samples),
      status: window.status(),
      askedAt: new Date(first.sampledAt)
    }
    this.#known.set(group, known)
    return known
  }

  /** Notes that somebody is looking: what is told should be of now. */
  want(): void {
    this.#wantedMs = performance.now()
  }

  /** Whether somebody looked a moment ago. */
  get isWanted(): boolean {
    return performance.now() - this.#wantedMs < wantedForMs
  }

  /** The last that is known, however long ago; null when nothing ever was. */
  of(group: string): KnownLag | null {
    return this.#known.get(group) ?? null
  }
}

/** The age of the oldest unread record in seconds; null when that of a partition is not known. */
export function oldestSeconds(samples: readonly LagSample[]): number | null {
  const ages = samples.map(({ ageMs }) => ageMs)
  return ages.includes(null) ? null : Math.max(0, ...ages.map(Number)) / 1000
}
