import { mapAtOnce } from '../../runtime/loop/map-at-once.ts'
import type { ObjectStore } from '../../runtime/object-store/object-store.ts'
import { objectStoreFor } from '../../runtime/object-store/object-store-for.ts'
import type { StoredTopic } from '../../runtime/pipeline.ts'
import type { Settings } from '../../runtime/settings.ts'
import type { Table } from '../../schemas/table.ts'
import { topicsOf } from '../../topics/catalogue.ts'
import { connectionFor } from '../../topics/connection.ts'
import { perGeneration } from '../../topics/generations.ts'
import { type SilverFile, silverFiles } from '../lake/silver-files.ts'
import { FolderLedger } from '../lake/folder-ledger.ts'
import type { NextOffset } from './state/gold-state.ts'
import { keptTables } from './state/kept-tables.ts'
import { withAdmin } from '../../topics/kafka/admin/with-admin.ts'

/** How far the files of a table in Silver go. */
export interface SilverProgress {
  readonly table: Table
  /** The offset after the last row of each partition. */
  readonly next: ReadonlyMap<number, number>
  /** Which topic the rows are of, where that is known. */
  readonly topic: StoredTopic | null
}

/** What Gold was computed from. */
export interface GoldProgress {
  readonly offsets: readonly NextOffset[]
  topic(name: string): StoredTopic | null
}

const headsAtOnce = 16

/** How far Silver goes in each table that Gold is computed from. */
export async function silverProgress(settings: Settings): Promise<readonly SilverProgress[]> {
  const store = await objectStoreFor(settings)
  const progress: SilverProgress[] = []
  for (const { table } of keptTables) {
    const ledger = new FolderLedger(store, `silver/${table.name}`)
    const topic = topicsOf(table).clean.name
    const noted = await ledger.progress(topic)
    const ends = await mapAtOnce(await silverFiles(store, table.name), headsAtOnce, (file) =>
      endsOf(store, file)
    )
    const next = new Map(noted)
    for (const [partition, end] of ends.flat()) next.set(partition, Math.max(next.get(partition) ?? 0, end))
    progress.push({ table, next, topic: await ledger.topics.load(topic) })
  }
  return progress
}

/** The offset after the last row of each partition in a file; of the last part of a chain only its metadata tells. */
async function endsOf(store: ObjectStore, { name, offsets }: SilverFile): Promise<[number, number][]> {
  const ends: [number, number][] = []
  for (const { partition, first, last } of offsets) {
    const known = last ?? (await store.head(name))?.metadata['last']
    // One that was compacted away meanwhile has rows from its link on at least.
    ends.push([partition, known === undefined ? first : Number(known) + 1])
  }
  return ends
}

/**
 * Tables of which Silver may lack changes that Gold has. Where its files end before them, its consumer group may have
 * passed what is no row of it, such as a repeat; that is asked of Kafka only then.
 */
export async function behindGold(
  silver: readonly SilverProgress[],
  gold: GoldProgress,
  settings: Settings
): Promise<readonly string[]> {
  const behind: string[] = []
  for (const progress of silver) {
    const topic = topicsOf(progress.table).clean.name
    // What analysts see does not say which topic it is of: that of Silver, then.
    const own = gold.topic(topic) ?? progress.topic
    const isOther = own !== null && progress.topic !== null && own.id !== progress.topic.id
    const base = (known: StoredTopic | null) => (known?.generation ?? 0) * perGeneration
    const shift = own && progress.topic ? base(own) - base(progress.topic) : 0
    const short = gold.offsets.filter(
      (at) => at.topic === topic && (progress.next.get(at.partition) ?? 0) + shift < at.nextOffset
    )
    if (
      isOther ||
      (short.length > 0 && !(await isRead(progress.table, short, { settings, base: base(own) })))
    )
      behind.push(progress.table.name)
  }
  return behind
}

/** Whether the group of Silver has read that far; an offset is committed once all before it is in the lake. */
async function isRead(
  table: Table,
  wanted: readonly NextOffset[],
  { settings, base }: { readonly settings: Settings; readonly base: number }
): Promise<boolean> {
  return withAdmin(connectionFor(settings).kafka, async (admin) => {
    const committed = await admin.committed(`silver.${table.name}`, [topicsOf(table).clean.name])
    const next = new Map(committed.map(({ partition, offset }) => [partition, offset]))
    return wanted.every(({ partition, nextOffset }) => (next.get(partition) ?? 0) + base >= nextOffset)
  })
}
