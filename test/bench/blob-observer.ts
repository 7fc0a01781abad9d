import { setTimeout as wait } from 'node:timers/promises'
import { openContainer } from '../../runtime/object-store/azure-container.ts'
import type { ObjectStore } from '../../runtime/object-store/object-store.ts'
import { type Environment, settingsFrom } from '../../runtime/settings.ts'
import { containers } from '../../sinks/azure-blob/containers.ts'

const lookMs = 100
/** Blobs come about in the order of their calls: after so many that are not there, a round asks for no more. */
const missesPerRound = 4
const patienceMs = 60_000

interface Awaited {
  readonly name: string
  readonly untilMs: number
  readonly resolve: (isThere: boolean) => void
}

/** Looks for blobs of the raw container until they are there, by few requests: they cost the storage account as much. */
export class BlobObserver {
  readonly #store: ObjectStore
  #awaited: Awaited[] = []
  #isClosed = false

  private constructor(store: ObjectStore) {
    this.#store = store
    void this.#look()
  }

  static async open(env: Environment): Promise<BlobObserver> {
    return new BlobObserver(await openContainer(settingsFrom(env), containers.raw))
  }

  /** Resolves once the JSON of an accepted webhook is there; false when it does not come within a minute. */
  seen({ application_id: id = '', updated_at = '' }: Readonly<Record<string, string>>): Promise<boolean> {
    const name = `applications/ingestion_date=${updated_at.slice(0, 10)}/json/${id}.json`
    return new Promise((resolve) => {
      this.#awaited.push({ name, untilMs: performance.now() + patienceMs, resolve })
    })
  }

  close(): void {
    this.#isClosed = true
  }

  async #look(): Promise<void> {
    while (!this.#isClosed) {
      let misses = 0
      for (const one of this.#awaited) {
        if (misses >= missesPerRound) break
        const info = await this.#store.head(one.name).catch(() => null)
        if (info === null) misses += 1
        if (info === null && performance.now() < one.untilMs) continue
        this.#awaited = this.#awaited.filter((other) => other !== one)
        one.resolve(info !== null)
      }
      await wait(lookMs)
    }
  }
}
