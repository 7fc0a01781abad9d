import { oneAtATime } from '../../runtime/loop/one-at-a-time.ts'
import type { Item, StoredOffsets, StoredTopics, Writer } from '../../runtime/pipeline.ts'
import type { ChainRow, FileChain } from './file-chain.ts'
import type { FolderLedger } from './folder-ledger.ts'
import { GatheredRows } from './gathered-rows.ts'

interface Gathering<I, T> {
  readonly chain: FileChain<T>
  /** Which topics the chain's rows are of, and up to where. */
  readonly ledger: Pick<FolderLedger, 'topics' | 'stored'>
  /** An item as it is kept until it is written; throws RECORD_INVALID of one that could not be: later is too late. */
  readonly rowOf: (item: I) => ChainRow<T>
  /** Items that the runner gives at most at once. */
  readonly maxItems: number
  /** Rows that are kept back at most. */
  readonly keptRows: number
}

/** Rows that were kept back are in memory of one writer of this process at a time. */
const inTurn = oneAtATime()

/**
 * Appends rows to chains of files. While there is a backlog whose rows lie spread over many days, as a first snapshot's
 * do, it keeps them back until there are more for each file, or `keptRows` of them; otherwise years of history would
 * become a file for every few rows. The runner commits what is kept back only once it is written.
 */
export class GatheringWriter<I extends Item<unknown>, T> implements Writer<unknown> {
  readonly #options: Gathering<I, T>
  readonly topics: StoredTopics
  readonly stored: StoredOffsets
  readonly #rows: GatheredRows<T>

  constructor(options: Gathering<I, T>) {
    this.#options = options
    this.topics = options.ledger.topics
    this.stored = options.ledger.stored
    this.#rows = new GatheredRows(options.keptRows)
  }

  async write(items: readonly I[], { signal }: { signal: AbortSignal }): Promise<void | 'held'> {
    const { rowOf, maxItems } = this.#options
    this.#rows.add(items.map(rowOf))
    // Repeats and tombstones are not among the items, so that a batch of a backlog may be somewhat smaller.
    if (items.length * 2 > maxItems && this.#rows.isWorthWaiting) {
      await this.#rows.keep()
      return 'held'
    }
    const append = () => this.#append(signal)
    return this.#rows.hasKept ? inTurn(append) : append()
  }

  /** Forgets what it keeps: it was not committed. */
  async close(): Promise<void> {
    await this.#rows.clear()
  }

  async #append(signal: AbortSignal): Promise<void> {
    await this.#options.chain.append(await this.#rows.all(), signal)
    await this.#rows.clear()
  }
}
