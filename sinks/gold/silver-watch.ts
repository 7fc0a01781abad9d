import type { Table } from '../../schemas/table.ts'
import { type SilverCatalogue, shownTables } from '../warehouse/silver-catalogue.ts'

interface Place {
  readonly look: () => Promise<void>
  running: Promise<boolean> | null
  dueAt: number
}

interface Watching {
  readonly catalogue: SilverCatalogue
  /** Shortest time between two looks at a table, unless the bound wants them more often. */
  readonly pauseMs: number
  /** How old what is shown of a table may become. */
  readonly boundMs: number
  /** Runs a look; false when it failed, which it reports. */
  readonly guarded: (look: () => Promise<void>) => Promise<boolean>
}

/** Tables looked at beside each other: one with many files must not keep the others from their turn. */
const looksAtOnce = 4

/** Rests this many times as long as a look took, so that it costs a twentieth of the time; but within the bound. */
const restPerLook = 20

/** Looks for what is new in the lake, table by table, each at its own pace. */
export class SilverWatch {
  readonly #watching: Watching
  readonly #places: readonly Place[]

  constructor(watching: Watching) {
    const { catalogue } = watching
    this.#watching = watching
    const look = (table: Table) => () => catalogue.look(table)
    this.#places = [...shownTables.map(look), () => catalogue.lookAtQuality()].map((one) => ({
      look: one,
      running: null,
      dueAt: 0
    }))
  }

  /** Begins looks that are due, the longest due first. */
  begin(): void {
    const now = performance.now()
    const running = this.#places.filter(({ running }) => running !== null).length
    const due = this.#places.filter((place) => !place.running && place.dueAt <= now)
    for (const place of due.sort((a, b) => a.dueAt - b.dueAt).slice(0, Math.max(0, looksAtOnce - running)))
      void this.#look(place)
  }

  /** Looks at every table once more; false when one cannot be looked at. */
  async lookAtAll(): Promise<boolean> {
    await Promise.all(this.#places.flatMap(({ running }) => running ?? []))
    const places = this.#places.values()
    const worker = async () => {
      let isWell = true
      for (const place of places) isWell = (await this.#look(place)) && isWell
      return isWell
    }
    const ends = await Promise.all(Array.from({ length: looksAtOnce }, worker))
    return ends.every(Boolean)
  }

  #look(place: Place): Promise<boolean> {
    const { pauseMs, boundMs, guarded } = this.#watching
    const begunAt = performance.now()
    place.running = guarded(place.look).finally(() => {
      const now = performance.now()
      const tookMs = now - begunAt
      // From the begin of a look to the end of the next is a third of the bound: the rest is for making views, and
      // publishing. Looks that take long rest a little still.
      const withinBound = Math.max(tookMs / 2, boundMs / 3 - 2 * tookMs)
      place.dueAt = now + Math.min(Math.max(pauseMs, tookMs * restPerLook), withinBound)
      place.running = null
    })
    return place.running
  }
}
