import type { ChainRow } from './file-chain.ts'

const msPerDay = 86_400_000

/** Rows lie spread when they would become more files than `files` with fewer rows each than `rowsPerFile`. */
const spread = { files: 16, rowsPerFile: 200 } as const

/** Writers of this process that have rows at the moment, and share what may be kept. */
let active = 0

/** Rows of one topic in the order of their offsets, each once, however often a rebalance brings it again. */
export class GatheredRows<T> {
  readonly #limit: number
  #rows: ChainRow<T>[] = []
  /** The offset after the last row of each partition. */
  readonly #next = new Map<number, number>()
  /** Days and partitions, which is what files are made of. */
  readonly #files = new Set<string>()

  /** `limit` rows are kept at most by all of this process together. */
  constructor(limit: number) {
    this.#limit = limit
  }

  get list(): readonly ChainRow<T>[] {
    return this.#rows
  }

  add(rows: readonly ChainRow<T>[]): void {
    const wasEmpty = this.#rows.length === 0
    for (const row of rows) {
      const { partition, offset, at } = row
      if (offset < (this.#next.get(partition) ?? 0)) continue
      this.#next.set(partition, offset + 1)
      this.#files.add(`${Math.floor(at.getTime() / msPerDay)}/${partition}`)
      this.#rows.push(row)
    }
    if (wasEmpty && this.#rows.length > 0) active++
  }

  /** True while more rows would make fewer files, and there is room for them. */
  get isWorthWaiting(): boolean {
    const [rows, files] = [this.#rows.length, this.#files.size]
    return (
      files > spread.files && rows < files * spread.rowsPerFile && rows * Math.max(1, active) < this.#limit
    )
  }

  clear(): void {
    if (this.#rows.length > 0) active--
    this.#rows = []
    this.#next.clear()
    this.#files.clear()
  }
}
