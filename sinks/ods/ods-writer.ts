import { type CourantError, verdictOf } from '../../runtime/errors.ts'
import { oneAtATime } from '../../runtime/loop/one-at-a-time.ts'
import type { Context, LogItem, StoredOffsets, StoredTopics, Writer } from '../../runtime/pipeline.ts'
import { checkMarker } from '../../schemas/erp/check-marker.ts'
import type { RunEnvelope, RunMarker } from '../../schemas/erp/run-envelope.ts'
import { ArrivingRun, incomplete } from './arriving-run.ts'
import { reasonInRun } from './reason-in-run.ts'
import type { RunStep } from './run-log.ts'
import type { BegunRun, RunMerger, RunOutcome } from './run-merger.ts'

export interface OdsWriterOptions {
  readonly context: Context
  readonly merger: RunMerger
  readonly cacheDir: string
  readonly memoryMb: number
  /** The table's name at the source. */
  readonly table: string
  readonly onRun?: (outcome: RunOutcome) => void
  readonly onRows?: (runId: string, rows: number) => void
}

type RunItem = LogItem<RunEnvelope>

/**
 * Holds the rows of a run in the cache until its end marker, and merges them then. What has no end marker never
 * reaches the ODS: after a restart it is read again from the stored offset, or given up when the next run starts.
 */
export class OdsWriter implements Writer<RunEnvelope, RunItem> {
  readonly stored: StoredOffsets
  readonly topics: StoredTopics
  readonly #options: OdsWriterOptions
  #run: ArrivingRun | null = null
  /** The offset after the last one that was taken. */
  #next = 0
  /** Where the last attempt failed, and the first offset of its items: what comes again of them goes on there. */
  #failed: { readonly from: number; readonly at: number } | null = null
  #isMerging = false
  /** Partitions may be assigned while items are written. */
  readonly #inTurn = oneAtATime()

  constructor(options: OdsWriterOptions) {
    this.#options = options
    this.topics = options.merger.topics
    this.stored = {
      nextOffsets: (topic, partitions) => this.#inTurn(() => this.#nextOffsets(topic, partitions))
    }
  }

  write(items: readonly RunItem[], { signal }: { signal: AbortSignal }): Promise<void | 'held'> {
    return this.#inTurn(async () => {
      const from = items[0]?.offset ?? 0
      let at = from
      try {
        for (const item of await this.#unseen(items)) {
          at = item.offset
          signal.throwIfAborted()
          await this.#take(item)
        }
        const last = items.at(-1)
        at = last ? last.offset + 1 : at
        if (last) await this.#flush(last)
      } catch (error) {
        if (items.length > 0) this.#failed = { from, at }
        throw error
      }
      return this.#run ? 'held' : undefined
    })
  }

  async close(): Promise<void> {
    await this.#inTurn(() => this.#drop())
    await this.#options.merger.close()
  }

  async #nextOffsets(topic: string, partitions: readonly number[]): Promise<ReadonlyMap<number, number>> {
    await this.#drop()
    return this.#options.merger.claim(topic, partitions)
  }

  async #drop(): Promise<void> {
    const run = this.#run
    this.#run = null
    this.#next = 0
    this.#failed = null
    await run?.abandon()
  }

  /**
   * Items without those an earlier attempt took, were it of them all or, around one that was set aside, of a part;
   * offsets that go back mean that the log is read anew.
   */
  async #unseen(items: readonly RunItem[]): Promise<readonly RunItem[]> {
    const [first] = items
    if (!first) return items
    if (this.#failed && first.offset >= this.#failed.from) {
      const { at } = this.#failed
      return items.filter(({ offset }) => offset >= at)
    }
    if (first.offset < this.#next) await this.#drop()
    return items
  }

  async #take(item: RunItem): Promise<void> {
    const { marker } = item.value
    if (marker) checkMarker(marker, { itemId: item.id })
    if (marker?.kind === 'start') await this.#start(item, marker)
    else if (marker) await this.#end(item, marker)
    else await this.#addRow(item)
  }

  async #addRow(item: RunItem): Promise<void> {
    const run = this.#run
    // Of a run whose start is not in the log any more, or that has failed.
    if (!run || item.value.source.run_id !== run.marker.run_id) return
    const begunAt = performance.now()
    run.add(item)
    if (run.isFull) {
      await this.#flush(item)
      this.#options.onRows?.(run.marker.run_id, run.received)
    }
    run.transformMs += performance.now() - begunAt
    this.#next = item.offset + 1
  }

  /** Writes what has arrived of the run; `last` is the last item of it. */
  async #flush(last: RunItem): Promise<void> {
    const run = this.#run
    if (run) await this.#orGiveUp(run, last, () => run.flush())
  }

  async #start(item: RunItem, marker: RunMarker): Promise<void> {
    const { merger, table, cacheDir, memoryMb } = this.#options
    const { topic, partition, offset, value } = item
    const unfinished = this.#run
    if (unfinished) {
      await this.#fail(unfinished, incomplete(table, 'another run began before its end'), {
        ...item,
        offset: offset - 1
      })
    }
    const startedAt = new Date(value.ts_ms)
    await merger.logStart(marker, startedAt)
    const begun = { marker, startedAt, received: 0, transformMs: 0, abandon: async () => undefined }
    await this.#orGiveUp(begun, item, async () => {
      const textLimit = merger.textLimitOf(marker)
      const options = { cacheDir, memoryMb, table, startedAt, topic, partition, textLimit }
      this.#run = await ArrivingRun.start(marker, options)
    })
    this.#next = offset + 1
  }

  async #end(item: RunItem, marker: RunMarker): Promise<void> {
    const run = this.#run
    if (!run || run.marker.run_id !== marker.run_id) return
    const problem = run.problem(marker)
    if (problem) await this.#fail(run, problem, item)
    else await this.#merge(run, item, marker)
    this.#next = item.offset + 1
  }

  async #merge(run: ArrivingRun, item: RunItem, marker: RunMarker): Promise<void> {
    const { merger } = this.#options
    const timed = {
      startedAt: run.startedAt,
      extractMs: item.value.ts_ms - run.startedAt.getTime(),
      transformMs: run.transformMs
    }
    await this.#orGiveUp(run, item, async () => {
      const cached = await run.finish(marker)
      this.#isMerging = true
      const outcome = await merger.merge(cached, { ...timed, nextOffset: item.offset + 1 })
      this.#isMerging = false
      this.#run = null
      this.#options.onRun?.(outcome)
    })
  }

  /** What fails because of the run gives it up, so that it never stands before the next one. */
  async #orGiveUp(run: BegunRun, item: RunItem, work: () => Promise<void>): Promise<void> {
    try {
      await work()
    } catch (error) {
      const reason = reasonInRun(error, this.#options.table)
      if (reason) return this.#fail(run, reason, item)
      if (verdictOf(error) === 'fatal')
        await this.#options.merger.logFailure(run.marker, run.startedAt, error)
      throw error
    }
  }

  #stepOf({ code }: CourantError): RunStep {
    if (this.#isMerging) return this.#options.merger.step
    return code === 'RUN_INCOMPLETE' ? 'extract' : 'transform'
  }

  /** Gives a run up: the log says why, and the offset passes it, so that the next run has its turn. */
  async #fail(run: BegunRun, error: CourantError, item: RunItem): Promise<void> {
    const { topic, partition, offset, value } = item
    const step = this.#stepOf(error)
    const isRead = value.marker?.kind === 'end' && value.marker.run_id === run.marker.run_id
    this.#isMerging = false
    const outcome = await this.#options.merger.giveUp(run, error, {
      step,
      ...(isRead && { extractMs: value.ts_ms - run.startedAt.getTime() }),
      topic,
      partition,
      nextOffset: offset + 1
    })
    this.#run = null
    await run.abandon()
    this.#options.context.log.error({ code: error.code, runId: run.marker.run_id }, error.message)
    this.#options.onRun?.(outcome)
  }
}
