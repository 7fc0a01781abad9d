import { setTimeout as sleep } from 'node:timers/promises'
import { mapAtOnce } from '../../runtime/loop/map-at-once.ts'
import { oneAtATime } from '../../runtime/loop/one-at-a-time.ts'
import { type CompactionJob, compactDay } from './compaction.ts'
import { lakeConnection } from './duckdb.ts'
import { compactMs, compactParts, graceMs } from './lake-settings.ts'
import { maxRunBytes } from './merge-files.ts'
import { dayOf } from './part-names.ts'
import { type SilverDay, silverDays } from './silver-files.ts'

/** S3 takes up to 5 GB in one put. */
const maxBytes = 4.5e9

/** Small folders, of which a first snapshot makes many, wait for the disk or the network more than for the processor. */
const smallAtOnce = 4

/** Of all tables of this process: compactions share DuckDB's memory. */
const inTurn = oneAtATime()

/**
 * Looks now and then for days of a table that are due, compacts them, and removes parts once they have been contained
 * for the grace. Any number of compactors may look after the same table: conditions of put let one win.
 */
export class Compactor {
  readonly #job: CompactionJob
  readonly #stop = new AbortController()
  /** The last part of each day when it was last looked at. */
  readonly #lastParts = new Map<string, string | undefined>()
  /** The last part of days that did not pass their checks: they wait for more parts, or for the next start. */
  readonly #refused = new Map<string, string | undefined>()
  /** Since when (ms) parts have been seen to be contained. */
  readonly #containedSince = new Map<string, number>()
  #running: Promise<void> = Promise.resolve()

  constructor(job: CompactionJob) {
    this.#job = job
  }

  /** Looks every COURANT_LAKE_COMPACT_MS until closed. Failures are reported, and tried again at the next look. */
  start(): void {
    const everyMs = this.#job.context.settings.number(compactMs)
    if (everyMs > 0) this.#running = this.#loop(everyMs)
  }

  async close(): Promise<void> {
    this.#stop.abort()
    await this.#running
  }

  /** Compacts what is due; a closed day only if nothing was added since the last look, unless `evenIfBusy`. */
  async look({ evenIfBusy = false } = {}): Promise<void> {
    const { store, table } = this.#job
    const days = await silverDays(store, table.name)
    // Together they take as much memory as one that is sorted as a whole.
    const smallBytes = maxRunBytes(this.#job.context.settings) / smallAtOnce
    const { small = [], large = [] } = Object.groupBy(days, (day) =>
      inputBytes(day) <= smallBytes ? 'small' : 'large'
    )
    await this.#lookAtThem(small, { atOnce: smallAtOnce, evenIfBusy })
    await this.#lookAtThem(large, { atOnce: 1, evenIfBusy })
  }

  /** Each worker has a connection of its own: what runs on one waits for what runs on it before. */
  async #lookAtThem(
    days: readonly SilverDay[],
    { atOnce, evenIfBusy }: { readonly atOnce: number; readonly evenIfBusy: boolean }
  ): Promise<void> {
    const rest = days.values()
    const workers = Array.from({ length: Math.min(atOnce, days.length) })
    await mapAtOnce(workers, atOnce, async () => {
      const connection = await lakeConnection(this.#job.context.settings)
      try {
        for (const day of rest) {
          if (this.#stop.signal.aborted) return
          // A day that cannot be compacted must not keep the others from it.
          await this.#lookAt(day, { ...this.#job, connection }, evenIfBusy).catch((error: unknown) =>
            this.#report(error, day.ds)
          )
        }
      } finally {
        connection.closeSync()
      }
    })
  }

  async #lookAt(day: SilverDay, job: CompactionJob, evenIfBusy: boolean): Promise<void> {
    const lastPart = day.live.at(-1)?.name
    if (this.#isDue(day, evenIfBusy) && (await compactDay(job, day)) === 'refused')
      this.#refused.set(day.ds, lastPart)
    this.#lastParts.set(day.ds, lastPart)
    await this.#removeContained(day)
  }

  async #loop(everyMs: number): Promise<void> {
    const { signal } = this.#stop
    while (!signal.aborted) {
      // Spread, so that tables do not all look at once.
      await sleep(everyMs * (0.75 + Math.random() / 2), undefined, { signal, ref: false }).catch(
        () => undefined
      )
      if (!signal.aborted) await inTurn(() => this.look()).catch((error: unknown) => this.#report(error))
    }
  }

  #report(error: unknown, ds?: string): void {
    const { context, table } = this.#job
    context.metrics.count('lake_compaction_failures_total', 1, { table: table.name })
    context.log.error(
      { err: error, table: table.name, ds },
      'could not compact Silver; its parts stay readable'
    )
  }

  #isDue(day: SilverDay, evenIfBusy: boolean): boolean {
    const { ds, live } = day
    if (live.length === 0 || inputBytes(day) > maxBytes) return false
    const lastPart = live.at(-1)?.name
    if (this.#refused.has(ds) && this.#refused.get(ds) === lastPart) return false
    const isClosed = ds < dayOf(this.#job.context.now().getTime())
    const isQuiet = this.#lastParts.get(ds) === lastPart
    return (isClosed && (isQuiet || evenIfBusy)) || this.#hasManyParts(day)
  }

  /** Each time a quarter is added at least, so that a day is not written over and over; or so many that readers suffer. */
  #hasManyParts({ live, compacted }: SilverDay): boolean {
    const parts = this.#job.context.settings.number(compactParts)
    const isWorthwhile = bytesOf(live) * 4 >= (compacted?.size ?? 0)
    return live.length >= parts && (isWorthwhile || live.length >= parts * 20)
  }

  async #removeContained({ contained, compacted }: SilverDay): Promise<void> {
    const { store, context } = this.#job
    const now = Date.now()
    for (const { name, partition } of contained) {
      const since = this.#containedSince.get(name) ?? now
      this.#containedSince.set(name, since)
      if (now - since < context.settings.number(graceMs)) continue
      const last = Number((await store.head(name))?.metadata['last'] ?? -1)
      if (last <= (compacted?.offsets.get(partition) ?? -1)) await store.delete(name)
      else this.#warnOfOrphan(name)
      this.#containedSince.delete(name)
    }
  }

  /** A writer that slept through the grace wrote it; whoever took over wrote the same rows into the chain. */
  #warnOfOrphan(name: string): void {
    const { context, table } = this.#job
    context.metrics.count('lake_orphans_total', 1, { table: table.name })
    context.log.warn(
      { name },
      'a part of Silver lies beside its chain and is not read; compare it before you remove it'
    )
  }
}

function inputBytes({ live, compacted }: SilverDay): number {
  return bytesOf(live) + (compacted?.size ?? 0)
}

function bytesOf(parts: SilverDay['live']): number {
  return parts.reduce((sum, { size }) => sum + size, 0)
}
