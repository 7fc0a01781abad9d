import type { Item } from '../../runtime/pipeline.ts'
import type { RunEnvelope } from '../../schemas/erp/run-envelope.ts'

/**
 * What the last complete run of a watched table published, so that the rows its lookback finds again are dropped. As
 * many as lie in one lookback; after a restart they are published once more, which changes nothing.
 */
export class PublishedRows {
  #last = new Map<string, number>()
  #current = new Map<string, number>()
  #count = 0

  begin(): void {
    this.#current = new Map()
    this.#count = 0
  }

  /** Whether the row is another than the last complete run had. */
  isNew({ key, value }: Item<RunEnvelope>): boolean {
    const hash = value.source.row_hash
    this.#current.set(key, hash)
    const isNew = this.#last.get(key) !== hash
    if (isNew) this.#count++
    return isNew
  }

  /** New rows since the run began. */
  get count(): number {
    return this.#count
  }

  /** Only a complete run counts: what an incomplete one published is dropped by the sink. */
  complete(): void {
    this.#last = this.#current
    this.#current = new Map()
  }
}
