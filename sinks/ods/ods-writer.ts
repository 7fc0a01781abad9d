import { type CourantError, verdictOf } from '../../runtime/errors.ts'
import { oneAtATime } from '../../runtime/one-at-a-time.ts'
import type { Context, LogItem, StoredOffsets, StoredTopics, Writer } from '../../runtime/pipeline.ts'
import type { RunEnvelope, RunMarker } from '../../schemas/erp/run-envelope.ts'
import { ArrivingRun, incomplete } from './arriving-run.ts'
import type { RunMerger, RunOutcome } from './run-merger.ts'

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
  /** The offset to go on at when the same items come again, because the last attempt failed there. */
  #resumeAt: number | null = null
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
      for (const item of await this.#unseen(items)) {
        try {
          signal.throwIfAborted()
          await this.#take(item)
        } catch (error) {
          this.#resumeAt = item.offset
          throw error
        }
      }
      await this.#run?.flush()
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
    this.#resumeAt = null
    await run?.abandon()
  }

  /** Items without those an earlier attempt took; offsets that go back mean that the log is read anew. */
  async #unseen(items: readonly RunItem[]): Promise<readonly RunItem[]> {
    const resumeAt = this.#resumeAt
    this.#resumeAt = null
    const at = items.findIndex(({ offset }) => offset === resumeAt)
    if (at !== -1) return items.slice(at)
    const [first] = items
    if (first && first.offset < this.#next) await this.#drop()
    return items
  }

  async #take(item: RunItem): Promise<void> {
    const { marker } = item.value
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
      await run.flush()
      this.#options.onRows?.(run.marker.run_id, run.received)
    }
    run.transformMs += performance.now() - begunAt
    this.#next = item.offset + 1
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
    this.#run = await ArrivingRun.start(marker, { cacheDir, memoryMb, table, startedAt, topic, partition })
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
    try {
      const cached = await run.finish(marker)
      const outcome = await merger.merge(cached, { ...timed, nextOffset: item.offset + 1 })
      this.#run = null
      this.#options.onRun?.(outcome)
    } catch (error) {
      if (isOfRun(error)) return this.#fail(run, error, item)
      if (verdictOf(error) === 'fatal') await merger.logFailure(run.marker, run.startedAt, error)
      throw error
    }
  }

  /** Gives a run up: the log says why, and the offset passes it, so that the next run has its turn. */
  async #fail(run: ArrivingRun, error: CourantError, { topic, partition, offset }: RunItem): Promise<void> {
    const outcome = await this.#options.merger.giveUp(run, error, {
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

/** True of what another attempt at the same run cannot heal, while the next run may be well. */
const isOfRun = (error: unknown): error is CourantError =>
  ['VALUE_UNFIT', 'RUN_INCOMPLETE', 'CONFIG_INVALID'].includes((error as { code?: string }).code ?? '')
