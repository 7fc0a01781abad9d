import { setTimeout as sleep } from 'node:timers/promises'
import { verdictOf } from './errors.ts'
import { ItemCounts } from './loop/item-counts.ts'
import { Hand, retryIn, type Settling, tellLeft } from './loop/hand.ts'
import { HeldBatches } from './loop/held-batches.ts'
import { LeaseLost, requireLease } from './lease.ts'
import { PartsOpener } from './loop/open-parts.ts'
import type { AnyPipeline, Batch, Context, Failure, Writer } from './pipeline.ts'
import { isAbort } from './retry.ts'
import { afterGrace, untilAborted } from './loop/stopping.ts'
import { Workbench } from './loop/workbench.ts'

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
    const settling = { ...options, pipeline, parts, deadline: deadline.signal }
    const limits = { patience: patience.signal, deadline: deadline.signal }
    if (pipeline.places === undefined) await repeat(new Loop(settling, options), limits)
    else await new Workbench(settling, options).run(limits)
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
  readonly #options: RunOptions
  readonly #settling: Settling
  readonly #held: HeldBatches
  readonly #counts: ItemCounts
  /** True while the writer holds items that it got before. */
  #isHolding = false

  constructor(settling: Settling, options: RunOptions) {
    this.#settling = settling
    this.#options = options
    this.#counts = ItemCounts.of(options.context.metrics)
    this.#held = new HeldBatches(() => this.#counts.forgotten())
    const { reader, writer } = settling.parts
    if (writer.topics) reader.holdTo?.(writer.topics)
    if (writer.stored) reader.resumeFrom?.(this.#held.forgottenBy(writer.stored))
  }

  get stopping(): boolean {
    return this.#options.signal.aborted
  }

  read(): Promise<Batch<unknown>> {
    const { signal, batchSize = 1000, context } = this.#options
    const { pipeline, parts } = this.#settling
    const { batching: liked } = pipeline.to
    const batching = typeof liked === 'function' ? liked(context.settings) : liked
    const request = { limit: batching?.maxItems ?? batchSize, lingerMs: batching?.lingerMs ?? 0, signal }
    return retryIn(this.#settling, { what: 'read', signal }, () => parts.reader.read(request))
  }

  /** Not where the writer wants large batches: with dozens of pipelines in a process, two of each are too many. */
  mayReadAhead(batch: Batch<unknown>): boolean {
    const { pipeline, parts } = this.#settling
    if (pipeline.to.batching) return false
    return parts.reader.readsAhead === true && (parts.reader.waits === true || !batch.caughtUp)
  }

  readAhead(): Promise<Batch<unknown>> {
    const ahead = this.read()
    // Its error is met when it is awaited; until then, or if a write fails first, it must not count as unhandled.
    ahead.catch(() => undefined)
    return ahead
  }

  /** Leaves a batch, uncommitted, once its lease is lost: it will be read again, by whoever it belongs to then. */
  async settle(batch: Batch<unknown>): Promise<void> {
    try {
      // Also where nothing is to be written: its position may lie behind a batch that was left.
      requireLease(batch.lease)
      await this.#makeDurable(batch)
    } catch (error) {
      if (!(error instanceof LeaseLost)) throw error
      tellLeft(batch, this.#options.context)
    }
  }

  /** Everything of a batch becomes durable, in the runner's order, before its position does; until then it is held. */
  async #makeDurable(batch: Batch<unknown>): Promise<void> {
    const hand = new Hand(this.#settling, batch.lease)
    if (batch.items.length > 0 || (batch.failures?.length ?? 0) > 0) {
      const outcome = await hand.settle(batch)
      // Of a batch that has nothing for it, the writer was not asked.
      if (outcome.taken.length > 0) this.#isHolding = hand.isHeld
      this.#counts.add({ batch, ...outcome }, this.#isHolding)
    } else if (this.#isHolding) {
      await hand.write([])
      this.#isHolding = hand.isHeld
      if (!this.#isHolding) this.#counts.durable()
    }
    if (this.#isHolding) {
      this.#held.add(batch)
      return
    }
    for (const durable of [...this.#held.take(), batch]) await hand.commit(durable)
    this.#options.onBatch?.(batch.caughtUp)
  }

  async rest(): Promise<void> {
    if (this.#settling.parts.reader.waits) return
    const { signal, pollMs = 1000 } = this.#options
    await sleep(pollMs, undefined, { signal }).catch(() => undefined)
  }
}
