import type { Connection } from '../topics/connection.ts'
import { keyHeader } from '../topics/headers.ts'
import { withAdmin } from '../topics/kafka/admin/with-admin.ts'
import { partitionFor } from '../topics/kafka/produce/partitioner.ts'
import type { KafkaClient, KafkaRecord, PartitionOffsets } from '../topics/kafka/port.ts'
import { type ReadableTopic, recordShower, type ShownRecord } from './shown-record.ts'

/** Where in a topic to look. */
export type Sought =
  | { readonly by: 'newest' }
  | { readonly by: 'offset'; readonly offset: number }
  | { readonly by: 'time'; readonly at: Date }
  | { readonly by: 'key'; readonly key: string }

export interface BrowseOptions {
  readonly sought: Sought
  /** All partitions when absent; of a key its own partition is read, whatever is said here. */
  readonly partition?: number
  readonly limit: number
  readonly signal: AbortSignal
}

/** Records that were found, and how much was looked through for them. */
export interface Browsed {
  /** In the order they were produced. */
  readonly records: readonly ShownRecord[]
  readonly partitions: readonly PartitionOffsets[]
  readonly lookedThrough: number
  /** False where a search by key ended before it had seen everything. */
  readonly isWhole: boolean
}

/** The newest records of a partition that a search by key looks through at most. */
const mostSearched = 200_000

/** How long a search by key may take. */
const searchMs = 5_000

/** Reads a few records of a topic, outside any group. Rejects with TOPIC_MISSING. */
export async function browse(
  topic: ReadableTopic,
  connection: Connection,
  options: BrowseOptions
): Promise<Browsed> {
  const ends = await withAdmin(connection.kafka, (admin) => admin.offsets(topic.name))
  const partitions = ends.toSorted((a, b) => a.partition - b.partition)
  const { sought, partition, limit, signal } = options
  const show = recordShower(topic, connection)
  if (sought.by === 'key') {
    const found = await searchKey(sought.key, partitions, { kafka: connection.kafka, limit, signal })
    return { ...found, partitions, records: await Promise.all(found.records.map(show)) }
  }
  const chosen = partitions.filter((at) => partition === undefined || at.partition === partition)
  const read = await Promise.all(chosen.map((at) => readAt(at, connection.kafka, options)))
  const all = read.flat().sort((a, b) => a.timestamp - b.timestamp || a.offset - b.offset)
  const records = sought.by === 'newest' ? all.slice(-limit) : all.slice(0, limit)
  const lookedThrough = all.length
  return { records: await Promise.all(records.map(show)), partitions, lookedThrough, isWhole: true }
}

async function readAt(
  at: PartitionOffsets,
  kafka: KafkaClient,
  { sought, limit, signal }: BrowseOptions
): Promise<KafkaRecord[]> {
  const { topic, partition, high } = at
  const offset = await startOf(at, kafka, { sought, limit, signal })
  const records: KafkaRecord[] = []
  if (offset >= high) return records
  for await (const record of kafka.read({ topic, partition, offset }, { limit, signal })) records.push(record)
  return records
}

async function startOf(
  at: PartitionOffsets,
  kafka: KafkaClient,
  { sought, limit, signal }: BrowseOptions
): Promise<number> {
  if (sought.by === 'offset') return Math.max(at.low, sought.offset)
  if (sought.by === 'time') return offsetAt(sought.at, at, { kafka, signal })
  return Math.max(at.low, at.high - limit)
}

/** The first record that was produced at a time or later, found by halves: some twenty records are read of a million. */
export async function offsetAt(
  time: Date,
  { topic, partition, low, high }: PartitionOffsets,
  { kafka, signal }: { readonly kafka: KafkaClient; readonly signal: AbortSignal }
): Promise<number> {
  let [from, to] = [low, high]
  while (from < to) {
    const middle = Math.floor((from + to) / 2)
    const record = await firstFrom({ topic, partition, offset: middle }, kafka, signal)
    if (record === null || record.timestamp >= time.getTime()) to = middle
    else from = record.offset + 1
  }
  return from
}

async function firstFrom(
  from: { readonly topic: string; readonly partition: number; readonly offset: number },
  kafka: KafkaClient,
  signal: AbortSignal
): Promise<KafkaRecord | null> {
  for await (const record of kafka.read(from, { limit: 1, signal })) return record
  return null
}

interface Search {
  readonly kafka: KafkaClient
  readonly limit: number
  readonly signal: AbortSignal
}

/** The newest records of a key, which all lie in one partition; what was replayed lies there under another key. */
async function searchKey(
  key: string,
  partitions: readonly PartitionOffsets[],
  { kafka, limit, signal }: Search
): Promise<{ records: readonly KafkaRecord[]; lookedThrough: number; isWhole: boolean }> {
  const at = partitions.find(({ partition }) => partition === partitionFor(key, partitions.length))
  if (!at || at.low >= at.high) return { records: [], lookedThrough: 0, isWhole: true }
  const offset = Math.max(at.low, at.high - mostSearched)
  const deadline = AbortSignal.timeout(searchMs)
  const found: KafkaRecord[] = []
  let lookedThrough = 0
  const from = { topic: at.topic, partition: at.partition, offset }
  try {
    for await (const record of kafka.read(from, { signal: AbortSignal.any([signal, deadline]) })) {
      lookedThrough++
      if (!isOfKey(record, key)) continue
      found.push(record)
      if (found.length > limit) found.shift()
    }
  } catch (error) {
    if (!deadline.aborted || signal.aborted) throw error
  }
  return { records: found, lookedThrough, isWhole: offset === at.low && !deadline.aborted }
}

const isOfKey = ({ key, headers }: KafkaRecord, wanted: string) =>
  key?.toString() === wanted || headers[keyHeader]?.toString() === wanted
