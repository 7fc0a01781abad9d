import { CourantError } from '../../runtime/errors.ts'
import type { StoredOffsets, StoredTopic, StoredTopics } from '../../runtime/pipeline.ts'
import { bytesContent } from '../../runtime/object-store/content.ts'
import { type ObjectStore, readText } from '../../runtime/object-store/object-store.ts'
import { hasFiles } from './has-files.ts'

/** The object that says which topics the files of a folder are of, and up to where they go. */
export const ledgerName = (folder: string): string => `${folder}/_topics.json`

/** What is kept of a topic. */
interface Entry extends Partial<StoredTopic> {
  /** The next offset of each partition; absent in what was written before that was kept. */
  readonly next?: Readonly<Record<string, number>>
  /** True of a folder from before: of partitions that are not in `next`, only the group knows how far they are in it. */
  readonly isOlder?: boolean
}

type Entries = Readonly<Record<string, Entry>>

/** Entries as they were read or written last, and the etag of their object; null where there is none. */
interface Version {
  readonly entries: Entries
  readonly etag: string | null
}

interface LedgerOptions {
  /** Called before offsets are told: what was known of the folder may be another one's. */
  readonly onAssignment?: () => void
  /** Whether there is data, from before this was kept, where nothing is noted; files of days in the folder unless told. */
  readonly hasData?: () => Promise<boolean>
}

/**
 * What a folder of the lake says of itself, beside its data: so that a folder that is another one, or was put back to an
 * earlier state, is read to where it is, whatever its consumer group has committed (promise 1). One object, replaced
 * only as it was read; offsets only grow, so that it does not matter who of several writers is late.
 */
export class FolderLedger {
  readonly topics: StoredTopics
  readonly stored: StoredOffsets
  readonly #store: ObjectStore
  readonly #folder: string
  #known: Version | null = null
  /** What we have noted ourselves, by topic and partition. */
  readonly #noted = new Map<string, number>()

  readonly #hasData: () => Promise<boolean>

  constructor(store: ObjectStore, folder: string, options: LedgerOptions = {}) {
    const { onAssignment = () => undefined, hasData = () => hasFiles(store, folder) } = options
    this.#store = store
    this.#folder = folder
    this.#hasData = hasData
    this.topics = {
      load: async (topic) => {
        const { id, generation } = (await this.#read()).entries[topic] ?? {}
        return id === undefined || generation === undefined ? null : { id, generation }
      },
      save: (topic, known) => this.#change(topic, (entry) => ({ ...entry, ...known }))
    }
    this.stored = {
      nextOffsets: (topic, partitions) => {
        onAssignment()
        return this.#nextOffsets(topic, partitions)
      },
      save: (topic, next) => this.#note(topic, next)
    }
  }

  /** The next offset of each partition that is noted: every row before it is in the folder. */
  async progress(topic: string): Promise<ReadonlyMap<number, number>> {
    const { next = {} } = (await this.#read()).entries[topic] ?? {}
    return new Map(Object.entries(next).map(([partition, offset]) => [Number(partition), offset]))
  }

  async #nextOffsets(topic: string, partitions: readonly number[]): Promise<ReadonlyMap<number, number>> {
    this.#noted.clear()
    this.#known = null
    const { next = {}, isOlder } = await this.#entry(topic)
    const known = partitions.flatMap((partition): [number, number][] => {
      const own = next[partition]
      if (own === undefined && isOlder) return []
      return [[partition, own ?? 0]]
    })
    return new Map(known)
  }

  async #note(topic: string, next: ReadonlyMap<number, number>): Promise<void> {
    await this.#change(topic, (entry) => {
      const merged: Record<string, number> = { ...entry.next }
      for (const [partition, offset] of next) {
        this.#refuseEarlier(topic, partition, merged[partition] ?? 0)
        merged[partition] = Math.max(offset, merged[partition] ?? 0)
      }
      return { ...entry, next: merged }
    })
    for (const [partition, offset] of next) this.#noted.set(`${topic}/${partition}`, offset)
  }

  /** Somebody put an earlier state of the folder in its place, and what we wrote since may be gone. */
  #refuseEarlier(topic: string, partition: number, found: number): void {
    const noted = this.#noted.get(`${topic}/${partition}`) ?? 0
    if (found >= noted) return
    throw new CourantError(
      'SINK_BEHIND',
      `${this.#folder} ends at offset ${found} of ${topic}/${partition}, and had been written up to ${noted} by us: it was put back to an earlier state, or emptied, meanwhile. Nothing was committed since; started again, it is read on from ${found}`
    )
  }

  async #change(topic: string, change: (entry: Entry) => Entry): Promise<void> {
    for (;;) {
      const before = this.#known ?? (await this.#read())
      const entry = await this.#entry(topic, before)
      const after = change(entry)
      const isSame = JSON.stringify(before.entries[topic]) === JSON.stringify(after)
      if (isSame || (await this.#replace(before, { ...before.entries, [topic]: after }))) return
    }
  }

  async #replace({ etag }: Version, entries: Entries): Promise<boolean> {
    // Forgotten until the answer is there: it may get lost.
    this.#known = null
    const content = bytesContent(`${JSON.stringify(entries, null, 2)}\n`)
    const condition = etag === null ? { ifNoneMatch: '*' as const } : { ifMatch: etag }
    const name = ledgerName(this.#folder)
    const now = await this.#store.put(name, content, { ...condition, contentType: 'application/json' })
    if (now !== null) this.#known = { entries, etag: now }
    return now !== null
  }

  /** What is known of a topic; of a folder that has files and says nothing of it, that they are older than this. */
  async #entry(topic: string, version?: Version): Promise<Entry> {
    const { entries } = version ?? (await this.#read())
    const entry = entries[topic]
    if (entry?.next) return entry
    return {
      ...entry,
      next: {},
      ...((entry || (await this.#hasData())) && { isOlder: true })
    }
  }

  async #read(): Promise<Version> {
    const name = ledgerName(this.#folder)
    for (;;) {
      const info = await this.#store.head(name)
      if (!info) return { entries: {}, etag: null }
      const text = await readText(this.#store, name, { ifMatch: info.etag })
      // Replaced between the two: asked again.
      if (text === null) continue
      this.#known = { entries: JSON.parse(text) as Entries, etag: info.etag }
      return this.#known
    }
  }
}
