import { setTimeout as wait } from 'node:timers/promises'
import type { Log, Metrics } from '../runtime/pipeline.ts'
import type { Connection } from './connection.ts'
import { LagBook } from './health/lag-book.ts'
import { type LagSample, lagStatuses, sampleLags } from './lag.ts'

/** A group whose lag is published, under the metrics of its pipeline. */
export interface WatchedGroup {
  readonly name: string
  readonly topics: readonly string[]
  readonly metrics: Metrics
  /** Another name for the age of its oldest unread record, by what that means to people. */
  readonly ageGauge?: string
}

interface PublishLagOptions {
  readonly connection: Connection
  readonly log: Log
  readonly signal: AbortSignal
  /** Where what was told is kept for whoever else wants it. */
  readonly book?: LagBook
  /** Told after each look at all groups. */
  readonly onLook?: () => Promise<unknown>
  readonly everyMs?: number
  readonly withinMs?: number
}

/** How many groups are asked for before what was told is noted: where all take too long, some are known. */
const groupsPerQuestion = 8

/**
 * Publishes the lag of groups until the signal, and never rejects: `lag_records` and `lag_seconds` by topic, and `lag_status` as the place
 * in the order UNKNOWN, OK, WARN, STALL, STOP, REWIND. What cannot be told is NaN, never zero.
 */
export async function publishLag(groups: readonly WatchedGroup[], options: PublishLagOptions): Promise<void> {
  const { log, signal, onLook, everyMs = 15_000, withinMs = 60_000 } = options
  const book = options.book ?? new LagBook()
  while (!signal.aborted) {
    // Brokers that are silent take long over each of dozens of groups: what is not known by then is told as unknown.
    const patience = AbortSignal.any([signal, AbortSignal.timeout(withinMs)])
    for (const some of portions(longestUnknownFirst(groups, book)))
      await publishSome(some, { ...options, book, patience })
    if (signal.aborted) return
    await onLook?.().catch((error: unknown) => log.warn({ err: error }, 'a look at the health failed'))
    await pause(book, { everyMs, signal })
  }
}

/** How soon lag is asked for again while somebody looks at it. */
const wantedEveryMs = 3000

async function pause(
  book: LagBook,
  { everyMs, signal }: { readonly everyMs: number; readonly signal: AbortSignal }
): Promise<void> {
  const since = performance.now()
  const leftMs = () =>
    (book.isWanted ? Math.min(everyMs, wantedEveryMs) : everyMs) - (performance.now() - since)
  while (!signal.aborted && leftMs() > 0)
    await wait(Math.min(leftMs(), 1000), undefined, { signal }).catch(() => undefined)
}

/** So that it is not always the same ones that no answer comes for. */
const longestUnknownFirst = (groups: readonly WatchedGroup[], book: LagBook) =>
  groups.toSorted(
    (a, b) => (book.of(a.name)?.askedAt.getTime() ?? 0) - (book.of(b.name)?.askedAt.getTime() ?? 0)
  )

function portions(groups: readonly WatchedGroup[]): (readonly WatchedGroup[])[] {
  const starts = Array.from(
    { length: Math.ceil(groups.length / groupsPerQuestion) },
    (_, n) => n * groupsPerQuestion
  )
  return starts.map((start) => groups.slice(start, start + groupsPerQuestion))
}

async function publishSome(
  groups: readonly WatchedGroup[],
  {
    connection,
    log,
    signal,
    book,
    patience
  }: PublishLagOptions & { readonly book: LagBook; readonly patience: AbortSignal }
): Promise<void> {
  const reading = groups.map(({ name, topics }) => ({ group: name, topics }))
  const sampled = await sampleLags(connection, reading, patience)
  if (signal.aborted) return
  for (const [index, group] of groups.entries()) {
    const result = sampled[index]
    const samples = result?.status === 'fulfilled' ? result.value : []
    const known = book.add(group.name, samples)
    publish(group, samples)
    if (result?.status === 'rejected') log.debug({ err: result.reason, group: group.name }, 'lag is unknown')
    // Not what it was when somebody still told.
    group.metrics.gauge('lag_status', lagStatuses.indexOf(known?.status ?? 'UNKNOWN'))
  }
}

function publish({ topics, metrics, ageGauge }: WatchedGroup, samples: readonly LagSample[]): void {
  if (ageGauge) metrics.gauge(ageGauge, oldestSeconds(samples))
  for (const topic of topics) {
    const own = samples.filter((sample) => sample.topic === topic)
    const records = own.reduce((sum, sample) => sum + sample.records, own.length > 0 ? 0 : Number.NaN)
    metrics.gauge('lag_records', records, { topic })
    metrics.gauge('lag_seconds', oldestSeconds(own), { topic })
  }
}

function oldestSeconds(samples: readonly LagSample[]): number {
  const ages = samples.map(({ ageMs }) => ageMs ?? Number.NaN)
  return ages.length > 0 ? Math.max(...ages) / 1000 : Number.NaN
}
