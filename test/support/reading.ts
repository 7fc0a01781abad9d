import type { Batch, Item, Reader } from '../../runtime/pipeline.ts'
import type { Environment } from '../../runtime/settings.ts'
import type { RawChange } from '../../schemas/change.ts'
import type { ReaderCase } from '../contracts/reader.contract.ts'
import { type TestContext, testContext } from './context.ts'
import { eventually } from './eventually.ts'

type ChangeReader = Reader<RawChange>

/** One test's table, the readers it opened, and ways to read them as the runner does. */
export class Reading {
  readonly table: ReaderCase
  readonly #opened = new Set<ChangeReader>()
  /** Of the reader opened last. */
  context: TestContext = testContext({})
  readonly #env: Environment
  #states = 0

  constructor(table: ReaderCase) {
    this.table = table
    this.#env = table.env
  }

  /** Opens a reader, with changed settings if there are any. */
  async open(changes: Environment = {}): Promise<ChangeReader> {
    this.context = testContext({ ...this.#env, ...changes })
    const reader = await this.table.spec.open(this.context)
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

  /** Reads and commits until all that was read is enough. */
  async readUntil(
    reader: ChangeReader,
    isEnough: (items: readonly Item<RawChange>[]) => boolean,
    limit = 1000
  ) {
    const items: Item<RawChange>[] = []
    await this.waitFor(
      reader,
      (more) => {
        items.push(...more)
        return isEnough(items)
      },
      limit
    )
    return items
  }

  /** Reads and commits until a read makes the condition true. */
  waitFor(
    reader: ChangeReader,
    isEnough: (items: readonly Item<RawChange>[]) => boolean | Promise<boolean>,
    limit = 1000
  ) {
    return eventually(async () => isEnough((await this.#readAndCommit(reader, limit)).items), {
      what: 'the awaited changes'
    })
  }

  /** What one read gives, committed. */
  async readSoon(reader: ChangeReader, limit: number): Promise<readonly Item<RawChange>[]> {
    return (await this.#readAndCommit(reader, limit)).items
  }

  /** The same table read from the beginning, with a state of its own. */
  freshStates(): Reading {
    const folder = `${this.table.env['COURANT_STATE_DIR']}/${++this.#states}`
    const env = { ...this.#env, COURANT_STATE_DIR: folder }
    return new Reading({ ...this.table, env, drop: async () => undefined })
  }

  /** From a state of its own: one batch of each size, the reader closed and opened between, then the rest. */
  async readWithRestarts(sizes: readonly number[]) {
    const fresh = this.freshStates()
    const items: Item<RawChange>[] = []
    for (const size of sizes) {
      const reader = await fresh.open()
      items.push(...(await fresh.readSoon(reader, size)))
      await reader.close()
    }
    items.push(...(await fresh.readToEnd(await fresh.open(), sizes.at(-1))).items)
    await fresh.end()
    return items
  }

  async #readAndCommit(reader: ChangeReader, limit: number): Promise<Batch<RawChange>> {
    const batch = await reader.read({ limit, lingerMs: 0, signal: AbortSignal.timeout(10_000) })
    await reader.commit(batch)
    return batch
  }
}
