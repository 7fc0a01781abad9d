import { setTimeout as sleep } from 'node:timers/promises'
import { type Applied, applyStep } from './apply-step.ts'
import { verdictOf } from './errors.ts'
import { ItemCounts } from './item-counts.ts'
import { HeldBatches } from './held-batches.ts'
import { type Lease, LeaseLost, requireLease } from './lease.ts'
import { type Parts, PartsOpener } from './open-parts.ts'
import type { AnyPipeline, Batch, Context, Failure, Item, LogItem, Writer } from './pipeline.ts'
import { isAbort, retryTransient } from './retry.ts'
import { afterGrace, untilAborted } from './stopping.ts'
import { writeBatch } from './write-batch.ts'

export interface RunOptions {
  /**
   * Aborting stops reading: a read that does not end soon is not waited for. The batch in hand is finished within
   * `graceMs`, or abandoned.
   */
  readonly signal: AbortSignal
  readonly context: Context
  readonly deadLetters: Writer<Failure>
  /** Items a read asks for, unless the writer says how it likes its batches. */
  readonly batchSize?: number
  /** How long to wait before asking a reader that had caught up again. */
  readonly pollMs?: number
  /** How long the batch in hand may take after the signal, and then closing the parts. */
  readonly graceMs?: number
  /** Told after each commit; true when the reader had caught up. */
  readonly onBatch?: (caughtUp: boolean) => void
  /** Told of each transient error before what failed is tried again, and of null once it succeeds. */
  readonly onRetry?: (error: unknown) => void
}

/** How long a read may take to end by itself when it is told to stop. */
const readEndsMs = 250

/**
 * Read, step, dead letters, write, commit; in that order, so that a crash repeats work and never loses it
 * (promises 1, 2 and 6). Resolves when stopped; rejects, uncommitted, with the first error that is not transient.
 */
export async function run(pipeline: AnyPipeline, options: RunOptions): Promise<void> {
  const { context, signal, graceMs = 10_000 } = options
  const deadline = afterGrace(signal, graceMs)
  const patience = afterGrace(signal, Math.min(graceMs, readEndsMs))
  const opener = new PartsOpener(context, signal, options.onRetry)
  try {
    const parts = await untilAborted(opener.open(pipeline), patience.signal)
    const loop = new Loop(pipeline, parts, { ...options, deadline: deadline.signal })
    await repeat(loop, { patience: patience.signal, deadline: deadline.signal })
  } catch (error) {
    // Abandoning the batch in hand is no failure: it will be read again.
    if (!signal.aborted || !(isAbort(error) || verdictOf(error) === 'transient')) throw error
  } finally {
    deadline.cancel()
    patience.cancel()
    await opener.close(graceMs)
  }
}

/**
 * Rejects when `patience` aborts while a read is waited for. What it would have given was neither written nor
 * committed, so it comes again (promises 1 and 6); closing the reader ends it. Rejects when `deadline` aborts while a
 * batch is in hand, too, were it in a call that heeds no signal: as if the process had been killed there.
 */
async function repeat(
  run: Loop,
  { patience, deadline }: { readonly patience: AbortSignal; readonly deadline: AbortSignal }
): Promise<void> {
  let ahead: Promise<Batch<unknown>> | null = null
  while (!run.stopping) {
    const batch: Batch<unknown> = await untilAborted(ahead ?? run.read(), patience)
    ahead = run.mayReadAhead(batch) ? run.readAhead() : null
    await untilAborted(run.settle(batch), deadline)
    if (batch.caughtUp && ahead === null) await run.rest()
  }
}

class Loop {
  readonly #pipeline: AnyPipeline
  readonly #parts: Parts
  readonly #options: RunOptions & { readonly deadline: AbortSignal }
  readonly #held: HeldBatches
  readonly #counts: ItemCounts
  /** Of the batch in hand. */
  #lease: Lease | undefined
  /** What the writer said of the items it got last. */
  #isHolding = false

  constructor(pipeline: AnyPipeline, parts: Parts, options: RunOptions & { readonly deadline: AbortSignal }) {
    this.#pipeline = pipeline
    this.#parts = parts
    this.#options = options
    this.#counts = ItemCounts.of(options.context.metrics)
    this.#held = new HeldBatches(() => this.#counts.forgotten())
    const { reader, writer } = parts
    if (writer.topics) reader.holdTo?.(writer.topics)
    if (writer.stored) reader.resumeFrom?.(this.#held.forgottenBy(writer.stored))
  }

  get stopping(): boolean {
    return this.#options.signal.aborted
  }

  read(): Promise<Batch<unknown>> {
    const { signal, batchSize = 1000, context } = this.#options
    const { batching: liked } = this.#pipeline.to
    const batching = typeof liked === 'function' ? liked(context.settings) : liked
    const request = { limit: batching?.maxItems ?? batchSize, lingerMs: batching?.lingerMs ?? 0, signal }
    return this.#retry('read', () => this.#parts.reader.read(request), signal)
  }

  /** Not where the writer wants large batches: with dozens of pipelines in a process, two of each are too many. */
  mayReadAhead(batch: Batch<unknown>): boolean {
    const { reader } = this.#parts
    if (this.#pipeline.to.batching) return false
    return reader.readsAhead === true && (reader.waits === true || !batch.caughtUp)
  }

  readAhead(): Promise<Batch<unknown>> {
    const ahead = this.read()
    // Its error is met when it is awaited; until then, or if a write fails first, it must not count as unhandled.
    ahead.catch(() => undefined)
    return ahead
  }

  /** Leaves a batch, uncommitted, once its lease is lost: it will be read again, by whoever it belongs to then. */
  async settle(batch: Batch<unknown>): Promise<void> {
    this.#lease = batch.lease
    try {
      // Also where nothing is to be written: its position may lie behind a batch that was left.
      requireLease(this.#lease)
      await this.#makeDurable(batch)
    } catch (error) {
      if (!(error instanceof LeaseLost)) throw error
      const { context } = this.#options
      if (batch.items.length === 0) return
      context.metrics.count('batches_left_total')
      context.log.warn({ items: batch.items.length }, 'left a batch that others may have; it is read again')
    }
  }

  /** Everything of a batch becomes durable, in the runner's order, before its position does; until then it is held. */
  async #makeDurable(batch: Batch<unknown>): Promise<void> {
    const failures = batch.failures ?? []
    if (batch.items.length > 0 || failures.length > 0) {
      const applied = await this.#step(batch.items)
      await this.#setAside([...failures, ...applied.failures])
      const unrejected = await writeBatch((items) => this.#reject(items), applied.rejected)
      const refused = await writeBatch((items) => this.#write(items), applied.out)
      await this.#setAside([...unrejected, ...refused])
      const taken = without(applied.out, refused)
      const rejected = without(applied.rejected, unrejected)
      this.#counts.add({ batch, taken, instead: applied.instead, rejected }, this.#isHolding)
    } else if (this.#isHolding) {
      await this.#write([])
      if (!this.#isHolding) this.#counts.durable()
    }
    if (this.#isHolding) {
      this.#held.add(batch)
      return
    }
    for (const durable of [...this.#held.take(), batch])
      await this.#retry('commit', () => this.#parts.reader.commit(durable), this.#options.deadline)
    this.#options.onBatch?.(batch.caughtUp)
  }

  async rest(): Promise<void> {
    if (this.#parts.reader.waits) return
    const { signal, pollMs = 1000 } = this.#options
    await sleep(pollMs, undefined, { signal }).catch(() => undefined)
  }

  // All of them again after a transient error: a step changes nothing, or nothing that a repeat would change.
  #step(items: readonly Item<unknown>[]): Promise<Applied> {
    const apply = () => applyStep(this.#pipeline, items, this.#parts.use)
    return this.#retry('step', apply, this.#options.deadline)
  }

  async #write(items: readonly Item<unknown>[]): Promise<void> {
    const { writer } = this.#parts
    this.#isHolding = (await this.#writeTo('write', writer, items)) === 'held'
  }

  async #reject(rejected: readonly Item<unknown>[]): Promise<void> {
    const { rejects } = this.#parts
    if (!rejects) throw new Error(`${this.#pipeline.name} rejects records but has no rejects channel`)
    await this.#writeTo('reject', rejects, rejected)
  }

  async #setAside(failures: readonly Failure[]): Promise<void> {
    if (failures.length === 0) return
    const { deadLetters, context } = this.#options
    const items = failures.map((failure) => ({ ...failure.item, value: failure }))
    await this.#writeTo('dead letter', deadLetters, items)
    for (const { error, stage, item } of failures) {
      context.metrics.count('dead_letters_total', 1, { code: error.code })
      context.log.warn({ code: error.code, stage, ...placeIn(item) }, 'a record is in the dead-letter topic')
    }
  }

  #writeTo<V>(what: string, writer: Writer<V>, items: readonly Item<V>[]): Promise<void | 'held'> {
    const { deadline } = this.#options
    const lease = this.#lease
    const write = async () => {
      requireLease(lease)
      return writer.write(items, { signal: deadline, ...(lease && { lease }) })
    }
    return this.#retry(what, write, deadline)
  }

  #retry<T>(what: string, attempt: () => Promise<T>, signal: AbortSignal): Promise<T> {
    const { context } = this.#options
    return retryTransient(attempt, {
      signal,
      onRecovered: () => this.#options.onRetry?.(null),
      onRetry: (error, tries, waitMs) => {
        this.#options.onRetry?.(error)
        context.metrics.count('retries_total', 1, { what })
        context.log.warn({ err: error, tries, waitMs }, `${what} failed, will try again`)
      }
    })
  }
}

/** Where an item lies, when it was read from a topic; a position of another kind may hold a key. */
function placeIn(item: Item<unknown>): object {
  const { topic, partition, offset } = item as Partial<LogItem<unknown>>
  return topic === undefined ? {} : { topic, partition, offset }
}

function without(items: readonly Item<unknown>[], failures: readonly Failure[]): readonly Item<unknown>[] {
  if (failures.length === 0) return items
  const failed = new Set(failures.map(({ item }) => item))
  return items.filter((item) => !failed.has(item))
}
