import { mapAtOnce } from '../../runtime/loop/map-at-once.ts'
import type { ObjectStore } from '../../runtime/object-store/object-store.ts'
import { type Ds, isDs, overlaps, parsePartName } from './part-names.ts'

/** A lake has a day's file for each day of years, of which the first listing asks for the metadata. */
const requestsAtOnce = 16

/** One file of Silver that a reader takes. */
export interface SilverFile {
  readonly name: string
  readonly ds: Ds
  /** In bytes. */
  readonly size: number
  /** Of a day's compacted file, which may be replaced: to be given as `ifMatch`. Null of a part, which never is. */
  readonly etag: string | null
  /** The topic offsets whose rows of that day it holds. */
  readonly offsets: readonly OffsetRange[]
}

interface OffsetRange {
  readonly partition: number
  readonly first: number
  /** Inclusive; null of a partition's last part, which ends where the next one will begin. */
  readonly last: number | null
}

interface SilverPart {
  readonly name: string
  readonly partition: number
  readonly link: number
  readonly size: number
}

/** A day's compacted file, with the last offset of each partition that it contains. */
export interface CompactedFile {
  readonly name: string
  readonly size: number
  readonly etag: string
  readonly rows: number
  readonly offsets: ReadonlyMap<number, number>
}

/** What lies in one folder: of a day, or of a month of history. */
export interface SilverDay {
  readonly ds: Ds
  readonly compacted: CompactedFile | null
  /** Parts that are not in the compacted file, by partition and link. */
  readonly live: readonly SilverPart[]
  /** Parts that are in the compacted file, and what dead writers left behind: not to be read. */
  readonly contained: readonly SilverPart[]
}

/** Days from `from` to `to`, both inclusive; all when absent. */
export interface DayRange {
  readonly from?: string
  readonly to?: string
}

/** The name of a day's compacted file. */
export function compactedName(table: string, ds: Ds): string {
  return `silver/${table}/${ds}/${table}.parquet`
}

/**
 * The files that together hold each row of those days once, months of history among them: the day's `<table>.parquet` and every part whose link it
 * does not go beyond. Read a compacted file with its etag; when that fails, ask for the files again.
 */
export async function silverFiles(
  store: ObjectStore,
  table: string,
  range: DayRange = {}
): Promise<SilverFile[]> {
  return (await silverDays(store, table, range)).flatMap(filesOf)
}

/** What lies in Silver of a table, day by day. */
export async function silverDays(
  store: ObjectStore,
  table: string,
  range: DayRange = {}
): Promise<SilverDay[]> {
  const days = new Map<Ds, { parts: SilverPart[]; compactedVersion: string | null }>()
  for await (const { name, size, version } of store.list(`silver/${table}/`)) {
    const [, , ds = ''] = name.split('/')
    if (!isDs(ds) || !overlaps(ds, range)) continue
    const day = days.get(ds) ?? { parts: [], compactedVersion: null }
    const part = parsePartName(name)
    if (part) day.parts.push({ name, size, ...part })
    else if (name === compactedName(table, ds)) day.compactedVersion = version
    days.set(ds, day)
  }
  return mapAtOnce([...days], requestsAtOnce, async ([ds, { parts, compactedVersion }]) =>
    dayOfParts(
      ds,
      parts,
      compactedVersion === null
        ? null
        : await compactedFile(store, compactedName(table, ds), compactedVersion)
    )
  )
}

/** A day's compacted file, or null while there is none. */
export async function readCompacted(
  store: ObjectStore,
  table: string,
  ds: Ds
): Promise<CompactedFile | null> {
  const name = compactedName(table, ds)
  const info = await store.head(name)
  if (!info) return null
  const offsets = Object.entries(JSON.parse(info.metadata['offsets'] ?? '{}') as Record<string, number>)
  return {
    name,
    size: info.size,
    etag: info.etag,
    rows: Number(info.metadata['count']),
    offsets: new Map(offsets.map(([partition, last]) => [Number(partition), last]))
  }
}

// A closed day's file hardly ever changes; asking for its metadata again at each listing would cost a request a day.
const known = new WeakMap<ObjectStore, Map<string, { version: string; file: CompactedFile | null }>>()

async function compactedFile(
  store: ObjectStore,
  name: string,
  version: string
): Promise<CompactedFile | null> {
  const files = known.get(store) ?? new Map<string, { version: string; file: CompactedFile | null }>()
  known.set(store, files)
  const cached = files.get(name)
  if (cached?.version === version) return cached.file
  const [, table = '', ds = ''] = name.split('/')
  const file = await readCompacted(store, table, ds)
  files.set(name, { version, file })
  return file
}

function dayOfParts(ds: Ds, parts: readonly SilverPart[], compacted: CompactedFile | null): SilverDay {
  const isLive = ({ partition, link }: SilverPart) => link > (compacted?.offsets.get(partition) ?? -1)
  const sorted = parts.toSorted((a, b) => a.partition - b.partition || a.link - b.link)
  return {
    ds,
    compacted,
    live: sorted.filter(isLive),
    contained: sorted.filter((part) => !isLive(part))
  }
}

function filesOf({ ds, compacted, live }: SilverDay): SilverFile[] {
  const parts = live.map(({ name, partition, link, size }, at): SilverFile => {
    const next = live[at + 1]
    const last = next?.partition === partition ? next.link - 1 : null
    return { name, ds, size, etag: null, offsets: [{ partition, first: link, last }] }
  })
  if (!compacted) return parts
  const { name, size, etag } = compacted
  const offsets = [...compacted.offsets].map(([partition, last]) => ({ partition, first: 0, last }))
  return [{ name, ds, size, etag, offsets }, ...parts]
}
