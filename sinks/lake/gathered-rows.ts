import { randomUUID } from 'node:crypto'
import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { deserialize, serialize } from 'node:v8'
import { temporaryError, temporaryFolder } from '../../runtime/files/temporary-folder.ts'
import type { ChainRow } from './file-chain.ts'
import { folderNumber } from './part-names.ts'

/** Rows lie spread when they would become more files than `files` with fewer rows each than `rowsPerFile`. */
const spread = { files: 16, rowsPerFile: 200 } as const

/**
 * Rows of one topic in the order of their offsets, each once, however often a rebalance brings it again. Those that are
 * kept for later wait in files: a process has dozens of such writers.
 */
export class GatheredRows<T> {
  readonly #limit: number
  #count = 0
  /** Those that are not in a file. */
  #rows: ChainRow<T>[] = []
  #keptIn: string[] = []
  /** The offset after the last row of each partition. */
  readonly #next = new Map<number, number>()
  /** Folders and partitions, which is what files are made of. */
  readonly #files = new Set<string>()

  constructor(limit: number) {
    this.#limit = limit
  }

  add(rows: readonly ChainRow<T>[]): void {
    for (const row of rows) {
      const { partition, offset } = row
      if (offset < (this.#next.get(partition) ?? 0)) continue
      this.#next.set(partition, offset + 1)
      this.#files.add(`${folderNumber(row)}/${partition}`)
      this.#rows.push(row)
      this.#count++
    }
  }

  /** True while more rows would make fewer files, and there may be more. */
  get isWorthWaiting(): boolean {
    const files = this.#files.size
    return files > spread.files && this.#count < files * spread.rowsPerFile && this.#count < this.#limit
  }

  get hasKept(): boolean {
    return this.#keptIn.length > 0
  }

  /** Puts all of them into files until they are asked for. */
  async keep(): Promise<void> {
    const file = join(temporaryFolder(), `${randomUUID()}.rows`)
    await writeFile(file, serialize(this.#rows)).catch(async (error: unknown) => {
      await rm(file, { force: true })
      throw temporaryError(error)
    })
    this.#keptIn.push(file)
    this.#rows = []
  }

  async all(): Promise<readonly ChainRow<T>[]> {
    const rows: ChainRow<T>[] = []
    for (const file of this.#keptIn)
      for (const row of deserialize(await readFile(file)) as ChainRow<T>[]) rows.push(row)
    return rows.length === 0 ? this.#rows : rows.concat(this.#rows)
  }

  async clear(): Promise<void> {
    const files = this.#keptIn
    this.#keptIn = []
    this.#rows = []
    this.#count = 0
    this.#next.clear()
    this.#files.clear()
    for (const file of files) await rm(file, { force: true })
  }
}
