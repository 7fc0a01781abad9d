import type { Item } from '../../runtime/pipeline.ts'
import type { RunEnvelope } from '../../schemas/erp/run-envelope.ts'

/**
 * What the last run of a watched table that was merged had, so that the rows its lookback finds again are dropped. As
 * many as lie in one lookback; after a restart they are published once more, which changes nothing.
 */
export class PublishedRows {
  #merged = new Map<string, number>()
  /** Of the run that was published and of which nobody knows yet whether it was merged. */
  #published: Map<string, number> | null = null
  #current = new Map<string, number>()
  #count = 0

  begin(): void {
    this.#current = new Map()
    this.#count = 0
  }

  /** Whether the row is another than the last merged run had. */
  isNew({ key, value }: Item<RunEnvelope>): boolean {
    const hash = value.source.row_hash
    this.#current.set(key, hash)
    const isNew = this.#merged.get(key) !== hash
    if (isNew) this.#count++
    return isNew
  }

  /** New rows since the run began. */
  get count(): number {
    return this.#count
  }

  /** The run is complete in its topic: its rows count once it is merged. */
  publish(): void {
    this.#published = this.#current
    this.#current = new Map()
  }

  /** What became of the published run: of one that was given up, every row is new again. */
  settle(isMerged: boolean): void {
    if (isMerged && this.#published) this.#merged = this.#published
    this.#published = null
  }
}
