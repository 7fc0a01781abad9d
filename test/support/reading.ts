import type { Batch, Item, Reader } from '../../runtime/pipeline.ts'
import type { Environment } from '../../runtime/settings.ts'
import type { RawChange } from '../../schemas/change.ts'
import type { ReaderCase } from '../contracts/reader.contract.ts'
import { testContext } from './context.ts'
import { eventually } from './eventually.ts'

type ChangeReader = Reader<RawChange>

/** One test's table, the readers it opened, and ways to read them as the runner does. */
export class Reading {
  readonly table: ReaderCase
  readonly #opened = new Set<ChangeReader>()
  #env: Environment
  #states = 0

  constructor(table: ReaderCase) {
    this.table = table
    this.#env = table.env
  }

  async open(): Promise<ChangeReader> {
    const reader = await this.table.spec.open(testContext(this.#env))
    this.#opened.add(reader)
    return reader
  }

  async end(): Promise<void> {
    for (const reader of this.#opened) await reader.close()
    await this.table.drop()
  }

  idsOf(items: readonly Item<RawChange>[]): number[] {
    return items.map((item) => this.table.idOf(item.value)).toSorted((a, b) => a - b)
  }

  /** The first batch that has items, not committed. */
  readSome(reader: ChangeReader, limit: number): Promise<Batch<RawChange>> {
    return eventually(
      async () => {
        const batch = await reader.read({ limit, lingerMs: 0, signal: AbortSignal.timeout(10_000) })
        return batch.items.length > 0 ? batch : null
      },
      { what: 'a batch with items' }
    ) as Promise<Batch<RawChange>>
  }

  /** Reads and commits until the reader has caught up with nothing left to give. */
  async readToEnd(reader: ChangeReader, limit = 1000) {
    const batches: Batch<RawChange>[] = []
    const deadline = AbortSignal.timeout(15_000)
    for (let isEnd = false; !isEnd; ) {
      deadline.throwIfAborted()
      const batch = await this.#readAndCommit(reader, limit)
      batches.push(batch)
      isEnd = batch.caughtUp && batch.items.length === 0
    }
    return { batches, items: batches.flatMap((batch) => batch.items) }
  }

  async readUntil(reader: ChangeReader, enough: (items: readonly Item<RawChange>[]) => boolean) {
    const items: Item<RawChange>[] = []
    await eventually(
      async () => {
        items.push(...(await this.#readAndCommit(reader, 1000)).items)
        return enough(items)
      },
      { what: 'the awaited changes' }
    )
    return items
  }

  /** From a state of its own: one batch of each size, the reader closed and opened between, then the rest. */
  async readWithRestarts(sizes: readonly number[]) {
    this.#env = {
      ...this.table.env,
      COURANT_STATE_DIR: `${this.table.env['COURANT_STATE_DIR']}/${++this.#states}`
    }
    const items: Item<RawChange>[] = []
    for (const size of sizes) {
      const reader = await this.open()
      items.push(...(await this.#readAndCommit(reader, size)).items)
      await reader.close()
    }
    const reader = await this.open()
    items.push(...(await this.readToEnd(reader, sizes.at(-1))).items)
    await reader.close()
    return items
  }

  async #readAndCommit(reader: ChangeReader, limit: number): Promise<Batch<RawChange>> {
    const batch = await reader.read({ limit, lingerMs: 0, signal: AbortSignal.timeout(10_000) })
    await reader.commit(batch)
    return batch
  }
}
