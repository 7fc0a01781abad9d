import { createHash } from 'node:crypto'
import { CourantError } from '../../runtime/errors.ts'
import type { Context } from '../../runtime/pipeline.ts'
import { type Content, bytesContent } from '../../runtime/object-store/content.ts'
import type { ObjectStore } from '../../runtime/object-store/object-store.ts'
import { confirmNewTopic } from '../../topics/generations.ts'
import {
  type Ds,
  folderNumber,
  folderOf,
  parsePartName,
  partName,
  partPrefix,
  type Placed
} from './part-names.ts'
import { ledgerName } from './folder-ledger.ts'

/** A row of a topic, with what a file of the lake says of it. */
export interface ChainRow<T> extends Placed {
  readonly id: string
  readonly partition: number
  readonly offset: number
  readonly value: T
}

/** Makes the files of one append: what they share is done once for all of them. */
export interface PartEncoder<T> {
  /** Rows of one folder and partition, in the order of their offsets: all of those appended from the first one on. */
  encode(rows: readonly ChainRow<T>[], ds: Ds): Promise<Content>
  close(): Promise<void>
}

export interface FileChainOptions<T> {
  readonly store: ObjectStore
  /** Such as `bronze/users`. */
  readonly folder: string
  readonly table: string
  readonly extension: string
  readonly contentType: string
  readonly encoderOf: (rows: readonly ChainRow<T>[]) => Promise<PartEncoder<T>>
  /** Last offsets, by partition, that a folder's compacted file contains; absent where nothing is ever compacted. */
  readonly contained?: (ds: Ds) => Promise<ReadonlyMap<number, number>>
  /** For how long what is known of a chain's end may be relied on: less than parts live after their compaction. */
  readonly trustMs: number
}

/** Files of different chains do not wait for each other's disk or network. */
const filesAtOnce = 8

interface ChainEnd {
  /** The first offset the chain does not have yet. */
  readonly next: number
  /** A hash of the id of the row before it, where it is known. */
  readonly lastId: string | null
  readonly knownAt: number
}

interface Group<T> {
  readonly ds: Ds
  readonly partition: number
  readonly rows: ChainRow<T>[]
}

/**
 * Appends rows of a topic to files so that each row is stored once, whatever crashes, restarts or lingers (promises 3
 * and 6, invariants I2, I3 and I5).
 *
 * The files of one folder (a day, or a month of history) and partition are a chain. A file is named by its link: the next offset after the file before
 * it. It is created only if absent, and says in its metadata up to which offset it goes. So two writers that know the
 * same end of the chain want the same name, and one loses; a writer that knows an older end wants a name that is
 * taken. Who loses reads the end anew and drops the rows the chain already has. No order between the folders of a batch
 * is needed, and no marker.
 */
export class FileChain<T> {
  readonly #options: FileChainOptions<T>
  readonly #context: Context
  readonly #ends = new Map<string, ChainEnd>()

  constructor(options: FileChainOptions<T>, context: Context) {
    this.#options = options
    this.#context = context
  }

  /** Reads the ends of chains anew when they are needed next. */
  forget(): void {
    this.#ends.clear()
  }

  /** Resolves once every row is in its folder's chain. */
  async append(rows: readonly ChainRow<T>[], signal: AbortSignal): Promise<void> {
    if (rows.length === 0) return
    const encoder = await this.#options.encoderOf(rows)
    try {
      await this.#appendGroups(groupsOf(rows), encoder, signal)
    } finally {
      await encoder.close()
    }
  }

  /** One iterator: each worker takes the next group that nobody has taken. */
  async #appendGroups(
    groups: MapIterator<Group<T>>,
    encoder: PartEncoder<T>,
    signal: AbortSignal
  ): Promise<void> {
    const stop = new AbortController()
    const until = AbortSignal.any([signal, stop.signal])
    const worker = async () => {
      for (const group of groups) await this.#appendGroup(group, encoder, until)
    }
    const workers = Array.from({ length: filesAtOnce }, () =>
      worker().catch((error: unknown) => {
        stop.abort(error)
        throw error
      })
    )
    // All have ended before the batch is tried again.
    const failed = (await Promise.allSettled(workers)).find(({ status }) => status === 'rejected')
    if (failed) throw stop.signal.reason
  }

  async #appendGroup(group: Group<T>, encoder: PartEncoder<T>, signal: AbortSignal): Promise<void> {
    const place = `${group.ds}/${group.partition}`
    for (;;) {
      signal.throwIfAborted()
      const end = await this.#endOf(place, group)
      const fresh = this.#withoutStored(group, end)
      if (fresh.length === 0) return
      // If the answer gets lost, the object may be there all the same: then its end must be read.
      this.#ends.delete(place)
      if (await this.#create({ ...group, rows: fresh }, encoder, end.next)) {
        this.#ends.set(place, endAfter(fresh))
        return
      }
    }
  }

  #withoutStored({ rows }: Group<T>, end: ChainEnd): ChainRow<T>[] {
    const fresh = rows.filter(({ offset }) => offset >= end.next)
    const known = rows.length - fresh.length
    if (known > 0) this.#context.metrics.count('lake_rows_known_total', known)
    const last = rows.find(({ offset }) => offset === end.next - 1)
    if (last && end.lastId !== null && hashOf(last.id) !== end.lastId)
      throw new CourantError(
        'TOPIC_REPLACED',
        `${this.#options.folder} was written from another topic of the same name, before that was noted in ${ledgerName(this.#options.folder)}. Remove that file and start once with ${confirmNewTopic.env}=${this.#context.pipeline}: what is stored stays, and the new topic is read from its beginning`
      )
    return fresh
  }

  async #create({ ds, partition, rows }: Group<T>, encoder: PartEncoder<T>, link: number): Promise<boolean> {
    const { store, folder, table, extension, contentType } = this.#options
    const content = await encoder.encode(rows, ds)
    const name = partName(partPrefix(`${folder}/${ds}`, table, partition), link, extension)
    const metadata = partMetadata(rows, content)
    const etag = await store.put(name, content, { ifNoneMatch: '*', contentType, metadata })
    if (etag === null) return false
    this.#context.metrics.count('lake_files_total')
    this.#context.metrics.count('lake_bytes_total', content.size)
    return true
  }

  async #endOf(place: string, group: Group<T>): Promise<ChainEnd> {
    const known = this.#ends.get(place)
    if (known && Date.now() - known.knownAt < this.#options.trustMs) return known
    const end = await this.#readEnd(group)
    this.#ends.set(place, end)
    return end
  }

  async #readEnd({ ds, partition }: Group<T>): Promise<ChainEnd> {
    const { store, folder, table, contained } = this.#options
    const knownAt = Date.now()
    const compacted = (await contained?.(ds))?.get(partition) ?? -1
    let last: string | null = null
    for await (const { name } of store.list(partPrefix(`${folder}/${ds}`, table, partition))) last = name
    // A part whose link the compacted file goes beyond is contained in it, or is a dead writer's: not of the chain.
    if (last === null || (parsePartName(last)?.link ?? -1) <= compacted)
      return { next: compacted + 1, lastId: null, knownAt }
    const info = await store.head(last)
    // Compacted and removed between the listing and now.
    if (!info) return this.#readEnd({ ds, partition, rows: [] })
    return { ...endOf(last, info.metadata), knownAt }
  }
}

function endOf(name: string, metadata: Readonly<Record<string, string>>): Omit<ChainEnd, 'knownAt'> {
  const last = metadata['last']
  if (last === undefined)
    throw new CourantError(
      'TARGET_REFUSED',
      `${name} has no metadata that says where it ends; it was not written by Courant, or copied without it`
    )
  return { next: Number(last) + 1, lastId: metadata['last-id'] ?? null }
}

function endAfter(rows: readonly ChainRow<unknown>[]): ChainEnd {
  const last = rows.at(-1)
  return { next: (last?.offset ?? -1) + 1, lastId: last ? hashOf(last.id) : null, knownAt: Date.now() }
}

/** What is kept with a part: first and last offset, rows, hash of the content, hash of the last row's id. */
function partMetadata(rows: readonly ChainRow<unknown>[], content: Content): Record<string, string> {
  return {
    first: String(rows[0]?.offset),
    last: String(rows.at(-1)?.offset),
    count: String(rows.length),
    sha256: content.sha256,
    'last-id': hashOf(rows.at(-1)?.id ?? '')
  }
}

// Ids hold keys; what is seen beside an object need not.
function hashOf(id: string): string {
  return createHash('sha256').update(id).digest('hex').slice(0, 16)
}

/** Rows by folder and partition, each group in the order of offsets. */
function groupsOf<T>(rows: readonly ChainRow<T>[]): MapIterator<Group<T>> {
  const groups = new Map<string, Group<T>>()
  const folders = new Map<number, Ds>()
  for (const row of rows) {
    const number = folderNumber(row)
    let ds = folders.get(number)
    if (ds === undefined) folders.set(number, (ds = folderOf(row)))
    const place = `${ds}/${row.partition}`
    const group = groups.get(place)
    if (group) group.rows.push(row)
    else groups.set(place, { ds, partition: row.partition, rows: [row] })
  }
  return groups.values()
}

/** An encoder that has nothing to prepare. */
export function plainEncoder<T>(encode: (rows: readonly ChainRow<T>[]) => string): PartEncoder<T> {
  return { encode: async (rows) => bytesContent(encode(rows)), close: async () => undefined }
}
