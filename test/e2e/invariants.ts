import type { LagSample } from '../../topics/lag.ts'

/** A change as it lies in a topic. */
export interface LogEntry {
  /** Key, version and hash: the same for every repeat of a change. */
  readonly id: string
  readonly key: string
  readonly partition: number
  readonly offset: number
  readonly version: number
  /** The row in a canonical text, or null for a delete. */
  readonly row: string | null
  /** Of the clean topic: why a row was withdrawn; null or absent of all others. */
  readonly withdrawn?: string | null
}

/** A change as a sink holds it, known by its place in the topic it was read from. */
export interface StoredEntry {
  readonly partition: number
  readonly offset: number
  readonly row: string | null
}

/** All that is known of one table after the dust has settled. */
export interface Evidence {
  readonly table: string
  /** Rows of the system of record by key, in the same canonical text as the changes. */
  readonly source: ReadonlyMap<string, string>
  readonly changes: readonly LogEntry[]
  readonly clean: readonly LogEntry[]
  /** Ids of the changes that cleaning set aside. */
  readonly rejected: readonly string[]
  readonly bronze: readonly StoredEntry[]
  readonly silver: readonly StoredEntry[]
  /** Where Gold says that it goes on, by partition of the clean topic. */
  readonly goldNext: ReadonlyMap<number, number>
  /** What the group of each sink had committed before anything else here was read. */
  readonly committed: Readonly<Record<'bronze' | 'silver' | 'gold', Offsets>>
}

/** Next offsets by partition. */
type Offsets = ReadonlyMap<number, number>

/** A file of Bronze or Silver: what it says of itself, and the rows that are in it. */
export interface DescribedFile {
  readonly name: string
  readonly metadata: Readonly<Record<string, string>>
  readonly rows: readonly { readonly partition: number; readonly offset: number }[]
}

/** Every violation of I1–I7 of a table, one sentence each; none when all is well. */
export function violations(evidence: Evidence): string[] {
  const { table } = evidence
  const found = [
    ...againstSource(evidence),
    ...goneBack(evidence.changes),
    ...againstLog('bronze', evidence.changes, evidence.bronze),
    ...againstLog('silver', evidence.clean, evidence.silver),
    ...unbalanced(evidence)
  ]
  return [...found.map((sentence) => `${table}: ${sentence}`), ...committedAhead(evidence)]
}

/**
 * I6 of each sink that keeps offsets: what its group has committed is in it. This holds at any moment, also while a
 * sink is dead and far behind.
 */
export function committedAhead({ table, committed, ...evidence }: Evidence): string[] {
  const { changes, clean, bronze, silver, goldNext } = evidence
  const below = (log: readonly LogEntry[], offsets: Offsets) =>
    log.filter(({ partition, offset }) => offset < (offsets.get(partition) ?? 0))
  const notStored = (log: readonly LogEntry[], stored: readonly StoredEntry[]) => {
    const places = new Set(stored.map(placeOf))
    const ids = new Set(log.filter((entry) => places.has(placeOf(entry))).map(({ id }) => id))
    return ({ id }: LogEntry) => !ids.has(id)
  }
  const missing = {
    bronze: below(changes, committed.bronze).filter(notStored(changes, bronze)),
    silver: below(clean, committed.silver).filter(notStored(clean, silver)),
    // Tombstones are not among these, and Gold keeps a place only of what it keeps.
    gold: below(clean, committed.gold).filter(
      ({ partition, offset }) => offset >= (goldNext.get(partition) ?? 0)
    )
  }
  return Object.entries(missing).flatMap(([sink, entries]) =>
    report('I6', `changes are committed but not in ${sink}`, entries.map(placeOf)).map(
      (sentence) => `${table}: ${sentence}`
    )
  )
}

/** I8: what pipelines have not read; unknown is not zero. */
export function lagging(samples: ReadonlyMap<string, readonly LagSample[]>): string[] {
  return [...samples].flatMap(([pipeline, partitions]) => {
    if (partitions.length === 0) return [`I8: the lag of ${pipeline} is unknown`]
    const records = partitions.reduce((sum, sample) => sum + sample.records, 0)
    return records === 0 ? [] : [`I8: ${pipeline} is ${records} records behind`]
  })
}

/** I5: files whose metadata does not describe the rows in them. */
export function misdescribed(files: readonly DescribedFile[]): string[] {
  return files.flatMap(({ name, metadata, rows }) => {
    const lasts = new Map<number, number>()
    for (const { partition, offset } of rows)
      lasts.set(partition, Math.max(offset, lasts.get(partition) ?? -1))
    const held = {
      count: String(rows.length),
      first: String(Math.min(...rows.map(({ offset }) => offset))),
      last: String(Math.max(...lasts.values())),
      offsets: JSON.stringify(Object.fromEntries([...lasts].toSorted(([one], [other]) => one - other)))
    }
    return Object.entries(held)
      .filter(([fact, value]) => metadata[fact] !== undefined && metadata[fact] !== value)
      .map(([fact, value]) => `I5: ${name} says its ${fact} is ${metadata[fact]}, and it is ${value}`)
  })
}

/** I1 nothing lost, I3 nothing invented, I4 the newest version is the source's. */
function againstSource({ source, changes }: Evidence): string[] {
  const newest = newestByKey(changes)
  const lost = [...source.keys()].filter((key) => !newest.has(key))
  const invented = [...newest].filter(([key, entry]) => entry.row !== null && !source.has(key))
  const stale = [...newest].filter(([key, entry]) => source.has(key) && entry.row !== source.get(key))
  return [
    ...report('I1', 'rows of the source are in no change', lost),
    ...report(
      'I3',
      'rows live in the topic that the source has not',
      invented.map(([key]) => key)
    ),
    ...report(
      'I4',
      'rows differ from the source',
      stale.map(([key]) => key)
    )
  ]
}

/** I4 a version never goes back within a key; repeats of an earlier change are not new versions. */
function goneBack(changes: readonly LogEntry[]): string[] {
  const versions = new Map<string, number>()
  const back = firstOfEach(changes).filter(({ key, version }) => {
    const before = versions.get(key) ?? 0
    versions.set(key, Math.max(before, version))
    return version < before
  })
  return report(
    'I4',
    'changes have a version below an earlier one',
    back.map(({ id }) => id)
  )
}

/** I1, I2, I3 and I5 of a sink that holds each change of a topic once. */
function againstLog(sink: string, log: readonly LogEntry[], stored: readonly StoredEntry[]): string[] {
  const byPlace = new Map(log.map((entry) => [placeOf(entry), entry]))
  const invented = stored.filter((entry) => !byPlace.has(placeOf(entry)))
  const different = stored.filter((entry) => {
    const written = byPlace.get(placeOf(entry))
    return written && entry.row !== null && entry.row !== written.row
  })
  const counts = new Map<string, number>()
  for (const entry of stored) {
    const id = byPlace.get(placeOf(entry))?.id
    if (id !== undefined) counts.set(id, (counts.get(id) ?? 0) + 1)
  }
  const lost = firstOfEach(log).filter(({ id }) => !counts.has(id))
  const doubled = [...counts].filter(([, count]) => count > 1)
  return [
    ...report(
      'I1',
      `changes are not in ${sink}`,
      lost.map(({ id }) => id)
    ),
    ...report(
      'I2',
      `changes are in ${sink} more than once`,
      doubled.map(([id]) => id)
    ),
    ...report('I3', `rows of ${sink} are not in the topic`, invented.map(placeOf)),
    ...report('I5', `rows of ${sink} differ from the topic`, different.map(placeOf))
  ]
}

/** I7 each change is clean or rejected, and not both; and what is rejected is withdrawn, by key and version. */
function unbalanced({ changes, clean, rejected }: Evidence): string[] {
  const cleanIds = new Set(clean.filter(({ withdrawn }) => !withdrawn).map(({ id }) => id))
  const withdrawnIds = new Set(clean.filter(({ withdrawn }) => withdrawn).map(versionOf))
  const rejectedIds = new Set(rejected)
  const ids = new Set(changes.map(({ id }) => id))
  const neither = [...ids].filter((id) => !cleanIds.has(id) && !rejectedIds.has(id))
  const both = [...ids].filter((id) => cleanIds.has(id) && rejectedIds.has(id))
  const byId = new Map(changes.map((change) => [change.id, change]))
  const setAside = [...rejectedIds].flatMap((id) => byId.get(id) ?? []).filter(({ row }) => row !== null)
  // A row whose key itself is not clean was never there to be withdrawn.
  const everClean = new Set(clean.map(({ key }) => key))
  const kept = setAside.filter((entry) => everClean.has(entry.key) && !withdrawnIds.has(versionOf(entry)))
  const asideVersions = new Set(setAside.map(versionOf))
  const unknown = [...cleanIds, ...rejectedIds].filter((id) => !ids.has(id))
  return [
    ...report('I7', 'changes are neither clean nor rejected', neither),
    ...report('I7', 'changes are both clean and rejected', both),
    ...report('I7', 'rejected rows are not withdrawn', kept.map(versionOf)),
    ...report(
      'I7',
      'rows are withdrawn that were not rejected',
      [...withdrawnIds].filter((version) => !asideVersions.has(version))
    ),
    ...report('I3', 'clean or rejected changes were never extracted', unknown)
  ]
}

const versionOf = ({ key, version }: LogEntry) => `${key}@${version}`

function newestByKey(changes: readonly LogEntry[]): Map<string, LogEntry> {
  const newest = new Map<string, LogEntry>()
  for (const entry of inLogOrder(changes)) {
    const known = newest.get(entry.key)
    if (!known || entry.version >= known.version) newest.set(entry.key, entry)
  }
  return newest
}

/** Changes in the order of the log, without repeats. */
function firstOfEach(log: readonly LogEntry[]): LogEntry[] {
  const first = new Map<string, LogEntry>()
  for (const entry of inLogOrder(log)) if (!first.has(entry.id)) first.set(entry.id, entry)
  return [...first.values()]
}

const inLogOrder = (log: readonly LogEntry[]) =>
  log.toSorted((a, b) => a.partition - b.partition || a.offset - b.offset)

const placeOf = ({ partition, offset }: { partition: number; offset: number }) => `${partition}/${offset}`

function report(invariant: string, what: string, examples: readonly string[]): string[] {
  if (examples.length === 0) return []
  return [`${invariant}: ${examples.length} ${what}, such as ${examples.slice(0, 3).join(', ')}`]
}
